"""Papers as files: spreadsheet, print, and bars for a page."""
