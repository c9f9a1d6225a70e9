"""Weights, vocabulary and normal form as one object, and reading long texts with it."""
