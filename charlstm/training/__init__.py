"""Training a model on a text: the loop, its schedule, its optimiser, and the events it reports."""
