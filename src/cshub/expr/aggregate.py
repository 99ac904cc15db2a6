"""The check of one aggregate of a query metric, with the type it gives. No SQL here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from ..errors import ConfigError
from ..model import KINDS, LINKED_KINDS, Aggregate, Decay, Series, Type
from .decaying import MOST_STEPS, steps_of
from .expression import Expression, expect, names_of, parse, values_of
from .functions import NUMERIC
from .problem import did_you_mean

#: Declared extra fields: kind → name → type.
Extras = Mapping[str, Mapping[str, Type]]

_ORDERED = NUMERIC | {Type.TIME, Type.DATE}
#: What a reading may be.
PLAIN = _ORDERED | {Type.TEXT, Type.FLAG}
_MILLISECOND = timedelta(milliseconds=1)
_HOUR = timedelta(hours=1)
_PERSON = ("contact_email", "contact_id")
#: Longer series say nothing new and take long; the median of all slopes takes the square of that.
_MOST_PERIODS = {"theil_sen": 60}
_PERIODS = 400

#: What each function may be asked about; None: it needs no value.
_TAKES: Mapping[str, frozenset[Type] | None] = {
    "count": None, "sum": NUMERIC, "avg": NUMERIC, "min": _ORDERED, "max": _ORDERED,
    "latest": PLAIN, "distinct": PLAIN, "any": PLAIN, "texts": frozenset({Type.TEXT}),
}  # fmt: skip
_DECAYING = ("count", "sum", "avg")
_IN_SERIES: Mapping[str, tuple[str, ...]] = {
    "with": ("count",), "without": ("count",), **dict.fromkeys(
        ("least_squares", "theil_sen", "own_baseline"), ("count", "sum", "avg", "min", "max")
    ),
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
    ago_ms: int = 0
    per_person: Expression | None = None
    decay: Decay | None = None
    series: Series | None = None
    otherwise: float | None = None

    @property
    def gathered(self) -> bool:
        """Whether the database only gathers what Python then reckons with."""
        return self.decay is not None or self.series is not None

    @property
    def nothing(self) -> float | None:
        """Its value where there are no rows at all."""
        if self.otherwise is not None:
            return self.otherwise
        if self.series is not None:
            return 0 if self.series.ask == "with" else None
        return None if self.function != "count" else 0 if self.decay is None else 0.0

    @property
    def periods(self) -> int:
        """How many complete periods a series looks back."""
        assert self.series is not None
        return (self.window_ms or 0) // (self.series.per // _MILLISECOND)


def check_part(name: str, aggregate: Aggregate, extras: Extras) -> Part:
    """The checked aggregate. Raises ConfigError (ExprError for a rule) with `where` naming it."""
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
    newest = aggregate.per_person and parse(aggregate.per_person, names=names, values=values_of(kind))
    clock = _clock(aggregate.at or kind.at, names)
    for check in _CHECKS:
        check(aggregate, clock)
    return Part(
        kind=kind.name,
        function=aggregate.function,
        type=_over_time(aggregate, _given(aggregate.function, value or None)),
        value=value or None,
        where=where or None,
        clock=clock,
        window_ms=None if aggregate.window is None else aggregate.window // _MILLISECOND,
        ago_ms=0 if aggregate.ago is None else aggregate.ago // _MILLISECOND,
        per_person=newest or None,
        decay=aggregate.decay,
        series=aggregate.series,
        otherwise=aggregate.otherwise,
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


def _over_time(aggregate: Aggregate, given: Type) -> Type:
    if aggregate.series is not None:
        return Type.INTEGER if aggregate.series.ask in ("with", "without") else Type.NUMBER
    return given if aggregate.decay is None else Type.NUMBER


def _clock(column: str | None, names: Mapping[str, Type]) -> Clock | None:
    if column is None:
        return None
    type = names.get(column)
    if type not in (Type.TIME, Type.DATE):
        times = [name for name, type in names.items() if type in (Type.TIME, Type.DATE)]
        raise ConfigError(f"{column} is not a time or a date", hint=did_you_mean(column, times))
    return Clock(column, type)


def _check_clock(aggregate: Aggregate, clock: Clock | None) -> None:
    wanted = {
        "a window": aggregate.window is not None,
        "latest": aggregate.function == "latest",
        "decay": aggregate.decay is not None,
        "a series": aggregate.series is not None,
        "the newest of each person": aggregate.per_person is not None,
    }
    what = next((name for name, is_wanted in wanted.items() if is_wanted), None)
    if clock is None and what is not None:
        raise ConfigError(
            f"{what} needs a time, and a row of {aggregate.kind} has none", hint="name a column with `at:`"
        )


def _check_window(aggregate: Aggregate, clock: Clock | None) -> None:
    del clock
    if aggregate.window is not None and aggregate.window < _MILLISECOND:
        raise ConfigError("a window is longer than nothing", hint="for example 30d")
    if aggregate.ago is not None and aggregate.window is None:
        raise ConfigError("an earlier time needs a window", hint="for example 30d")


def _check_person(aggregate: Aggregate, clock: Clock | None) -> None:
    del clock
    columns = KINDS[aggregate.kind].names
    if aggregate.per_person is not None and not set(_PERSON) <= set(columns):
        raise ConfigError(f"a row of {aggregate.kind} names no person")
    if aggregate.per_person is not None and aggregate.function in ("latest", "any"):
        raise ConfigError(f"{aggregate.function} is one row, not one for each person")


def _check_decay(aggregate: Aggregate, clock: Clock | None) -> None:
    del clock
    decay = aggregate.decay
    if decay is None:
        return
    if aggregate.function not in _DECAYING:
        raise ConfigError(f"{aggregate.function} does not decay", hint=f"it is for {', '.join(_DECAYING)}")
    linear = decay.rate is not None and decay.per is not None and decay.rate > 0 and decay.per > timedelta(0)
    halving = decay.half_life is not None and decay.half_life > timedelta(0)
    if linear is halving or decay.step < _HOUR:
        raise ConfigError("decay is either linear or by half-life, in steps of an hour or more")
    if steps_of(decay) > MOST_STEPS:
        raise ConfigError("decay takes too many steps until nothing is left", hint="write a longer step, like 1d")


def _check_series(aggregate: Aggregate, clock: Clock | None) -> None:
    del clock
    series = aggregate.series
    if series is None:
        return
    if aggregate.function not in _IN_SERIES.get(series.ask, ()) or aggregate.decay is not None:
        raise ConfigError(f"{aggregate.function} cannot be asked about by {series.ask}")
    if series.per < _HOUR:
        raise ConfigError("a period lasts an hour or more", hint="for example 1d or 1w")
    if series.ask == "without":
        return
    most = _MOST_PERIODS.get(series.ask, _PERIODS)
    if aggregate.window is None or not 1 <= aggregate.window // series.per <= most:
        raise ConfigError(f"a window holds from 1 to {most} periods", hint="for example 28d, or longer periods")


_CHECKS: tuple[Callable[[Aggregate, Clock | None], None], ...] = (
    _check_window, _check_clock, _check_person, _check_decay, _check_series,
)  # fmt: skip
