"""SQLAlchemy; one repository per subject."""
