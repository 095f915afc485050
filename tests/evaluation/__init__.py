"""How well messages are understood, measured; run it with ``make eval``."""
