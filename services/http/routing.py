"""Which of many routes an address means, word by word: trying one after the other costs as much as a small query."""

from collections.abc import Iterable

from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send


class Routes(BaseRoute):
    """Routes of one kind as one, found by the words of the path.

    A word comes before a parameter that would take it, both before a rest of any length.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Branch()
        self._plain: dict[str, Scope] = {}  # what those without parameters put into the scope, by path
        for route in routes:
            self._root.add(route.path.removeprefix("/").split("/"), route)
            if "{" not in route.path:
                self._plain[route.path] = {"endpoint": route.endpoint, "path_params": {}, "route": route}

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As a route of Starlette does; the route that was found answers."""
        if (plain := self._plain.get(scope["path"])) is not None and scope["type"] == "http":
            return Match.FULL, plain
        parts = scope["path"].removeprefix("/").split("/")
        for route in self._root.candidates(parts, 0):
            match, child_scope = route.matches(scope)
            if match is not Match.NONE:
                return match, {**child_scope, "route": route}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the route that ``matches`` found."""
        route: Route = scope["route"]
        await route.handle(scope, receive, send)


class _Branch:
    """What may follow the words so far."""

    def __init__(self) -> None:
        self._words: dict[str, _Branch] = {}
        self._parameter: _Branch | None = None
        self._rests: list[Route] = []
        self._end: list[Route] = []

    def add(self, parts: list[str], route: Route) -> None:
        if not parts:
            self._end.append(route)
            return
        first, *others = parts
        if ":path}" in first:
            self._rests.append(route)
            self._rests.sort(key=lambda each: not each.path.rpartition(":path}")[2])  # one with words behind it first
        elif first.startswith("{"):
            if self._parameter is None:
                self._parameter = _Branch()
            self._parameter.add(others, route)
        else:
            self._words.setdefault(first, _Branch()).add(others, route)

    def candidates(self, parts: list[str], place: int) -> Iterable[Route]:
        """Routes that may match, the likelier first."""
        if place == len(parts):
            yield from self._end
            return
        if (branch := self._words.get(parts[place])) is not None:
            yield from branch.candidates(parts, place + 1)
        if self._parameter is not None:
            yield from self._parameter.candidates(parts, place + 1)
        yield from self._rests
