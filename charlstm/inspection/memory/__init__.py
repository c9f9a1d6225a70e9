"""How long units keep what is in them."""
