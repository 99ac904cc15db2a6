"""The check of query metrics: their aggregates and their `finish`, with the type each gives. No SQL here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ..errors import ConfigError
from ..model import KINDS, LINKED_KINDS, Aggregate, Query, Type
from .expression import Expression, expect, names_of, parse, values_of
from .functions import NUMERIC
from .problem import did_you_mean

#: Declared extra fields: kind → name → type.
Extras = Mapping[str, Mapping[str, Type]]

_ORDERED = NUMERIC | {Type.TIME, Type.DATE}
_PLAIN = _ORDERED | {Type.TEXT, Type.FLAG}
_MILLISECOND = timedelta(milliseconds=1)

#: What each function may be asked about; None: it needs no value.
_TAKES: Mapping[str, frozenset[Type] | None] = {
    "count": None, "sum": NUMERIC, "avg": NUMERIC, "min": _ORDERED, "max": _ORDERED,
    "latest": _PLAIN, "distinct": _PLAIN, "any": _PLAIN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """The column that says when a row happened; `type` is TIME or DATE."""

    column: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A checked aggregate. `type` is what it gives; `clock` is None for rows without a time of their own."""

    kind: str
    function: str
    type: Type
    value: Expression | None
    where: Expression | None
    clock: Clock | None
    window_ms: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """A checked query metric."""

    parts: Mapping[str, Part]
    finish: Expression

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds its aggregates read, in the order they are named."""
        return tuple(dict.fromkeys(part.kind for part in self.parts.values()))


def check_query(query: Query, extras: Extras) -> Question:
    """The checked metric; `finish.type` is the type of its readings.

    Raises ExprError for a mistake inside a rule, with `where` naming the aggregate, and ConfigError for any other.
    """
    if not query.aggregates:
        raise ConfigError("a metric needs at least one aggregate")
    parts = {name: _located(name, aggregate, extras) for name, aggregate in query.aggregates.items()}
    names = {name: part.type for name, part in parts.items()}
    finish = parse(query.finish, names=names, timely=True, yes_no=False)
    expect(finish, _PLAIN, "a metric")
    return Question(parts, finish)


def _located(name: str, aggregate: Aggregate, extras: Extras) -> Part:
    try:
        return _part(aggregate, extras)
    except ConfigError as error:
        error.where = error.where or name
        raise


def _part(aggregate: Aggregate, extras: Extras) -> Part:
    if aggregate.function not in _TAKES:
        hint = did_you_mean(aggregate.function, _TAKES)
        raise ConfigError(f"there is no aggregate {aggregate.function}", hint=hint)
    if aggregate.kind not in LINKED_KINDS:
        hint = did_you_mean(aggregate.kind, LINKED_KINDS)
        raise ConfigError(f"there are no customer's rows of kind {aggregate.kind}", hint=hint)
    kind = KINDS[aggregate.kind]
    names = names_of(kind, extras.get(kind.name))
    where = aggregate.where and parse(aggregate.where, names=names, values=values_of(kind))
    value = aggregate.value and parse(aggregate.value, names=names, yes_no=False)
    clock = _clock(aggregate.at or kind.at, names)
    _check_clock(aggregate, clock)
    given = _given(aggregate.function, value or None)
    window = None if aggregate.window is None else aggregate.window // _MILLISECOND
    return Part(
        kind=kind.name,
        function=aggregate.function,
        type=given,
        value=value or None,
        where=where or None,
        clock=clock,
        window_ms=window,
    )


def _given(function: str, value: Expression | None) -> Type:
    """The type of the answer, after checking what is asked about."""
    takes = _TAKES[function]
    if takes is None:
        return Type.INTEGER
    if value is None:
        raise ConfigError(f"{function} needs a value", hint="name a column")
    expect(value, takes, function)
    if function == "distinct":
        return Type.INTEGER
    return Type.NUMBER if function in ("sum", "avg") else value.type


def _clock(column: str | None, names: Mapping[str, Type]) -> Clock | None:
    if column is None:
        return None
    type = names.get(column)
    if type not in (Type.TIME, Type.DATE):
        times = [name for name, type in names.items() if type in (Type.TIME, Type.DATE)]
        raise ConfigError(f"{column} is not a time or a date", hint=did_you_mean(column, times))
    return Clock(column, type)


def _check_clock(aggregate: Aggregate, clock: Clock | None) -> None:
    if clock is None and (aggregate.window is not None or aggregate.function == "latest"):
        what = "a window" if aggregate.window is not None else "latest"
        raise ConfigError(
            f"{what} needs a time, and a row of {aggregate.kind} has none", hint="name a column with `at:`"
        )
    if aggregate.window is not None and aggregate.window < _MILLISECOND:
        raise ConfigError("a window is longer than nothing", hint="for example 30d")
