"""People by age band, out of the columns of a census: everybody in one band, who is in no published one too."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from layers.text import Text

Floats = npt.NDArray[np.float64]

BANDS: tuple[tuple[str, Text], ...] = (
    ("aged_under_15", Text("15歳未満", "under 15")),
    ("aged_15_to_64", Text("15～64歳", "15 to 64")),
    ("aged_65_to_74", Text("65～74歳", "65 to 74")),
    ("aged_75_to_84", Text("75～84歳", "75 to 84")),
    ("aged_85_plus", Text("85歳以上", "85 and over")),
    ("age_not_stated", Text("年齢区分なし", "age not stated")),
)
"""Ids and titles; they do not overlap, and the last holds whoever is in none of the others."""
COLUMNS = ("population", "aged_under_15", "aged_15_to_64", "aged_65_plus", "aged_75_plus", "aged_85_plus")
"""What is read of each area: some of the published bands hold others."""


def persons_by_band(columns: Mapping[str, Floats]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Persons of each area by band, shape (areas, bands), and whether some of an area are of no published band.

    Parameters
    ----------
    columns:
        By the names of ``COLUMNS``, shape (areas,), NaN where a figure is missing.

    A row adds up to the population.  Where that is missing, or less than its bands, so that they cannot be right, all
    of it is of an age not stated.
    """
    people = np.maximum(np.nan_to_num(columns["population"]), 0.0)
    over_65, over_75, over_85 = (columns[f"aged_{age}_plus"] for age in (65, 75, 85))
    parts = (columns["aged_under_15"], columns["aged_15_to_64"], over_65 - over_75, over_75 - over_85, over_85)
    bands = np.column_stack(parts)
    stated = np.maximum(np.nan_to_num(bands), 0.0)
    stated[stated.sum(axis=1) > people] = 0.0
    rest = people - stated.sum(axis=1)
    return np.column_stack([stated, rest]), rest > 0
