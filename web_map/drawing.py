"""How templates are drawn: Jinja, made quick for pages of a thousand values, many of which are on every page."""

from collections.abc import Callable, Collection, Iterable, Mapping, MutableMapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn, override

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.utils import missing
from markupsafe import Markup, escape

from web_map.ruby import html, is_plain, ruby_in, with_ruby

FOLDER = Path(__file__).parent / "templates"
_MOST_KEPT = 10_000
"""A kilobyte or two each: of every site under every hazard, of what is said of each hazard, and the rest."""
_NO_VALUES: Mapping[str, Any] = MappingProxyType({})
_AROUND_NAMES = "\0"
"""Stands in no text that comes out of a database."""


class _Generator(CodeGenerator):
    """What templates are compiled to: the same as by Jinja, without looking for what these templates do not use."""

    _put_out: nodes.Node | None = None
    _sure: Collection[str] = ()

    def _folded(self, node: nodes.Expr) -> nodes.Expr:
        try:
            return nodes.TemplateData(str(escape(self._same(node))))
        except nodes.Impossible:
            return node

    def _same(self, node: nodes.Expr) -> Any:
        """The value that an expression has on every page; ``Impossible`` where it may have others."""
        environment: _Environment = self.environment  # type: ignore[assignment]
        match node:
            case nodes.Const(value=value):
                return value
            case nodes.Name(name=name) if name in environment.constants:
                return environment.constants[name]
            case nodes.Getattr(node=of, attr=attr):
                return environment.getattr(self._same(of), attr)
            case nodes.Call(node=nodes.Name(name=name), args=args, kwargs=named) if name in environment.pure:
                values = {each.key: self._same(each.value) for each in named}
                call: Any = environment.globals[name]
                return call(*map(self._same, args), **values)
        raise nodes.Impossible

    @override
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        """What is the same on every page stands in the program as it is; what macros share is looked up once."""
        environment: _Environment = self.environment  # type: ignore[assignment]
        for each in node.find_all(nodes.Name):
            if each.ctx != "load" and each.name in environment.constants:
                self.fail(f"{each.name} is the same everywhere: nothing else may have its name.", each.lineno)
        self._sure = environment.globals.keys() | {each.name for each in node.find_all(nodes.Macro)}
        for output in node.find_all(nodes.Output):
            output.nodes = list(map(self._folded, output.nodes))
        used = {each.name for macro in node.find_all(nodes.Macro) for each in macro.find_all(nodes.Name)}
        shared = [nodes.Name(each, "load") for each in sorted(used & environment.globals.keys())]
        node.body.insert(0, nodes.ExprStmt(nodes.Tuple(shared, "load"), lineno=1))
        super().visit_Template(node, frame)

    @override
    def visit_FromImport(self, node: nodes.FromImport, frame: Frame) -> None:
        """What is imported without the context knows what all pages share, and nothing of this one."""
        match node:
            case nodes.FromImport(template=nodes.Const(value=template), with_context=False):
                for each in node.names:
                    name, alias = (each, each) if isinstance(each, str) else each
                    self.writeline(f"{frame.symbols.ref(alias)} = environment.imported({template!r}, {name!r})", node)
            case _:
                super().visit_FromImport(node, frame)

    @override
    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self._put_out = node
        self.write("(" if _is_text(node) or _is_filtered(node, "ruby") else "environment.escaped(")

    @override
    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:
        self._refuse_text_elsewhere(node)
        super().visit_Filter(node, frame)

    def _refuse_text_elsewhere(self, node: nodes.Filter | nodes.Call) -> None:
        if _is_text(node) and node is not self._put_out:
            self.fail("What is kept, or an element for each text, can be put out and nothing else.", node.lineno)

    @override
    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:
        """Whether it is there need not be asked of what every page of the environment has."""
        if node.ctx == "load" and node.name in self._sure:
            self.write(frame.symbols.ref(node.name))
        else:
            super().visit_Name(node, frame)

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
        """Called are macros and plain functions, none of which asks for the context; what is given by name to what is
        kept is put out.
        """
        self._refuse_text_elsewhere(node)
        self.visit(node.node, frame)
        self.write("(")
        for each in node.args:
            self.visit(each, frame)
            self.write(", ")
        for named in node.kwargs:
            self.write(f"{named.key}=")
            self._visit_value(named.value, frame, is_output=_is_text(node))
            self.write(", ")
        self.write(")")

    def _visit_value(self, node: nodes.Expr, frame: Frame, *, is_output: bool) -> None:
        if is_output:
            self._output_child_pre(node, frame, None)
        self.visit(node, frame)
        if is_output:
            self.write(")")


def _is_text(node: nodes.Node) -> bool:
    """Whether it is HTML and yet no ``Markup``, which takes its time."""
    match node:
        case nodes.Call(node=nodes.Name(name="kept" | "kept_of")):
            return True
    return _is_filtered(node, "ruby_in")


def _is_filtered(node: nodes.Node, name: str) -> bool:
    return isinstance(node, nodes.Filter) and node.name == name


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
        return html(self._draw(*values))


