"""Templates as trees of lists, for a page that draws them without the server (``static/offline/template.mjs``).

A template is written once.  What the page could not draw is refused here, not drawn otherwise there.
"""

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, nodes

from geo.errors import InputError

_FILTERS = frozenset({"ruby", "ruby_in", "length", "join", "format"})
_TESTS = frozenset({"none", "sameas"})
_COMPARISONS = frozenset({"eq", "ne", "gt", "gteq", "lt", "lteq"})

type Tree = list[Any]


def trees(environment: Environment, names: Sequence[str]) -> dict[str, Tree]:
    """The statements of each template, by its name.

    Raises
    ------
    InputError
        If a template has what no page draws, naming it and the line.
    """
    return {name: _Reader(environment, name).tree() for name in names}


class _Reader:
    def __init__(self, environment: Environment, name: str) -> None:
        assert environment.loader is not None  # noqa: S101 - the pages' own environment
        self._name = name
        self._template = environment.parse(environment.loader.get_source(environment, name)[0])

    def tree(self) -> Tree:
        return self._body(self._template.body)

    def _body(self, statements: Sequence[nodes.Node]) -> Tree:
        return [found for each in statements for found in self._statement(each)]

    def _statement(self, node: nodes.Node) -> Tree:
        match node:
            case nodes.Output():
                return [
                    ["data", each.data] if isinstance(each, nodes.TemplateData) else ["output", self._value(each)]
                    for each in node.nodes
                ]
            case nodes.If():
                others = [[self._value(each.test), self._body(each.body)] for each in node.elif_]
                return [["if", self._value(node.test), self._body(node.body), others, self._body(node.else_)]]
            case nodes.For(else_=[], recursive=False):
                test = None if node.test is None else self._value(node.test)
                return [["for", self._target(node.target), self._value(node.iter), self._body(node.body), test]]
            case nodes.Macro(defaults=[]):
                return [["macro", node.name, [each.name for each in node.args], self._body(node.body)]]
            case nodes.FromImport(template=nodes.Const(value=str() as template), with_context=False):
                return [["import", template, list(map(str, node.names))]]
        raise self._refused(node)

    def _target(self, node: nodes.Node) -> str | list[str]:
        match node:
            case nodes.Name():
                return node.name
            case nodes.Tuple():
                return [str(self._target(each)) for each in node.items]
        raise self._refused(node)

    def _value(self, node: nodes.Node) -> Tree:
        match node:
            case nodes.Const():
                return ["const", node.value]
            case nodes.Name():
                return ["name", node.name]
            case nodes.Getattr():
                return ["get", self._value(node.node), ["const", node.attr]]
            case nodes.Getitem(arg=nodes.Slice(start=start, stop=stop, step=None)):
                return ["slice", self._value(node.node), self._number(start), self._number(stop)]
            case nodes.Getitem():
                return ["get", self._value(node.node), self._value(node.arg)]
            case nodes.Call(dyn_args=None, dyn_kwargs=None):
                named = {each.key: self._value(each.value) for each in node.kwargs}
                return ["call", self._value(node.node), self._values(node.args), named]
            case nodes.Filter(kwargs=[]) if node.name in _FILTERS and node.node is not None:
                return ["filter", node.name, self._value(node.node), self._values(node.args)]
            case nodes.Test(kwargs=[]) if node.name in _TESTS:
                return ["test", node.name, self._value(node.node), self._values(node.args)]
            case nodes.Compare(ops=[nodes.Operand() as other]) if other.op in _COMPARISONS:
                return ["compare", self._value(node.expr), other.op, self._value(other.expr)]
            case nodes.And() | nodes.Or():
                return [type(node).__name__.lower(), self._value(node.left), self._value(node.right)]
            case nodes.Not():
                return ["not", self._value(node.node)]
            case nodes.Concat():
                return ["concat", self._values(node.nodes)]
            case nodes.Tuple() | nodes.List():
                return ["list", self._values(node.items)]
        raise self._refused(node)

    def _values(self, several: Sequence[nodes.Node]) -> Tree:
        return [self._value(each) for each in several]

    def _number(self, node: nodes.Node | None) -> int | None:
        match node:
            case None:
                return None
            case nodes.Const(value=int()):
                return int(node.value)
        raise self._refused(node)

    def _refused(self, node: nodes.Node) -> InputError:
        kind = type(node).__name__
        return InputError(f"{self._name}, line {node.lineno}: {kind} is not drawn by pages without a server.")
