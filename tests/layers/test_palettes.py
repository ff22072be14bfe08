"""The colours for every kind of colour vision, by CIEDE2000 as people with each kind see them on the map."""

from itertools import combinations, groupby, pairwise

import numpy as np
import numpy.typing as npt
import pytest

from layers.catalogue import catalogue
from layers.maplibre import map_layers, with_patterns
from layers.model import FieldKind, Geometry, Layer, Text
from layers.palettes import in_safe_colours
from layers.patterns import UNKNOWN, image_name, patterns_of
from layers.result_classes import CLASS, EMPTY, EXCLUDED, rank, unknown
from layers.results import ResultDeclaration, result_layer

Floats = npt.NDArray[np.float64]

# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision Deficiency (2009),
# severity 1.
SEEN = {
    "usual": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
GROUND = "#eceae4"
HAZARDS = [layer for layer in catalogue().values() if in_safe_colours(layer) is not layer]
RANKS = tuple(rank(name, name, name, "#4575b4") for name in ("best", "good", "fair", "poor", "worst", "never"))
UNKNOWNS = (unknown("room", "部屋", "room", "#9e9ac8"), unknown("zone", "区域", "zone", "#6a51a3"), EXCLUDED)


def result(count: int, geometry: Geometry = Geometry.MULTIPOLYGON) -> Layer:
    """A kept result with so many ranks, and all that is no rank."""
    said, legend = Text("結果", "result"), (*RANKS[:count], *UNKNOWNS, EMPTY)
    columns = {"feature_id": FieldKind.TEXT, CLASS: FieldKind.TEXT}
    return result_layer(ResultDeclaration("r", said, said, geometry, columns, said, legend))


RESULTS = [result(count) for count in range(2, 7)]


def test_the_distance_is_that_of_published_pairs() -> None:
    """Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula (2005), table 1, pairs 1, 7, 13, 17, 25 and 34."""
    for one, other, distance in (
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ):
        assert ciede2000(np.array(one), np.array(other)) == pytest.approx(distance, abs=1e-4)


@pytest.mark.parametrize("vision", SEEN)
@pytest.mark.parametrize("layer", HAZARDS, ids=lambda layer: layer.id)
def test_neighbouring_classes_and_the_unknown_differ_as_drawn_on_the_map(layer: Layer, vision: str) -> None:
    style = in_safe_colours(layer).style
    unknown = seen(style.color, style.opacity, vision)
    for _, members in groupby(style.classes, lambda entry: str(entry.value).rpartition("-")[0]):
        colours = [seen(entry.color, style.opacity, vision) for entry in members]
        assert min((ciede2000(a, b) for a, b in pairwise(colours)), default=99.0) > 6.0
        assert min(ciede2000(unknown, each) for each in colours) > 12.0
        assert all(lighter[0] > darker[0] for lighter, darker in pairwise(colours))


def test_the_official_colours_do_not() -> None:
    """Else the others were not needed."""
    classes = catalogue()["hazard-flood"].style.classes
    shallow, deeper = (seen(entry.color, 0.6, "deutan") for entry in classes[2:4])
    assert ciede2000(shallow, deeper) < 6.0


@pytest.mark.parametrize("ground", [GROUND, "#ffffff", "#8c8c80"])
@pytest.mark.parametrize("vision", SEEN)
def test_alert_levels_and_the_unknown_differ_on_every_ground(vision: str, ground: str) -> None:
    """Half transparent black is the grey of what is unknown."""
    style = catalogue()["evacuation-orders"].style
    black, *others = (seen(each.color, each.opacity or style.opacity, vision, ground) for each in style.classes)
    others.append(seen(style.color, style.opacity, vision, ground))
    assert min(ciede2000(black, other) for other in others) > 20.0
    assert min(ciede2000(one, other) for one, other in combinations(others, 2)) > 6.0


@pytest.mark.parametrize("vision", SEEN)
@pytest.mark.parametrize("layer", RESULTS, ids=lambda layer: len(layer.style.classes))
def test_ranks_of_results_differ_and_what_is_not_known_looks_like_none(layer: Layer, vision: str) -> None:
    style = in_safe_colours(layer).style
    ranks, others = style.classes[: -len(UNKNOWNS) - 1], style.classes[-len(UNKNOWNS) - 1 : -1]
    colours = [seen(each.color, style.opacity, vision) for each in ranks]
    unknowns = [seen(each.color, style.opacity, vision) for each in others]
    assert min(ciede2000(a, b) for a, b in pairwise(colours)) > 6.0
    assert min(ciede2000(a, b) for a in unknowns for b in colours) > 10.0
    assert min(ciede2000(a, b) for a, b in combinations(unknowns, 2)) > 6.0
    assert all(lighter[0] > darker[0] for lighter, darker in pairwise(colours))
    patterns = patterns_of(layer)
    assert {patterns[each.value] for each in others} == {UNKNOWN}
    assert len({patterns[each.value].id for each in ranks} - {UNKNOWN.id}) == len(ranks)


def test_results_at_points_are_named_as_they_have_no_ground_for_a_pattern() -> None:
    layer = result(3, Geometry.POINT)
    drawn = with_patterns(layer, map_layers(layer, layer.id, str, title_field="feature_id"))
    assert [each["type"] for each in drawn] == ["circle", "symbol"]
    assert "best" in str(drawn[1]["layout"]["text-field"])


@pytest.mark.parametrize("layer", [*HAZARDS, catalogue()["evacuation-orders"]], ids=lambda layer: layer.id)
def test_what_is_of_no_class_has_a_pattern_that_no_class_has(layer: Layer) -> None:
    drawn = with_patterns(layer, map_layers(layer, layer.id, str, title_field=None))
    (pattern,) = (each for each in drawn if each["id"].endswith(":pattern"))
    *classes, unknown = pattern["paint"]["fill-pattern"][2:]
    assert unknown == image_name(UNKNOWN)
    assert unknown not in classes
    assert {each.id for each in patterns_of(layer).values()}.isdisjoint({UNKNOWN.id})
    # Only classes of their own colour alone are left out.
    plain = [str(value) for value, each in patterns_of(layer).items() if not each.segments]
    shown = pattern.get("filter", True)
    shown = shown[1] if shown is not True and shown[0] == "all" else shown
    assert shown is True if not plain else [shown[0], *shown[2:]] == ["match", plain, False, True]


def seen(colour: str, opacity: float, vision: str, ground: str = GROUND) -> Floats:
    """CIELAB (D65) of a colour laid over a ground; blended as browsers do, in sRGB."""
    blended = opacity * _rgb(colour) + (1 - opacity) * _rgb(ground)
    linear = np.where(blended <= 0.04045, blended / 12.92, ((blended + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = to_xyz @ np.clip(SEEN[vision] @ linear, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _rgb(colour: str) -> Floats:
    return np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def ciede2000(one: Floats, other: Floats) -> float:
    """CIE 142-2001, as Sharma, Wu and Dalal write it."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean7 = ((np.hypot(a1, b1) + np.hypot(a2, b2)) / 2) ** 7
    more = 1.5 - 0.5 * np.sqrt(mean7 / (mean7 + 25**7))
    c1, c2 = np.hypot(more * a1, b1), np.hypot(more * a2, b2)
    h1, h2 = (np.degrees(np.arctan2(b, more * a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = h1 + turn / 2 if c1 * c2 else h1 + h2
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    weight = (
        1
        - 0.17 * np.cos(np.radians(hue - 30))
        + 0.24 * np.cos(np.radians(2 * hue))
        + 0.32 * np.cos(np.radians(3 * hue + 6))
        - 0.20 * np.cos(np.radians(4 * hue - 63))
    )
    d_l = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    d_c = (c2 - c1) / (1 + 0.045 * chroma)
    d_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * weight)
    turned = 60 * np.exp(-((((hue % 360) - 275) / 25) ** 2))
    rotation = -2 * np.sqrt(chroma**7 / (chroma**7 + 25**7)) * np.sin(np.radians(turned))
    return float(np.sqrt(d_l**2 + d_c**2 + d_h**2 + rotation * d_c * d_h))
