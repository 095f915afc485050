"""Channels without their servers."""
