"""A network with its vocabulary and normal form as one object, and ways to read long texts."""

from charlstm.language_model.model import LanguageModel

__all__ = ["LanguageModel"]
