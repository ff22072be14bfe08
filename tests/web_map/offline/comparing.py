"""Answers of a device and of the server side by side, without what no card shows, and what differs between them."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from layers.catalogue import catalogue

HERE = Path(__file__).parent
_OF_AREA = ("name", "class", "zone", "depth", "duration")
_NOT_SHOWN = ("id", "state", "possible_states", "stated_for")
_METRES = ("straight_m", "length_m", "in_zone_m", "unknown_m", "travel_time_s")
_FIGURE = re.compile(r"\d+")
TOLERANCE = 0.35
"""Metres, or seconds: corners of roads are in millimetres on the device, and figures to a decimetre."""


def asked(folder: Path, questions: Sequence[Mapping[str, Any]]) -> list[Any]:
    """What the page's modules answer, by ``answering.mjs``."""
    lines = "\n".join(json.dumps(each) for each in questions)
    done = subprocess.run(
        ["node", HERE / "answering.mjs", folder], input=lines, capture_output=True, text=True, check=True, timeout=120
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(questions)
    failed = [each["error"] for each in found if "error" in each]
    assert not failed, failed[0]
    return [each["found"] for each in found]


def shown(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What of the server's answer a card shows."""
    whole: dict[str, Any] = json.loads(json.dumps(answer))
    for key in ("orders", "closures"):  # what holds now a device does not know
        whole.pop(key)
    whole["sources"] = [each for each in whole["sources"] if catalogue()[each["layer"]].holds is None]
    for hazard in whole["hazards"]:
        for key in ("licence", "datasets", "title", "statement"):
            hazard.pop(key, None)
        for scenario in hazard["scenarios"]:
            for key in _NOT_SHOWN:
                scenario.pop(key, None)
            scenario["areas"] = [{key: area[key] for key in _OF_AREA} for area in scenario["areas"][:1]]
        for entry in (hazard["sites"] or {"nearest": []})["nearest"]:
            (entry["walk"] or {}).pop("shape", None)
    return whole


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two documents differ, figures of metres and seconds by more than the tolerance."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for key in sorted(one.keys() | other.keys())
            for found in differences(one.get(key, "absent"), other.get(key, "absent"), f"{path}/{key}")
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [found for place, pair in pairs for found in differences(*pair, f"{path}/{place}")]
    if path.rsplit("/", 1)[-1] in _METRES and None not in (one, other):
        return [] if abs(one - other) <= TOLERANCE else [f"{path}: {one} != {other}"]
    return [] if one == other or _rounded_otherwise(one, other) else [f"{path}: {one!r} != {other!r}"]


def _rounded_otherwise(one: Any, other: Any) -> bool:
    """Whether two sentences say the same but for a figure that stood between two roundings: 530 or 540 metres."""
    if not (isinstance(one, str) and isinstance(other, str)) or _FIGURE.sub("", one) != _FIGURE.sub("", other):
        return False
    pairs = list(zip(_FIGURE.findall(one), _FIGURE.findall(other), strict=True))
    unlike = [(int(first), int(second)) for first, second in pairs if first != second]
    return len(unlike) == 1 and abs(unlike[0][0] - unlike[0][1]) == (
        10 if all(each % 10 == 0 for each in unlike[0]) else 1
    )
