"""Results of analyses, kept as layers under a name, published by an explicit act, and made again from what is kept."""

from services.results.keeping import keep
from services.results.repeating import Repeated, repeat

__all__ = ["Repeated", "keep", "repeat"]
