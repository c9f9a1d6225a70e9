"""Drawing records in a terminal. Nothing here knows torch."""
