"""Classes of ways as OpenStreetMap has them (``highway``), each with a code: its place in the list."""

HIGHWAYS = (
    "motorway",
    "motorway_link",
    "trunk",
    "trunk_link",
    "primary",
    "primary_link",
    "secondary",
    "secondary_link",
    "tertiary",
    "tertiary_link",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "busway",
    "track",
    "pedestrian",
    "footway",
    "cycleway",
    "path",
    "bridleway",
    "steps",
    "corridor",
)
"""The values of ``layers.roads``, in its order (a test holds them to it: geo does not know the layers)."""

HIGHWAY_CODE = {highway: code for code, highway in enumerate(HIGHWAYS)}

MOTORWAYS = ("motorway", "motorway_link")
ARTERIES = (*MOTORWAYS, "trunk", "trunk_link", "primary", "primary_link")
"""Roads with so much or so fast traffic that nobody drives against it."""


def codes_of(highways: tuple[str, ...]) -> list[int]:
    """Codes of these classes; ``KeyError`` for what is none."""
    return [HIGHWAY_CODE[highway] for highway in highways]
