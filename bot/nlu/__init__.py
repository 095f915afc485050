"""Custom Rasa components; the only importer of rasa."""
