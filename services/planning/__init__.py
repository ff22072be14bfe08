"""Analyses of facilities and demand from a notebook: GeoDataFrames in, GeoDataFrames out, and no server.

They are the processes of the same names, on what the internal face has.  Only the database has to run.  Inputs that are
areas (``area``, ``avoid``, ``flooded`` with the column ``depth_m``) may be frames of polygons too.  ``read`` makes a
frame of a file.
"""

from services.planning.accessibility import Accessibility, accessibility
from services.planning.coverage import Coverage, coverage
from services.planning.demand import DemandIndex, demand
from services.planning.files import read
from services.planning.layers import layer
from services.planning.location import Location, facility_location
from services.planning.sheltering import ShelterCapacity, shelter_capacity
from services.planning.water import WaterSupply, water_supply_coverage

__all__ = [
    "Accessibility",
    "Coverage",
    "DemandIndex",
    "Location",
    "ShelterCapacity",
    "WaterSupply",
    "accessibility",
    "coverage",
    "demand",
    "facility_location",
    "layer",
    "read",
    "shelter_capacity",
    "water_supply_coverage",
]
