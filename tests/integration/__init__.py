"""Promises of the product."""
