"""pgRouting, in the PostgreSQL whose address is given: the arcs are a table, and every question reads it."""

from math import inf
from typing import Any

import numpy as np
import psycopg
from psycopg import sql

from geo.routing.graph import UNREACHABLE, FloatArray, Int32Array
from tests.geo.routing.cities import City

_ARCS = "SELECT id, source, target, cost FROM arcs"


class PgRoutingPeer:
    """The city as a table of a session's own; ``url`` is of a database with the extension."""

    def __init__(self, city: City, url: str) -> None:
        self.city = city
        self._connection: psycopg.Connection[Any] = psycopg.connect(url, autocommit=True)
        self._connection.execute("CREATE TEMPORARY TABLE arcs (id int, source int, target int, cost float8)")
        graph = city.graph
        rows = zip(range(graph.arcs), graph.tail.tolist(), graph.head.tolist(), city.weights.tolist(), strict=True)
        with self._connection.cursor() as cursor, cursor.copy("COPY arcs FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._connection.execute("ANALYZE arcs")

    def path(self, origin: int, destination: int) -> float:
        """The cost of a path, whose arcs are fetched; ``inf`` where there is no way."""
        rows = self._rows("SELECT edge, agg_cost FROM pgr_dijkstra(%s, %s::int, %s::int)", origin, destination)
        return float(rows[-1][1]) if rows else 0.0 if origin == destination else inf

    def matrix(self, origins: Int32Array, destinations: Int32Array) -> FloatArray:
        """Costs of all pairs, ``UNREACHABLE`` where there is no way."""
        query = "SELECT start_vid, end_vid, agg_cost FROM pgr_dijkstraCost(%s, %s::bigint[], %s::bigint[])"
        rows = np.array(self._rows(query, origins.tolist(), destinations.tolist()))
        costs = np.where(origins[:, None] == destinations[None, :], 0.0, float(UNREACHABLE))
        row, column = np.argsort(origins), np.argsort(destinations)
        start = row[np.searchsorted(origins[row], rows[:, 0])]
        end = column[np.searchsorted(destinations[column], rows[:, 1])]
        costs[start, end] = rows[:, 2]
        return costs

    def cover(self, origins: Int32Array) -> FloatArray:
        """The cost of every node from the nearest origin."""
        query = "SELECT node, agg_cost FROM pgr_drivingDistance(%s, %s::bigint[], 1e9, true, true)"
        rows = np.array(self._rows(query, origins.tolist()))
        costs = np.full(self.city.graph.nodes, float(UNREACHABLE))
        costs[rows[:, 0].astype(np.int64)] = rows[:, 1]
        return costs

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql.SQL(query), [_ARCS, *values], binary=True).fetchall()
