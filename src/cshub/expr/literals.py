"""Values written in a rule: which are allowed, and how text becomes a date or an instant beside a column of that type."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from ..model import Type
from .nodes import Literal
from .problem import ExprError

#: Larger whole numbers lose digits in double precision.
MAX_INTEGER = 2**53


def literal(value: object, column: int) -> Literal:
    """A constant as it stands. Raises ExprError for what the language does not know (bytes, `...`, huge numbers)."""
    match value:
        case bool():
            return Literal(value, Type.FLAG)
        case int() if value <= MAX_INTEGER:
            return Literal(value, Type.INTEGER)
        case float() if math.isfinite(value):
            return Literal(value, Type.NUMBER)
        case str():
            return Literal(value, Type.TEXT)
        case int() | float():
            raise ExprError(f"this number is too large; whole numbers go up to {MAX_INTEGER}", column)
        case None:
            raise ExprError("None cannot be used here", column, "write `is None` or `is not None`")
        case _:
            raise ExprError("only text, numbers, True and False can be written in a rule", column)


def as_type(node: Literal, type: Type, column: int) -> Literal:
    """Text as the date or instant it spells, for comparing with a column of that type.

    An instant without a zone is UTC; a bare date is its first instant in UTC. Raises ExprError when it spells neither.
    """
    text = str(node.value)
    try:
        if type is Type.DATE:
            return Literal(date.fromisoformat(text), type)
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        example = "2026-03-31" if type is Type.DATE else "2026-03-31 or 2026-03-31T12:00:00Z"
        raise ExprError(f"{text!r} is not a {type}", column, f"write it like {example}") from error
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    try:
        return Literal(aware.astimezone(UTC), type)
    except OverflowError as error:
        raise ExprError(f"{text!r} is out of range", column) from error
