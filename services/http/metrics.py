"""Figures of one worker process in Prometheus' text format: requests by route and status, times, and the pool.

The numbers are those of the worker that answers; its process id is a label, so that the series of several workers
behind one port stay apart.
"""

import os
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping

from services.messaging.state import SubscriberState
from services.ogc.face import Face

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the time classes, inclusive."""


class Metrics:
    """Counts; safe to use from several threads."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, int]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        with self._lock:
            self._requests[method, route, status] += 1
            buckets = self._buckets.setdefault(route, [0] * (len(BUCKETS_S) + 1))
            buckets[bisect_left(BUCKETS_S, seconds)] += 1
            self._seconds[route] += seconds  # type: ignore[assignment]  # a Counter adds floats as well

    def text(self, pools: Mapping[str, Mapping[str, int]], in_hand: Mapping[str, int], cache: Mapping[str, int]) -> str:
        """The exposition; ``pools`` as psycopg_pool reports each, ``in_hand`` requests by kind of work."""
        common = f'face="{self._face}",worker="{os.getpid()}"'
        lines = ["# TYPE ngis_requests_total counter"]
        with self._lock:
            for (method, route, status), count in sorted(self._requests.items()):
                lines.append(
                    f'ngis_requests_total{{{common},method="{method}",route="{route}",status="{status}"}} {count}'
                )
            lines.append("# TYPE ngis_request_seconds histogram")
            for route, buckets in sorted(self._buckets.items()):
                labels = f'{common},route="{route}"'
                below = 0
                for upper, count in zip((*map(str, BUCKETS_S), "+Inf"), buckets, strict=True):
                    below += count
                    lines.append(f'ngis_request_seconds_bucket{{{labels},le="{upper}"}} {below}')
                lines.append(f"ngis_request_seconds_sum{{{labels}}} {self._seconds[route]:.6f}")
                lines.append(f"ngis_request_seconds_count{{{labels}}} {below}")
        lines.append("# TYPE ngis_pool gauge")
        lines += [
            f'ngis_pool{{{common},kind="{kind}",figure="{name}"}} {value}'
            for kind, pool in pools.items()
            for name, value in sorted(pool.items())
        ]
        lines.append("# TYPE ngis_requests_in_hand gauge")
        lines += [f'ngis_requests_in_hand{{{common},kind="{name}"}} {value}' for name, value in sorted(in_hand.items())]
        lines.append("# TYPE ngis_answers_kept gauge")
        lines += [f'ngis_answers_kept{{{common},figure="{name}"}} {value}' for name, value in cache.items()]
        return "\n".join(lines) + "\n"

    def of_messages(self, messages: SubscriberState) -> str:
        """The exposition of what came from the broker, which one process takes up for all."""
        common = f'face="{self._face}"'
        lines = ["# TYPE ngis_mqtt_connected gauge", f"ngis_mqtt_connected{{{common}}} {int(messages.is_connected)}"]
        lines.append("# TYPE ngis_mqtt_messages_total counter")
        lines += [
            f'ngis_mqtt_messages_total{{{common},outcome="{outcome}"}} {count}'
            for outcome, count in sorted(messages.messages.items())
        ]
        return "\n".join(lines) + "\n"
