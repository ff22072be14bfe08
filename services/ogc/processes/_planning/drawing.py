"""Pictures for reports, as SVG inside the page: nothing is fetched, and they print sharp."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

import numpy as np
import numpy.typing as npt
import shapely
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from geo.crs import STORAGE, transform_geometries, transform_xy

Floats = npt.NDArray[np.float64]
_WIDTH, _HEIGHT, _MARGIN = 640.0, 620.0, 12.0
_DOT = 2.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A facility on the map: where, its number in the table, and whether it stands out."""

    lon: float
    lat: float
    label: str
    stands_out: bool = False


def map_of(
    shapes: Sequence[BaseGeometry], colours: Sequence[str | None], marks: Sequence[Mark], plane: int, title: str
) -> Markup:
    """Shapes (EPSG:6668) in their colours, those without one left out, north up, with a scale; facilities above."""
    shown = [(shape, colour) for shape, colour in zip(shapes, colours, strict=True) if colour is not None]
    moved = transform_geometries([shape for shape, _ in shown], STORAGE, plane)
    x, y = transform_xy(
        np.array([mark.lon for mark in marks], np.float64),
        np.array([mark.lat for mark in marks], np.float64),
        STORAGE,
        plane,
    )
    corners = [shapely.total_bounds(np.array(moved, object))] if moved else []
    corners += [np.array([x.min(), y.min(), x.max(), y.max()])] if len(x) and not moved else []
    if not corners:
        return Markup("")
    west, south, east, north = corners[0].tolist()
    scale = min((_WIDTH - 2 * _MARGIN) / max(east - west, 1.0), (_HEIGHT - 2 * _MARGIN) / max(north - south, 1.0))

    def placed(points: Floats) -> Floats:
        return np.column_stack([_MARGIN + (points[:, 0] - west) * scale, _MARGIN + (north - points[:, 1]) * scale])

    height = 2 * _MARGIN + (north - south) * scale
    parts = [
        f'<svg viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" aria-label="{escape(title)}" '
        'xmlns="http://www.w3.org/2000/svg" shape-rendering="crispEdges">'
    ]
    for colour in dict.fromkeys(colour for _, colour in shown):
        drawn = "".join(_path(each, placed) for each, (_, own) in zip(moved, shown, strict=True) if own == colour)
        parts.append(f'<path d="{drawn}" fill="{colour}" stroke="{colour}" stroke-width="0.2"/>')
    for mark, (here, there) in zip(marks, placed(np.column_stack([x, y])).tolist(), strict=True):
        fill = "#d01c8b" if mark.stands_out else "#111"
        parts.append(
            f'<circle cx="{here:.1f}" cy="{there:.1f}" r="8" fill="{fill}" stroke="#fff" stroke-width="1.5" '
            'shape-rendering="auto"/>'
            f'<text x="{here:.1f}" y="{there + 3.5:.1f}" font-size="10" fill="#fff" text-anchor="middle" '
            f'font-weight="700">{escape(mark.label)}</text>'
        )
    parts.append(_scale_bar(scale, height))
    return Markup("".join(parts) + "</svg>")  # noqa: S704 - numbers, own colours and escaped texts


def curve_of(times_s: Floats, weights: Floats, limit_s: float, title: str, minutes: str) -> Markup:
    """Which share is reached by when: a step for every point, as far as any is reached and the limit, but no farther
    than twice the limit or half an hour.
    """
    total = float(weights.sum())
    if not total:
        return Markup("")
    order = np.argsort(times_s, kind="stable")
    last = max(limit_s, times_s[np.isfinite(times_s)].max(initial=1.0))
    longest = min(ceil(last / 300) * 300.0, max(2 * limit_s, 1800.0))
    width, height, left, foot = 640.0, 220.0, 40.0, 30.0
    finite = order[np.isfinite(times_s[order]) & (times_s[order] <= longest)]
    share = np.cumsum(weights[finite]) / total
    across = left + times_s[finite] / longest * (width - left - 10)
    up = height - foot - share * (height - foot - 10)
    # A step to each tenth of a pixel is all that can be seen.
    kept = np.flatnonzero(np.append(np.diff(np.round(across, 1)) > 0, True)[: len(across)])
    line = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across[kept], up[kept], strict=True))
    at = left + limit_s / longest * (width - left - 10)
    grid = []
    for step in range(5):
        high = height - foot - step / 4 * (height - foot - 10)
        grid.append(
            f'<line x1="{left}" x2="{width - 10}" y1="{high:.1f}" y2="{high:.1f}" stroke="#ccc"/>'
            f'<text x="{left - 4}" y="{high + 4:.1f}" font-size="11" text-anchor="end">{step * 25}%</text>'
        )
    every = 1 if longest <= 600 else 5 if longest <= 3600 else 15 if longest <= 14_400 else 120
    for minute in range(0, int(longest // 60) + 1, every):
        where = left + minute * 60 / longest * (width - left - 10)
        grid.append(f'<text x="{where:.1f}" y="{height - 12}" font-size="11" text-anchor="middle">{minute}</text>')
    return Markup(  # noqa: S704 - numbers and escaped texts
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(title)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(grid)}'
        f'<text x="{width - 10}" y="{height}" font-size="11" text-anchor="end">{escape(minutes)}</text>'
        f'<line x1="{at:.1f}" x2="{at:.1f}" y1="10" y2="{height - foot}" stroke="#b3261e" stroke-dasharray="4 3"/>'
        f'<polyline points="{line}" fill="none" stroke="#12395b" stroke-width="2"/></svg>'
    )


def _path(shape: BaseGeometry, placed: Callable[[Floats], Floats]) -> str:
    if shape.geom_type == "Point":
        ((x, y),) = placed(shapely.get_coordinates(shape)).tolist()
        return f"M{x - _DOT:.1f} {y - _DOT:.1f}h{2 * _DOT}v{2 * _DOT}h{-2 * _DOT}z"
    rings = []
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue
        points = placed(shapely.get_coordinates(part.exterior))[:-1]
        rings.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist()) + "z")
    return "".join(rings)


def _scale_bar(scale: float, height: float) -> str:
    length_m = next(
        each for each in (10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 1) if each * scale < 160 or each == 1
    )
    across = length_m * scale
    text = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m} m"
    return (
        f'<path d="M{_MARGIN} {height - 8:.1f}h{across:.1f}" stroke="#111" stroke-width="2"/>'
        f'<text x="{_MARGIN}" y="{height - 12:.1f}" font-size="11">{text}</text>'
        f'<path d="M{_WIDTH - 22:.0f} 34l6 -20l6 20l-6 -5z" fill="#111"/>'
        f'<text x="{_WIDTH - 16:.0f}" y="46" font-size="11" text-anchor="middle">N</text>'
    )
