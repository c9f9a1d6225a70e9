"""Sampling text: filters for the distribution of the next character, and the sampler."""
