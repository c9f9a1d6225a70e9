"""Records as data: JSON, rows of CSV, and arrays, a file for each record."""
