"""The safety net: what must be caught and what must be left alone."""
