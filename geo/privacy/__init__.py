"""Small counts, released without giving the small ones away: in tables, on a mesh, and beside what was released before.

A count of persons from 1 to ``k`` - 1 is never released, and nothing that is released lets it be worked out.
"""

from geo.privacy.tables import DEFAULT_K, FLOOR_K, Release, release, require_k, shown_count

__all__ = ["DEFAULT_K", "FLOOR_K", "Release", "release", "require_k", "shown_count"]
