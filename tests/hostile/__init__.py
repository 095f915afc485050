"""What nobody writes who wants help: it neither breaks nor slows nor alarms the house."""
