"""Policy items: what they say, how they are found and checked."""
