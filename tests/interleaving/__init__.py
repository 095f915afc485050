"""A small model of people working on tickets at once, and every order in which they can."""
