"""JSON as it was sent: strictly RFC 8259, with what a document cannot mean for certain refused."""

import json
import math
from collections import Counter
from typing import Any, Never

from layers.model import Text
from services.ogc.errors import MalformedContentError

_DEEPEST = 32
_LONGEST_NUMBER = 40  # digits; a coordinate or a count has far fewer


def parse(content: bytes) -> Any:
    """The document.

    Raises
    ------
    MalformedContentError
        If it is not JSON in UTF-8, has NaN, an infinity or a number that no float can hold, a member twice, a text
        that is no Unicode, or is nested more than 32 deep.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise MalformedContentError(Text("UTF-8で送ってください。", "Send it in UTF-8.")) from None
    try:
        document = json.loads(
            text, parse_constant=_constant, parse_float=_float, parse_int=_int, object_pairs_hook=_members
        )
    except json.JSONDecodeError as error:
        raise MalformedContentError(
            Text(
                f"JSONとして読めません（{error.lineno}行{error.colno}文字目）。",
                f"It is not JSON (line {error.lineno}, column {error.colno}).",
            )
        ) from None
    except RecursionError:
        raise _too_deep() from None
    # Only an escape can be half a character, and nothing nests deeper than it opens.
    if b"\\u" in content or content.count(b"[") + content.count(b"{") > _DEEPEST:
        _examine(document, 0)
    return document


def _constant(name: str) -> Never:
    raise MalformedContentError(
        Text(f"{name}はJSONの数値ではありません。", f"{name} is no number of JSON; give null for an unknown value.")
    )


def _float(text: str) -> float:
    value = float(text)
    if len(text) > _LONGEST_NUMBER or not math.isfinite(value):
        raise _no_number(text)
    return value


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _no_number(text)
    return int(text)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        twice = twice[:80]
        raise MalformedContentError(
            Text(f"「{_shown(twice)}」が二つあります。", f"The member {_shown(twice)!r} is there twice.")
        )
    return found


def _examine(value: Any, depth: int) -> None:
    if depth > _DEEPEST:
        raise _too_deep()
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise MalformedContentError(
                Text("Unicodeでない文字があります。", "A text has a lone surrogate, which is no character.")
            ) from None
    elif isinstance(value, list):
        for each in value:
            _examine(each, depth + 1)
    elif isinstance(value, dict):
        for name, each in value.items():
            _examine(name, depth)
            _examine(each, depth + 1)


def _too_deep() -> MalformedContentError:
    return MalformedContentError(Text("入れ子が深すぎます。", f"It is nested more than {_DEEPEST} deep."))


def _no_number(text: str) -> MalformedContentError:
    return MalformedContentError(Text(f"数値「{text[:40]}」は扱えません。", f"The number {text[:40]} cannot be held."))


def _shown(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
