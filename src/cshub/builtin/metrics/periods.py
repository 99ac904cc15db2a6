"""Forms about how something goes: against an earlier time, from period to period, against what is usual, how many in a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from math import gcd

from cshub import Aggregate, Query, QueryForm, Reason, Series, Status

from .arguments import FILTER, Options, choice, kind_and_value, length, text
from .money import in_currency, sound
from .parts import part

_DAY, _MONTH, _QUARTER = timedelta(days=1), timedelta(days=28), timedelta(days=90)
_VALUES = ("count", "sum", "avg", "min", "max")
_OWN = ("where", "at", "currency")


def _trend(main: object, options: Options) -> Query:
    """Counts and sums as so much a day, so that the two times may differ in length."""
    last, prior = length(options, "last", timedelta(days=30)), length(options, "prior", _QUARTER)
    one = _inside(main, options, "trend")
    adds_up = one.function in ("count", "sum")
    now = replace(one, window=last, otherwise=0 if one.function == "sum" else None)
    before = replace(one, window=prior, ago=last)
    unit = gcd(_seconds(last), _seconds(prior))
    days = f" * {_seconds(prior) // unit} / {_seconds(last) // unit}" if adds_up else ""
    nothing = Reason(when="prior == 0 or prior is None", says="nothing before to compare with", status=Status.MISSING)
    below = Reason(when="prior < 0", says="below zero before, so a change in percent says nothing: {}", about="prior")
    return sound({"last": now, "prior": before}, f"100 * (last{days} / prior - 1)", nothing, below)


def _slope(main: object, options: Options) -> Query:
    method = choice(options, "method", ("theil_sen", "least_squares"), "theil_sen")
    return _series(main, options, "slope", method)


def _own_baseline(main: object, options: Options) -> Query:
    return _series(main, options, "own_baseline", "own_baseline")


def _series(main: object, options: Options, form: str, ask: str) -> Query:
    one = _inside(main, options, form)
    asked = Series(ask=ask, per=length(options, "per", _DAY))
    window = length(options, "window", _MONTH)
    few = Reason(when="it is None", says="fewer than 5 values", status=Status.MISSING)
    query = sound({"it": replace(one, window=window, series=asked)})
    return replace(query, reasons=(*query.reasons, few))


def _streak(main: object, options: Options) -> Query:
    kind, _ = kind_and_value(main, "streak", wants_value=False)
    of = choice(options, "of", ("with", "without"), "with")
    one = Aggregate(
        kind=kind,
        function="count",
        where=text(options, "where"),
        at=text(options, "at"),
        window=length(options, "window", _QUARTER) if of == "with" else None,
        series=Series(ask=of, per=length(options, "per", _DAY)),
    )
    never = Reason(when="it is None", says="it never happened", status=Status.MISSING)
    return Query(aggregates={"it": one}, finish="it", reasons=(never,))


def _inside(main: object, options: Options, form: str) -> Aggregate:
    given = {name: value for name, value in options.items() if name in _OWN}
    one = part(main, given, form=form, functions=_VALUES, own=_OWN)
    return in_currency(one, {**given, **(main if isinstance(main, dict) else {})})


def _seconds(length: timedelta) -> int:
    return length // timedelta(seconds=1)


_FORMS: Mapping[str, tuple[str, tuple[str, ...], Callable[[object, Options], Query]]] = {
    "trend": (
        "percent by which the last days differ from those before: {trend: {count: event}, last: 30d, prior: 90d}",
        ("last", "prior", *_OWN),
        _trend,
    ),
    "slope": (
        "change per day over periods of a window: {slope: {sum: event.value}, window: 28d, per: 1d, method: theil_sen}",
        ("window", "per", "method", *_OWN),
        _slope,
    ),
    "own_baseline": (
        "how far the last period is from this customer's usual one, in deviations: {own_baseline: {count: event}, window: 28d}",
        ("window", "per", *_OWN),
        _own_baseline,
    ),
    "streak": (
        "days or weeks in a row with a row, or without: {streak: event, of: without, per: 1w}",
        (*FILTER, "per", "of"),
        _streak,
    ),
}
FORMS = tuple(
    QueryForm(name=name, doc=doc, options=options, build=build) for name, (doc, options, build) in _FORMS.items()
)
