"""A checked rule as a Python function of one row, with the same three-valued logic as the SQL.

A row is a mapping of names to values: times are aware datetimes, dates `datetime.date`, null is None.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TypeAlias, assert_never

from ..model import Type
from .instant import days_since, days_until, to_ms
from .nodes import Arithmetic, Call, Compare, IsNull, Literal, Logic, Name, Node, Not, Pick, Within

Closure: TypeAlias = Callable[[Mapping[str, object]], object]

_COMPARE: Mapping[str, Callable[..., object]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_CALCULATE: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def closure(node: Node, as_of: datetime | None) -> Closure:
    """The function that answers this node for a row: a value of the node's type, or None for unknown."""
    match node:
        case Literal():
            return _constant(node.value)
        case Name():
            return _name(node)
        case Logic() | Pick():
            parts = [closure(part, as_of) for part in node.parts]
            return _pick(parts) if isinstance(node, Pick) else _logic(parts, short=node.word == "OR")
        case Not():
            return _not(closure(node.part, as_of))
        case Compare():
            return _compare(_COMPARE[node.sign], _ordered(node.left, as_of), _ordered(node.right, as_of))
        case Within():
            return _within(node, as_of)
        case IsNull():
            return _is_null(closure(node.part, as_of), negated=node.negated)
        case Arithmetic():
            return _calculate(_CALCULATE[node.sign], closure(node.left, as_of), closure(node.right, as_of))
        case Call():
            return _call(node, as_of)
        case _:
            assert_never(node)


def lower(text: str) -> str:
    """The text with A–Z in lower case and all else as it is, which is what every database agrees on."""
    return text.translate(_LOWER)


def _constant(value: object) -> Closure:
    return lambda row: value


def _name(node: Name) -> Closure:
    name = node.name
    if node.type is not Type.FLAG:
        return lambda row: row.get(name)

    def flag(row: Mapping[str, object]) -> object:
        value = row.get(name)
        return None if value is None else bool(value)

    return flag


def _logic(parts: list[Closure], *, short: bool) -> Closure:
    """`or` (short=True) and `and` (short=False) of Kleene: one deciding part decides, else an unknown part leaves it unknown."""

    def decide(row: Mapping[str, object]) -> object:
        unknown = False
        for part in parts:
            value = part(row)
            if value is short:
                return short
            unknown = unknown or value is None
        return None if unknown else not short

    return decide


def _pick(parts: list[Closure]) -> Closure:
    return lambda row: next((place for place, part in enumerate(parts) if part(row) is True), None)


def _not(part: Closure) -> Closure:
    def opposite(row: Mapping[str, object]) -> object:
        value = part(row)
        return None if value is None else not value

    return opposite


def _ordered(node: Node, as_of: datetime | None) -> Closure:
    """The value to compare by: times as epoch milliseconds, all else as it is."""
    inner = closure(node, as_of)
    if node.type is not Type.TIME:
        return inner

    def milliseconds(row: Mapping[str, object]) -> object:
        value = inner(row)
        return to_ms(value) if isinstance(value, datetime) else None

    return milliseconds


def _compare(test: Callable[..., object], left: Closure, right: Closure) -> Closure:
    def answer(row: Mapping[str, object]) -> object:
        first, second = left(row), right(row)
        return None if first is None or second is None else test(first, second)

    return answer


def _within(node: Within, as_of: datetime | None) -> Closure:
    part = _ordered(node.part, as_of)
    choices = {to_ms(choice.value) if isinstance(choice.value, datetime) else choice.value for choice in node.choices}
    negated = node.negated

    def answer(row: Mapping[str, object]) -> object:
        value = part(row)
        return None if value is None else (value in choices) is not negated

    return answer


def _is_null(part: Closure, *, negated: bool) -> Closure:
    return lambda row: (part(row) is None) is not negated


def _calculate(sign: Callable[[float, float], float], left: Closure, right: Closure) -> Closure:
    def result(row: Mapping[str, object]) -> object:
        first, second = left(row), right(row)
        if not (isinstance(first, int | float) and isinstance(second, int | float)):
            return None
        try:
            value = sign(float(first), float(second))
        except ZeroDivisionError:
            return None
        return value if value == value else None  # NaN alone differs from itself; SQL calls it null

    return result


def _call(node: Call, as_of: datetime | None) -> Closure:
    subject = closure(node.arguments[0], as_of)
    match node.function:
        case "lower":
            return _of_text(subject, lower)
        case "startswith":
            start = _written(node)
            return _of_text(subject, lambda text: text.startswith(start))
        case "contains":
            return _holds(subject, _written(node))
        case timely:
            return _days(subject, days_since if timely == "days_since" else days_until, as_of)


def _written(node: Call) -> str:
    text = node.arguments[1]
    assert isinstance(text, Literal)
    return str(text.value)


def _of_text(subject: Closure, function: Callable[[str], object]) -> Closure:
    def answer(row: Mapping[str, object]) -> object:
        value = subject(row)
        return function(value) if isinstance(value, str) else None

    return answer


def _holds(subject: Closure, part: str) -> Closure:
    def answer(row: Mapping[str, object]) -> object:
        value = subject(row)
        return part in value if isinstance(value, str | tuple | list) else None

    return answer


def _days(subject: Closure, count: Callable[[datetime | date, datetime], int], as_of: datetime | None) -> Closure:
    if as_of is None:
        raise ValueError("days_since and days_until need an as_of")
    instant = as_of

    def answer(row: Mapping[str, object]) -> object:
        value = subject(row)
        return count(value, instant) if isinstance(value, date) else None

    return answer
