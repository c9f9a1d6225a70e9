"""A file an optimiser: the learning rate that suits each size, and how it is built.

A module is found by its name in `config.OPTIMIZERS`. It has LEARNING_RATES, a rate for each of
`config.SIZES`, and `build(network, config, precision)`, which returns the optimisers that together
change every parameter of a network.
"""
