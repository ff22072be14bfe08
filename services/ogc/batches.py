"""Reports that come in batches, of vehicles or of sensors: what became of each, whatever is wrong with others."""

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Protocol

from layers.model import Text
from services.ogc.errors import Flaw, InvalidContentError
from services.ogc.json_content import parse

type Answer = tuple[dict[str, Any], int, Any]


class Outcome(StrEnum):
    """What becomes of a report.

    accepted: it is the newest of who reports.  late: something newer is known.  duplicate: it is there.  refused: it is
    not believed.
    """

    ACCEPTED = "accepted"
    LATE = "late"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


class Taken(Protocol):
    """What became of one that could be read; ``reason`` where it was refused."""

    @property
    def outcome(self) -> Outcome: ...
    @property
    def reason(self) -> Text | None: ...


def answer_schema(**members: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of the answer to a batch: how many by outcome, and each in its order with these members of its own."""
    outcomes = {"type": "string", "enum": [str(each) for each in Outcome]}
    result = {"outcome": outcomes, **members, "reason": {"type": "string"}}
    return {
        "type": "object",
        "required": [*map(str, Outcome), "results"],
        "properties": {
            **{str(outcome): {"type": "integer", "minimum": 0} for outcome in Outcome},
            "results": {
                "type": "array",
                "items": {"type": "object", "required": ["outcome"], "properties": result},
            },
        },
    }


def answered[R, T: Taken](
    data: bytes,
    language: str,
    most: int,
    read: Callable[[Any, str], R | list[Flaw]],
    take: Callable[[list[R]], Sequence[T]],
    told: Callable[[T], dict[str, Any]],
) -> Answer:
    """The answer to one report or an array of them, up to ``most``: what became of each, in their order.

    One that is wrong keeps none of the others from being taken up.

    read:
        One as it was sent, with the pointer to it: the report, or what is wrong with it.
    take:
        Takes up those that could be read, if any, and says what became of each.
    told:
        The members of a result beside ``outcome`` and ``reason``.

    Raises
    ------
    InvalidContentError
        If there are none or too many, or where none can be taken up: with everything that is wrong.
    """
    document = parse(data)
    several = isinstance(document, list)
    given = document if several else [document]
    if not 1 <= len(given) <= most:
        raise InvalidContentError([Flaw("", Text(f"1件から{most:,}件までです。", f"Send 1 to {most:,} of them."))])
    pointers = [f"/{number}" if several else "" for number in range(len(given))]
    found = [read(each, pointer) for each, pointer in zip(given, pointers, strict=True)]
    good = [each for each in found if not isinstance(each, list)]
    taken = iter(take(good) if good else ())
    results: list[dict[str, Any]] = []
    flaws: list[Flaw] = []
    for each, pointer in zip(found, pointers, strict=True):
        if isinstance(each, list):
            words = " ".join(f"{flaw.pointer}: {flaw.reason.in_language(language)}" for flaw in each)
            results.append({"outcome": str(Outcome.REFUSED), "reason": words})
            flaws += each
            continue
        became = next(taken)
        results.append({"outcome": str(became.outcome), **told(became)})
        if became.reason is not None:
            results[-1]["reason"] = became.reason.in_language(language)
            flaws.append(Flaw(pointer, became.reason))
    outcomes = [result["outcome"] for result in results]
    if all(outcome == Outcome.REFUSED for outcome in outcomes):
        raise InvalidContentError(flaws)
    counts = {str(each): outcomes.count(each) for each in Outcome}
    return {}, HTTPStatus.OK, json.dumps({**counts, "results": results}, ensure_ascii=False)
