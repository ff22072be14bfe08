"""Analyses of facilities and demand from a notebook: GeoDataFrames in, GeoDataFrames out, and no server.

They are the processes of the same names, on what the internal face has.  Only the database has to run.
"""

from services.planning.coverage import Coverage, coverage

__all__ = ["Coverage", "coverage"]
