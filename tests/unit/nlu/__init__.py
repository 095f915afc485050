"""Promises of the language components that need no Rasa."""
