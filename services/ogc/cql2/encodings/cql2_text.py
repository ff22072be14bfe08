"""CQL2 text (OGC 21-065r2, annex B): a Pratt parser for the BNF.

More is read than the BNF allows where it can mean one thing only: a truth-valued property as a condition, NOT before
NOT, ``^`` in a row (from the right), BETWEEN of days and texts, function names of the standard as property names.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from services.ogc.cql2.encodings import literals, wkt
from services.ogc.cql2.encodings.limits import MAX_DEPTH, check_depth, check_text, too_deep
from services.ogc.cql2.encodings.tokens import Token, Tokens
from services.ogc.cql2.refusal import excerpt, refused
from services.ogc.cql2.tree import (
    ARRAYS,
    COMPARISONS,
    Array,
    Expression,
    Instant,
    Interval,
    Literal,
    Operation,
    Property,
    operation,
    standard_name,
)
from services.ogc.errors import ParameterError

# How strongly operators bind.  NOT takes a whole predicate, a sign only the operand after it: -2 ^ 2 is 4.
_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _POWER = range(1, 8)
_BINDING: Mapping[str, int] = MappingProxyType(
    {"OR": _OR, "AND": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "%": _PRODUCT, "DIV": _PRODUCT}
    | {"^": _POWER}
    | dict.fromkeys((*COMPARISONS, "NOT", "IS", "LIKE", "BETWEEN", "IN"), _COMPARISON)
)
_RESERVED = frozenset({"AND", "OR", "NOT", "LIKE", "BETWEEN", "IN", "IS", "NULL", "TRUE", "FALSE", "DIV"})
_PREDICATES = frozenset({"LIKE", "ILIKE", "BETWEEN", "IN"})
_OPERAND = ("値または条件", "a value or a condition")


def parse(text: str, *, ilike: bool = False) -> Expression:
    """The tree of a CQL2 text; ``ParameterError`` with the character where it cannot be read.

    With ``ilike``, ILIKE is LIKE without regard to case, which the standard writes with CASEI.
    """
    check_text(text)
    tokens = Tokens(text)
    found = _Reader(tokens, ilike=ilike).expression(0, 0)
    if tokens.here.kind != "end":
        raise tokens.unexpected("演算子または終わり", "an operator or the end")
    check_depth(found)
    return found


class _Reader:
    """Reads expressions off the words; ``level`` counts how deep the reader itself stands."""

    def __init__(self, tokens: Tokens, *, ilike: bool) -> None:
        self._tokens = tokens
        self._binding = {**_BINDING, "ILIKE": _COMPARISON} if ilike else _BINDING

    def expression(self, least: int, level: int) -> Expression:
        """An expression of operators that bind more strongly than ``least``."""
        if level > MAX_DEPTH:
            raise too_deep(self._tokens.here.at)
        found = self._negation(level) if self._tokens.here.word == "NOT" and least <= _NOT else self._operand(level)
        compared = False
        signs = 0
        while (binding := self._binding.get(self._tokens.here.word, 0)) > least:
            if binding == _COMPARISON:
                if compared:
                    raise self._tokens.unexpected("ANDまたはOR", "AND or OR")
                found, compared = self._predicate(found, level), True
            elif binding in (_OR, _AND):
                found, compared = self._chain(found, binding, level), False
            else:
                signs += 1
                if level + signs > MAX_DEPTH:
                    raise too_deep(self._tokens.here.at)
                sign = self._tokens.take()
                # A power binds to the right, all else to the left.
                right = self.expression(binding - (binding == _POWER), level + 1)
                found = operation(sign.word.lower(), (found, right), at=sign.at)
        return found

    def _negation(self, level: int) -> Expression:
        self._tokens.take()
        return Operation("not", (self.expression(_NOT, level + 1),))

    def _chain(self, first: Expression, binding: int, level: int) -> Expression:
        word = self._tokens.here.word
        operands = [first]
        while self._tokens.take_if(word):
            operands.append(self.expression(binding, level + 1))
        return Operation(word.lower(), tuple(operands))

    def _predicate(self, left: Expression, level: int) -> Expression:
        sign = self._tokens.take()
        if sign.word in COMPARISONS:
            return operation(sign.word, (left, self.expression(_COMPARISON, level + 1)), at=sign.at)
        if sign.word == "IS":
            negated = self._tokens.take_if("NOT")
            self._tokens.expect("NULL")
            found = Operation("isNull", (left,))
        else:
            negated = sign.word == "NOT"
            if negated and self._tokens.here.word not in (_PREDICATES & self._binding.keys()):
                raise self._tokens.unexpected("LIKE、BETWEENまたはIN", "LIKE, BETWEEN or IN")
            word = self._tokens.take().word if negated else sign.word
            found = self._predicate_in_words(word, left, level + 1)
        return Operation("not", (found,)) if negated else found

    def _predicate_in_words(self, word: str, left: Expression, level: int) -> Operation:
        match word:
            case "LIKE":
                return Operation("like", (left, self.expression(_COMPARISON, level)))
            case "ILIKE":
                pattern = self.expression(_COMPARISON, level)
                return Operation("like", (Operation("casei", (left,)), Operation("casei", (pattern,))))
            case "BETWEEN":
                lower = self.expression(_COMPARISON, level)
                self._tokens.expect("AND")
                return Operation("between", (left, lower, self.expression(_COMPARISON, level)))
            case _:
                self._tokens.expect("(")
                return Operation("in", (left, Array(self._rest_of_list(level, least=1))))

    def _operand(self, level: int) -> Expression:
        token = self._tokens.here
        match token.kind:
            case "number":
                return self._number(self._tokens.take(), "")
            case "text":
                return Literal(self._tokens.take().value)
            case "quoted":
                return Property(self._tokens.take().value)
            case "name":
                return self._name(level)
        if token.word in ("-", "+"):
            return self._signed(level)
        if self._tokens.take_if("("):
            return self._parenthesis(level + 1)
        raise self._tokens.unexpected(*_OPERAND)

    def _signed(self, level: int) -> Expression:
        sign = self._tokens.take()
        if self._tokens.here.kind == "number":
            return self._number(self._tokens.take(), sign.word)
        if sign.word == "+":
            raise self._tokens.unexpected("数", "a number")
        return Operation("*", (Literal(-1), self.expression(_POWER, level + 1)))  # CQL2 JSON has no sign of its own

    def _number(self, token: Token, sign: str) -> Literal:
        try:
            return Literal(literals.number(sign + token.value))
        except ValueError as error:
            raise refused("この数は大きすぎます。", "this number is too large.", at=token.at) from error

    def _parenthesis(self, level: int) -> Expression:
        """What stands in parentheses: one expression, or an array where there is a comma, or nothing at all."""
        if self._tokens.take_if(")"):
            return Array(())
        first = self.expression(0, level)
        if self._tokens.take_if(")"):
            return first
        if self._tokens.take_if(","):
            return Array((first, *self._rest_of_list(level, least=1)))
        raise self._tokens.unexpected("「)」", "')'")

    def _rest_of_list(self, level: int, *, least: int) -> tuple[Expression, ...]:
        """Expressions with commas between them, and the parenthesis that ends them."""
        if least == 0 and self._tokens.take_if(")"):
            return ()
        found = [self.expression(0, level)]
        while self._tokens.take_if(","):
            found.append(self.expression(0, level))
        self._tokens.expect(")")
        return tuple(found)

    def _name(self, level: int) -> Expression:
        if wkt.begins(self._tokens):
            return wkt.geometry(self._tokens)
        token = self._tokens.here
        if token.word in ("TRUE", "FALSE"):
            self._tokens.take()
            return Literal(token.word == "TRUE")
        if token.word in _RESERVED:
            raise self._tokens.unexpected(
                f"{_OPERAND[0]}（項目名なら二重引用符で囲む）", f"{_OPERAND[1]} (a property name goes in double quotes)"
            )
        self._tokens.take()
        if not self._tokens.take_if("("):
            return Property(token.value)
        if (instant := _INSTANTS.get(token.word)) is not None:
            return self._instant(instant)
        if token.word == "INTERVAL":
            return self._interval(level + 1)
        array_function = standard_name(token.word) in ARRAYS
        operands = self._arrays(level + 1) if array_function else self._rest_of_list(level + 1, least=0)
        return operation(token.value, operands, at=token.at)

    def _arrays(self, level: int) -> tuple[Expression, ...]:
        """Operands of an array function, where a parenthesis always opens an array."""
        found: list[Expression] = []
        while True:
            if self._tokens.take_if("("):
                found.append(Array(self._rest_of_list(level, least=0)))
            else:
                found.append(self.expression(0, level))
            if not self._tokens.take_if(","):
                break
        self._tokens.expect(")")
        return tuple(found)

    def _instant(self, read: Callable[[str], Instant]) -> Instant:
        text = self._tokens.here
        if text.kind != "text":
            raise self._tokens.unexpected("引用符で囲んだ日時", "a quoted date or time")
        self._tokens.take()
        self._tokens.expect(")")
        try:
            return read(text.value)
        except ValueError as error:
            raise _no_instant(text) from error

    def _interval(self, level: int) -> Interval:
        ends: list[Expression | None] = []
        for closing in (",", ")"):
            end = self._tokens.here
            if end.kind == "text":
                self._tokens.take()
                try:
                    ends.append(literals.interval_end(end.value))
                except ValueError as error:
                    raise _no_instant(end) from error
            else:
                ends.append(self.expression(_COMPARISON, level))
            self._tokens.expect(closing)
        return Interval(ends[0], ends[1])


_INSTANTS: Mapping[str, Callable[[str], Instant]] = MappingProxyType(
    {"DATE": literals.day, "TIMESTAMP": literals.moment}
)


def _no_instant(text: Token) -> ParameterError:
    return refused(
        f"「{excerpt(text.value)}」は日時として読めません（例 2024-01-31、2024-01-31T09:00:00Z）。",
        f"{excerpt(text.value)!r} is no RFC 3339 date or time, such as 2024-01-31 or 2024-01-31T09:00:00Z.",
        at=text.at,
    )
