"""Which past characters a guess came from."""
