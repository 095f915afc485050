"""Changes of the data model; an upgrade keeps data."""
