"""How deadlines are reckoned."""
