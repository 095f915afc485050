"""One module per activity; one method per use case."""
