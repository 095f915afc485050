"""Tickets, policy knowledge and staff; knows neither Rasa nor Telegram."""
