"""Rasa's action server: read slots, call one service, say, return events."""
