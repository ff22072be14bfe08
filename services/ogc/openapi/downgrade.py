"""OpenAPI 3.0 out of 3.1, for clients that read nothing newer."""

import copy
from typing import Any

_LEFT_OUT = frozenset({"x-language", "examples", "$id", "$schema", "contentMediaType", "contentEncoding"})


def as_30(document: dict[str, Any]) -> dict[str, Any]:
    """The same document as OpenAPI 3.0.3."""
    found: dict[str, Any] = _old(copy.deepcopy(document))
    found["openapi"] = "3.0.3"
    return found


def _old(value: Any) -> Any:
    if isinstance(value, list):
        return [_old(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: _old(each) for name, each in value.items() if name not in _LEFT_OUT}
    if "const" in found:
        found["enum"] = [found.pop("const")]
        if isinstance(found["enum"][0], str):
            found.setdefault("type", "string")
    types = found.get("type")
    if isinstance(types, list):
        plain = [each for each in types if each != "null"]
        found.pop("type")
        if len(plain) == 1:
            found["type"] = plain[0]
        else:
            found["anyOf"] = [{"type": each} for each in plain]
        if "null" in types:
            found["nullable"] = True
    if found.get("type") == "null":
        return {"nullable": True, "enum": [None]}
    for word in ("oneOf", "anyOf"):
        choices = found.get(word)
        if isinstance(choices, list) and {"nullable": True, "enum": [None]} in choices:
            choices.remove({"nullable": True, "enum": [None]})
            found["nullable"] = True
    for limit in ("Minimum", "Maximum"):
        exclusive = found.get(f"exclusive{limit}")
        if isinstance(exclusive, int | float) and not isinstance(exclusive, bool):
            found[limit.lower()] = exclusive
            found[f"exclusive{limit}"] = True
    if "prefixItems" in found:
        found.pop("prefixItems")
        found.setdefault("items", {})
    return found