class _Environment(Environment):
    code_generator_class = _Generator
    constants: Mapping[str, Any] = _NO_VALUES
    pure: Collection[str] = ()
    macro = _Macro

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """As one mapping: the two that Jinja lays upon one another are gone through for each page."""
        return {**self.globals, **d} if d else self.globals

    @cached_property
    def imported(self) -> Callable[[str, str], Any]:
        """By the name of a template, and its own there."""
        return cache(lambda template, name: getattr(self.get_template(template).module, name))

    @staticmethod
    def escaped(value: Any) -> str:
        """A value as HTML."""
        if type(value) is Markup or (type(value) is str and is_plain(value)):
            return value
        return escape(value)


number_of: Callable[[object], int] = object.__hash__
"""As ``id``, of which everything is told that listens to what Python does: filelock does, which pygeoapi brings."""


class _Drawn(NamedTuple):
    """What a macro drew, in pieces, every other of which is a name of what is put in there; and these names."""

    pieces: list[str]
    names: list[str]


class Kept:
    """What was drawn of the same values stands on many pages: ``{{ kept(macro, values..., name=value...) }}`` draws it
    once.  What is given by name differs from page to page: it is put in wherever the macro puts it out, and there is
    nothing else that the macro may do with it.

    The macro must ask for nothing but its values and what all pages of the environment share, and no other may have its
    name; values are plain data, and such as come again.  ``{{ kept_of(macro, document, ...) }}`` is for a document that
    is never changed and is handed over itself each time, so that nobody has to look into it.
    """

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, Any], _Drawn] = {}
        self._of: dict[tuple[Any, ...], tuple[Any, _Drawn]] = {}
        self._pieces: dict[str, str] = {}

    def __call__(self, macro: Any, *values: Any, **changing: str) -> str:
        try:
            found = self._drawn[macro.name, values]
        except (KeyError, TypeError):
            found = self._draw(macro, values, changing)
        return _filled(found, changing)

    def of(self, macro: Any, document: Any, *values: Any, **changing: str) -> str:
        """By the document itself, which is held as long as what was drawn of it: no other has its number till then."""
        key = macro.name, number_of(document), values
        found = self._of.get(key)
        if found is None:
            if len(self._of) >= _MOST_KEPT:
                self._of.clear()
            found = self._of[key] = document, self._draw(macro, (document, *values), changing)
        return _filled(found[1], changing)

    def _draw(self, macro: Any, values: tuple[Any, ...], changing: Iterable[str]) -> _Drawn:
        """As it was drawn of equal values before, if it was."""
        key: tuple[str, Any] = macro.name, values
        try:
            hash(key)
        except TypeError:  # a mapping among them, or a list
            key = macro.name, orjson.dumps(values)
        found = self._drawn.get(key)
        if found is None:
            if len(self._drawn) >= _MOST_KEPT:
                self._drawn.clear()
                self._pieces.clear()
            pieces = str(macro(*values, **{name: _Hole(name) for name in changing})).split(_AROUND_NAMES)
            # Most of them stand in what was drawn of other values too, and are at hand then.
            pieces = [self._pieces.setdefault(each, each) for each in pieces]
            found = self._drawn[key] = _Drawn(pieces, pieces[1::2])
        return found


def _filled(drawn: _Drawn, values: Mapping[str, str]) -> str:
    pieces, names = drawn
    if not names:
        return pieces[0]
    filled = pieces.copy()
    filled[1::2] = map(values.__getitem__, names)
    return "".join(filled)


class _Hole:
    """Where another value will stand on each page: it can be put out, and whatever else is asked of it fails."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __html__(self) -> str:
        return f"{_AROUND_NAMES}{self._name}{_AROUND_NAMES}"

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError(f"{self._name} is given by name to what is kept: it can be put out, and nothing else.")

    __str__ = __bool__ = __len__ = __iter__ = __getitem__ = __eq__ = __lt__ = __hash__ = _refuse
    __format__ = __add__ = __getattr__ = _refuse


@cache
def shared_environment() -> Environment:
    """Of all templates that are told everything each time."""
    return environment_of()


def environment_of(constants: Mapping[str, Any] = _NO_VALUES, pure: Collection[str] = (), **shared: Any) -> Environment:
    """Of templates that draw many pages with the same values, which their macros know too.

    constants:
        Values that are never others, on no page and in no template.
    pure:
        The names of those of ``shared`` that are functions, and say the same each time of the same.
    """
    environment = _Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        auto_reload=False,  # they are part of the program: no look at seven files for each page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.constants, environment.pure = constants, pure
    environment.filters["ruby"] = with_ruby
    environment.filters["ruby_in"] = ruby_in
    kept = Kept()
    environment.globals.update(constants, **shared, kept=kept, kept_of=kept.of)
    # tojson also escapes <, >, & and ', so that no value can end the script element it stands in.
    environment.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False,
        "sort_keys": False,
        "separators": (",", ":"),
        "allow_nan": False,
    }
    return environment
