"""The version of charlstm."""

__version__ = "0.1.0"
