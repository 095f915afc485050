"""Policy items and their search."""
