"""How templates are drawn: Jinja, made quick for pages of a thousand values, many of which are on every page."""

import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, override

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.utils import missing
from markupsafe import Markup, escape

from web_map.ruby import ruby_in, with_ruby

FOLDER = Path(__file__).parent / "templates"
_MOST_KEPT = 10_000
"""Some hundreds of bytes each: of every site under every hazard, of the times and ways that are usual, and the rest."""
_NO_TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType({})
_ESCAPED = re.compile("[&<>'\"]")


class _Generator(CodeGenerator):
    """What templates are compiled to: the same as by Jinja, without looking for what these templates do not use."""

    @override
    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        """Texts that are the same on every page stand in the program as they are."""
        node.nodes = list(map(self._folded, node.nodes))
        super().visit_Output(node, frame)

    def _folded(self, node: nodes.Expr) -> nodes.Expr:
        match node:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=key)], kwargs=[]):
                texts = self.environment.texts.get(name)  # type: ignore[attr-defined]
                return node if texts is None else nodes.TemplateData(str(escape(texts[key])))
        return node

    @override
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        match node:
            case nodes.Call(node=nodes.Name(name="kept" | "kept_of")) | nodes.Filter(name="ruby" | "ruby_in"):
                self.write("(")  # it is HTML
            case _:
                self.write("environment.escaped(")

    @override
    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        names = tuple(each.name for each in macro_ref.node.args)
        name = getattr(macro_ref.node, "name", None)
        if name is None or macro_ref.accesses_kwargs or macro_ref.accesses_varargs or macro_ref.accesses_caller:
            super().macro_def(macro_ref, frame)
        else:
            self.write(f"environment.macro(macro, {name!r}, {names!r})")

    @override
    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """A member of a mapping, before it is looked for among the methods of mappings, which none is called like."""
        self.write(f"(of[{node.attr!r}] if type(of := ")
        self.visit(node.node, frame)
        self.write(f") is dict else environment.getattr(of, {node.attr!r}))")

    @override
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Called are macros and plain functions, none of which asks for the context."""
        self.visit(node.node, frame)
        self.write("(")
        for each in node.args:
            self.visit(each, frame)
            self.write(", ")
        for named in node.kwargs:
            self.write(f"{named.key}=")
            self.visit(named.value, frame)
            self.write(", ")
        self.write(")")


class _Macro:
    """As Jinja's, with what a call needs and no more: of what is given by place nothing is looked at."""

    __slots__ = ("_draw", "_names", "name")

    def __init__(self, draw: Callable[..., str], name: str, names: tuple[str, ...]) -> None:
        self._draw, self.name, self._names = draw, name, names

    def __call__(self, *values: Any, **named: Any) -> Markup:
        if len(values) < len(self._names):
            values = *values, *(named.pop(each, missing) for each in self._names[len(values) :])
        if named or len(values) > len(self._names):
            raise TypeError(f"The macro {self.name} takes {', '.join(self._names) or 'nothing'}.")
        return Markup(self._draw(*values))  # noqa: S704 - its values are escaped


class _Environment(Environment):
    """``texts``: by the name of a function of a key, what it says of one."""

    code_generator_class = _Generator
    texts: Mapping[str, Mapping[str, str]] = _NO_TEXTS
    macro = _Macro

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """As one mapping: the two that Jinja lays upon one another are gone through for each page."""
        return {**self.globals, **d} if d else self.globals

    @staticmethod
    def escaped(value: Any) -> str:
        """A value as HTML."""
        if type(value) is Markup or (type(value) is str and _ESCAPED.search(value) is None):
            return value
        return escape(value)


class Kept:
    """What was drawn of the same values stands on many pages: ``{{ kept(macro, values...) }}`` draws it once.

    The macro must ask for nothing but its values and what all pages of the environment share, and no other may have its
    name; values are plain data, and such as come again.  ``{{ kept_of(macro, document) }}`` is for a document that is
    never changed and is handed over itself each time, so that nobody has to look into it.
    """

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, Any], Markup] = {}
        self._of: dict[tuple[str, int], tuple[Any, Markup]] = {}

    def __call__(self, macro: Any, *values: Any) -> Markup:
        key: tuple[str, Any] = macro.name, values
        try:
            found = self._drawn.get(key)
        except TypeError:  # a mapping among them, or a list
            key = macro.name, orjson.dumps(values)
            found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _MOST_KEPT:
                self._drawn.clear()
            found = self._drawn[key] = macro(*values)
        return found

    def of(self, macro: Any, document: Any) -> Markup:
        """By the document itself, which is held as long as what was drawn of it: no other has its number till then."""
        key = macro.name, id(document)
        found = self._of.get(key)
        if found is None:
            if len(self._of) >= _MOST_KEPT:
                self._of.clear()
            found = self._of[key] = document, self(macro, document)
        return found[1]


@cache
def shared_environment() -> Environment:
    """Of all templates that are told everything each time."""
    return environment_of()


def environment_of(texts: Mapping[str, Mapping[str, str]] = _NO_TEXTS, **shared: Any) -> Environment:
    """Of templates that draw many pages with the same values, which their macros know too.

    texts:
        By the name of one of ``shared`` that is a function of a key and values: what it says of a key alone.
    """
    environment = _Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        auto_reload=False,  # they are part of the program: no look at seven files for each page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.texts = texts
    environment.filters["ruby"] = with_ruby
    environment.filters["ruby_in"] = ruby_in
    kept = Kept()
    environment.globals.update(shared, kept=kept, kept_of=kept.of)
    # tojson also escapes <, >, & and ', so that no value can end the script element it stands in.
    environment.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False,
        "sort_keys": False,
        "separators": (",", ":"),
        "allow_nan": False,
    }
    return environment
