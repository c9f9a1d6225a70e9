"""What one unit held along a text."""
