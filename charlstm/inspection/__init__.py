"""Looking inside a model: computations that return plain records."""
