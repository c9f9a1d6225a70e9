"""What the gates did at each character."""
