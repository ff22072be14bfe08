"""Cleansing: column names and values as published become the typed values of a layer, with a finding for each defect.

``fold_header`` makes names comparable; ``cleanse_value`` types one value by its ``Field``.
"""

from services.ingest.cleansing.headers import fold_header
from services.ingest.cleansing.values import Cleansed, cleanse_value

__all__ = ["Cleansed", "cleanse_value", "fold_header"]
