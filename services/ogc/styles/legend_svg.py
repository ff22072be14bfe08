"""A legend as SVG, its texts as texts."""

from html import escape

from layers import patterns
from layers.model import Geometry
from services.ogc.styles.legend import AREAS, Entry, Legend
from services.ogc.styles.legend_layout import EDGE, FONT_FAMILY, INK, PAPER, SWATCH, Line, Mark, layout


def svg(legend: Legend, language: str) -> str:
    """The document."""
    placed = layout(legend)
    used = {mark.entry.pattern for mark in placed.marks if mark.entry.pattern is not None}
    hatchings = "".join(hatching(each) for each in sorted(used, key=lambda each: each.id) if each.segments)
    body = "".join((*(_mark(each, legend) for each in placed.marks), *(_text(each) for each in placed.lines)))
    title = escape(legend.title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{placed.width:g}" height="{placed.height:g}" '
        f'viewBox="0 0 {placed.width:g} {placed.height:g}" role="img" aria-label="{title}" lang="{language}">'
        f"<title>{title}</title><defs>{hatchings}</defs>"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{body}</svg>'
    )


def _text(line: Line) -> str:
    weight = ' font-weight="bold"' if line.bold else ""
    return (
        f'<text x="{line.x:g}" y="{line.y:g}" font-size="{line.size:g}" font-family="{FONT_FAMILY}" '
        f'fill="{INK}"{weight}>{escape(line.text)}</text>'
    )


def _mark(mark: Mark, legend: Legend) -> str:
    # In a frame of its own, so that a pattern begins at each mark's corner.
    return f'<g transform="translate({mark.x:g} {mark.y:g})">{_drawn(mark.entry, legend)}</g>'


def _drawn(entry: Entry, legend: Legend) -> str:
    width, height = SWATCH
    if entry.color is not None and legend.geometry not in AREAS:
        radius = min(legend.radius, height / 2 - 1)
        circle = (
            f'<circle cx="{width / 2:g}" cy="{height / 2:g}" r="{radius:g}" fill="{entry.color}" '
            f'fill-opacity="{legend.opacity:g}" stroke="{EDGE}"/>'
        )
        line = (
            f'<path d="M0 {height / 2:g}h{width:g}" stroke="{entry.color}" '
            f'stroke-width="{max(entry.width, 1.5):g}" stroke-linecap="round"/>'
        )
        return {Geometry.POINT: circle, Geometry.ANY: line + circle}.get(legend.geometry, line)
    box = f'x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}"'
    if entry.color is None:
        return f'<rect {box} fill="{PAPER}" stroke="{EDGE}" stroke-dasharray="3 3"/>'
    drawn = f'<rect {box} fill="{entry.color}" fill-opacity="{entry.opacity or legend.opacity:g}"/>'
    if entry.pattern is not None and entry.pattern.segments:
        drawn += f'<rect {box} fill="url(#{entry.pattern.id})"/>'
    return f'{drawn}<rect {box} fill="none" stroke="{legend.outline or EDGE}"/>'


def hatching(pattern: patterns.Pattern) -> str:
    """A pattern as an SVG element, to be filled with by its id."""
    side, ink = patterns.SIDE, "#{:02x}{:02x}{:02x}".format(*pattern.ink)
    lines = "".join(
        f'<path d="M{x0 + over:g} {y0 + down:g}L{x1 + over:g} {y1 + down:g}"/>'
        for x0, y0, x1, y1 in pattern.segments
        for over in (-side, 0, side)
        for down in (-side, 0, side)
    )
    return (
        f'<pattern id="{pattern.id}" width="{side}" height="{side}" patternUnits="userSpaceOnUse" stroke="{ink}" '
        f'stroke-opacity="{pattern.strength:g}" stroke-width="{pattern.width:g}" stroke-linecap="round">{lines}'
        "</pattern>"
    )
