"""Writing new text: what may be drawn, and drawing it."""
