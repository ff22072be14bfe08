"""The condition of a whole filter: the one walk over its tree."""

from typing import assert_never

from services.ogc.cql2.conditions import arithmetic, arrays, comparison, folding, geometries, spatial, temporal
from services.ogc.cql2.conditions.operands import (
    NAMES,
    Kind,
    Operand,
    either,
    every,
    joined,
    of_column,
    of_literal,
    unfit,
)
from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.cql2.tree import (
    ARITHMETIC,
    ARRAYS,
    COMPARISONS,
    FOLDINGS,
    LOGICAL,
    SPATIAL,
    TEMPORAL,
    Array,
    Box,
    Collection,
    Expression,
    Geometry,
    Instant,
    Interval,
    Literal,
    Operation,
    Property,
)
from services.ogc.crs import ServedCrs
from services.ogc.source import IDENTIFIER, Source


class Compiler:
    """Makes operands of the parts of a tree, for the columns of one source and geometries in one system."""

    def __init__(self, source: Source, crs: ServedCrs) -> None:
        self._source = source
        self._crs = crs

    def condition(self, expression: Expression) -> Operand:
        """The operand of an expression that is true, false or unknown; ``ParameterError`` for any other."""
        return _truth("filter", self.operand(expression))

    def operand(self, expression: Expression) -> Operand:
        """The operand of any expression; ``ParameterError`` where its parts do not go together."""
        match expression:
            case Literal(value):
                return of_literal(value)
            case Instant(value):
                return of_literal(value)
            case Property(name):
                return self._property(name)
            case Interval(start, end):
                return temporal.interval(
                    None if start is None else self.operand(start), None if end is None else self.operand(end)
                )
            case Array(items):
                return arrays.of_items(self._operands(items))
            case Geometry() | Collection() | Box():
                return spatial.of_shape(geometries.stored(expression, self._crs))
            case Operation():
                return self._operation(expression)
            case _:
                assert_never(expression)

    def _operands(self, expressions: tuple[Expression, ...]) -> tuple[Operand, ...]:
        return tuple(self.operand(each) for each in expressions)

    def _property(self, name: str) -> Operand:
        if name == "geometry" and self._source.has_geometry:
            return spatial.COLUMN
        column = IDENTIFIER if name == IDENTIFIER.name else self._source.columns.get(name)
        if column is None:
            raise refused(f"項目「{excerpt(name)}」はありません。", f"there is no property {excerpt(name)!r}.")
        return of_column(column)

    def _operation(self, operation: Operation) -> Operand:
        name = operation.name
        if name == "in":
            return self._in_list(operation)
        operands = self._operands(operation.operands)
        if name in LOGICAL:
            return _logical(name, [_truth(name.upper(), each) for each in operands])
        if name in COMPARISONS:
            return comparison.compare(name, *operands)
        if name in ARITHMETIC:
            return arithmetic.apply(name, *operands)
        if name in FOLDINGS:
            return folding.fold(name, *operands)
        if name in SPATIAL:
            return spatial.relate(name, *operands)
        if name in TEMPORAL:
            return temporal.relate(name, *operands)
        if name in ARRAYS:
            return arrays.relate(name, *operands)
        match name:
            case "between":
                return comparison.between(*operands)
            case "isNull":
                return comparison.is_null(*operands)
            case "like":
                value, pattern = operands
                return comparison.like(value, pattern, _pattern(operation.operands[1]))
        raise refused(f"関数「{excerpt(name)}」はありません。", f"there is no function {excerpt(name)!r}.")

    def _in_list(self, operation: Operation) -> Operand:
        value, listed = operation.operands
        if not isinstance(listed, Array) or not listed.items:
            raise refused("INには値の並びが必要です。", "IN takes a list of values.")
        return comparison.in_list(self.operand(value), self._operands(listed.items))


def _logical(name: str, conditions: list[Operand]) -> Operand:
    match name:
        case "and":
            return every(conditions)
        case "or":
            return either(conditions)
        case _:
            return joined(Kind.FLAG, "(NOT {})", conditions[0])


def _truth(where: str, operand: Operand) -> Operand:
    if operand.kind is not Kind.FLAG:
        raise unfit(where, operand, NAMES[Kind.FLAG])
    return operand


def _pattern(expression: Expression) -> str:
    """The pattern of a LIKE as it is written, below CASEI and ACCENTI."""
    match expression:
        case Operation(name="casei" | "accenti", operands=(inner,)):
            return _pattern(inner)
        case Literal(value=str(text)):
            return text
        case _:
            raise refused("LIKEのパターンは文字列です。", "the pattern of LIKE is a text literal.")
