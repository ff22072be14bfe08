"""How many people a site has room for, by its floor area and by what is said of it."""

import numpy as np
import numpy.typing as npt

from geo.coverage.demand import Floats
from geo.errors import InputError


def room(
    area_m2: npt.ArrayLike, capacity: npt.ArrayLike, m2_per_person: float, capacity_m2_per_person: float | None = None
) -> Floats:
    """Whole persons that each site has room for, NaN where neither figure is known; nothing is assumed.

    Where both are known the lesser counts: not all of an area is to lie on, and not all of a capacity is at this
    standard.

    Parameters
    ----------
    area_m2, capacity:
        Shape (sites,): square metres, and persons as they were published; NaN where not known.
    m2_per_person:
        The standard: 3.5 is that of 避難所運営等避難生活支援のためのガイドライン (内閣府, 2024-12) after Sphere.
    capacity_m2_per_person:
        The standard that the published capacities rest on, where that is known: then they are scaled.  Else they are
        taken as they are.

    Raises
    ------
    InputError
        If a standard is not above 0, a figure is negative or infinite, or the shapes differ.
    """
    areas, persons = np.asarray(area_m2, np.float64), np.asarray(capacity, np.float64)
    if areas.ndim != 1 or areas.shape != persons.shape:
        raise InputError("Every site has one area and one capacity.")
    for standard in (m2_per_person, capacity_m2_per_person):
        if standard is not None and not 0 < standard < np.inf:
            raise InputError(f"{standard} square metres a person are no standard.")
    for given in (areas, persons):
        if not (np.isnan(given) | (np.isfinite(given) & (given >= 0))).all():
            raise InputError("An area or a capacity is negative or infinite.")
    scale = 1.0 if capacity_m2_per_person is None else capacity_m2_per_person / m2_per_person
    # A hair more, so that 70 m2 at 3.5 are 20 whatever the last bit of the quotient is.
    by_area, by_count = (np.floor(each * (1 + 1e-12)) for each in (areas / m2_per_person, persons * scale))
    return np.fmin(by_area, by_count)
