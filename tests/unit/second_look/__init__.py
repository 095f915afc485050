"""The second look without a database."""
