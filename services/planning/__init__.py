"""Analyses of facilities and demand from a notebook: GeoDataFrames in, GeoDataFrames out, and no server.

They are the processes of the same names, on what the internal face has.  Only the database has to run.
"""

from services.planning.coverage import Coverage, coverage
from services.planning.location import Location, facility_location

__all__ = ["Coverage", "Location", "coverage", "facility_location"]
