"""Documents that are of one shape in all languages, with each part and each text stored once.

A hundred answers differ in little: the depth of one river, the advice that follows.  ``nodes`` are in no language: a
number is a text (its place among ``texts``), a list its members, an object its members by name, all by the place of
their node; what stands alone under an empty name is a value as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from geo.errors import InputError


class Shared:
    """``texts``: by language, in the order in which the languages were given."""

    def __init__(self, languages: Sequence[str]) -> None:
        self.nodes: list[Any] = []
        self.texts: dict[str, list[str]] = {each: [] for each in languages}
        self._nodes: dict[Any, int] = {}
        self._texts: dict[tuple[str, ...], int] = {}

    def put(self, each: Sequence[Any]) -> int:
        """The place of the node of a document that is given in every language.

        Raises
        ------
        InputError
            If it is of another shape in one of them.
        """
        first = each[0]
        if isinstance(first, str):
            return self._node(("text", self._text(each)), self._text(each))
        if any(type(other) is not type(first) for other in each):
            raise InputError("A document is of another shape in another language.")
        if isinstance(first, Mapping):
            if any(other.keys() != first.keys() for other in each):
                raise InputError("A document has other members in another language.")
            members = {name: self.put([other[name] for other in each]) for name in first}
            return self._node(("object", tuple(members.items())), members)
        if isinstance(first, list | tuple):
            if any(len(other) != len(first) for other in each):
                raise InputError("A list of a document is of another length in another language.")
            places = [self.put(members) for members in zip(*each, strict=True)]
            return self._node(("list", tuple(places)), places)
        if any(other != first for other in each):
            raise InputError("A value of a document differs between languages.")
        return self._node(("value", type(first), first), {"": first})

    def _text(self, each: Sequence[Any]) -> int:
        if any(not isinstance(other, str) for other in each):
            raise InputError("A text of a document is none in another language.")
        key = tuple(each)
        if key not in self._texts:
            self._texts[key] = len(self._texts)
            for text, known in zip(key, self.texts.values(), strict=True):
                known.append(text)
        return self._texts[key]

    def _node(self, key: Any, node: Any) -> int:
        if key not in self._nodes:
            self._nodes[key] = len(self.nodes)
            self.nodes.append(node)
        return self._nodes[key]
