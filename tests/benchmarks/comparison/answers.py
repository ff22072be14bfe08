"""What has to be the same in every server's answer before their speeds may be compared."""

import json
import re
from collections.abc import Iterator
from typing import Any


def same_page(ours: bytes, theirs: bytes) -> bool:
    """Pages of features: ids in order, geometries and names of properties are the same."""
    return _features(json.loads(ours)) == _features(json.loads(theirs))


def same_counted_page(ours: bytes, theirs: bytes) -> bool:
    """Pages of features as ``same_page`` has them, which also say of how many."""
    pages = [json.loads(ours), json.loads(theirs)]
    return same_page(ours, theirs) and pages[0]["numberMatched"] == pages[1]["numberMatched"]


def same_item(ours: bytes, theirs: bytes) -> bool:
    """Single features: id, geometry and names of properties are the same."""
    return _feature(json.loads(ours)) == _feature(json.loads(theirs))


def same_html(ours: bytes, theirs: bytes) -> bool:
    """Pages for people: they show the same features."""
    shown = [set(re.findall(r"[bp]\d{8}", page.decode())) for page in (ours, theirs)]
    return shown[0] == shown[1] != set()


def same_tile(ours: bytes, theirs: bytes) -> bool:
    """Vector tiles: they draw as many features, but for those that lie wholly in the buffer, which TiPg leaves out."""
    counts = [_drawn(tile) for tile in (ours, theirs)]
    return min(counts) > 0.93 * max(counts)


def _features(page: dict[str, Any]) -> list[object]:
    return [_feature(feature) for feature in page["features"]]


def _drawn(tile: bytes) -> int:
    layers = (layer for number, layer in _fields(tile) if number == 3)
    return sum(1 for layer in layers for number, _ in _fields(layer) if number == 2)


def _feature(feature: dict[str, Any]) -> object:
    # Both peers repeat the id among the properties.
    return feature["id"], feature["geometry"], sorted(set(feature["properties"]) - {"id"})


def _fields(message: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and content of each length-delimited field of a protocol buffer; numbers are passed over."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(message):
        number, kind = divmod(varint(), 8)
        if kind == 2:
            length = varint()
            yield number, message[at : at + length]
            at += length
        else:
            varint()
