"""Teaches the sentence encoder how residents write; run by hand, in an environment of its own (`make tune`).

What comes out is ``bot/nlu/adapter.npz``. See docs/decisions/0017.
"""
