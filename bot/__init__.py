"""Residents' channels, the gateway and the language components."""
