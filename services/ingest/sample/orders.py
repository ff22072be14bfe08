"""Evacuation orders of the sample city: those of last autumn's typhoon, which are lifted, and an exercise far ahead."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from services.ingest.sample.plane import geometry_to_degrees, to_plane
from services.ingest.sample.towns import Towns

Feature = tuple[BaseGeometry, Mapping[str, object]]

_JST = timezone(timedelta(hours=9))
_AROUND_M = 350.0
"""An area is made of discs of this radius around the points of its towns."""

# Level, hazard, reason, where the towns are nearest to, how many, issued, lifted, exercise.
_ISSUED = (
    ("3", "土砂災害", "台風の接近", (135.300, 34.775), 12, (2025, 9, 19, 17), (2025, 9, 20, 14), ""),
    ("4", "洪水", "架空川の水位上昇", (135.362, 34.735), 18, (2025, 9, 20, 2), (2025, 9, 20, 13), ""),
    ("5", "洪水", "架空川の氾濫発生", (135.362, 34.735), 5, (2025, 9, 20, 4), (2025, 9, 20, 11), ""),
    ("4", "津波", "総合防災訓練", (135.345, 34.715), 15, (2099, 9, 1, 9), (2099, 9, 1, 12), "1"),
)


def features(towns: Towns, remark: str) -> list[Feature]:
    """Their areas, whole towns each, with what was said."""
    return [_feature(towns, remark, *each) for each in _ISSUED]


def _feature(
    towns: Towns,
    remark: str,
    level: str,
    hazard: str,
    reason: str,
    near: tuple[float, float],
    count: int,
    issued: tuple[int, int, int, int],
    lifted: tuple[int, int, int, int],
    exercise: str,
) -> Feature:
    x, y = to_plane(np.array([near[0]]), np.array([near[1]]))
    away = np.hypot(towns.points[:, 0] - x[0], towns.points[:, 1] - y[0])
    chosen = np.argsort(away, kind="stable")[:count]
    area = shapely.union_all([shapely.Point(towns.points[each]).buffer(_AROUND_M, quad_segs=4) for each in chosen])
    return geometry_to_degrees(area), {
        "警戒レベル": level,
        "対象地域": f"{towns.names[int(chosen[0])]}ほか{count - 1}町",
        "対象の災害": hazard,
        "発令理由": f"{reason}（架空）",
        "発令日時": datetime(*issued, tzinfo=_JST).isoformat(timespec="minutes"),
        "解除日時": datetime(*lifted, tzinfo=_JST).isoformat(timespec="minutes"),
        "発令者": "架空市長",
        "訓練": exercise,
        "備考": remark,
        "公開": "1",
    }
