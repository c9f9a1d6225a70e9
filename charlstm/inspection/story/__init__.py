"""One character on its way through the gates of one unit."""
