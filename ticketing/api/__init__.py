"""Public and integration JSON."""
