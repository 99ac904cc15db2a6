"""Forms about rows as they are: how many, how much, the newest, one by another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from cshub import KINDS, Aggregate, Query, QueryForm, Reason, Status

from .arguments import FILTER, Options, kind_and_value, length, span, text
from .money import converted, in_currency, sound
from .parts import aggregate, part

_NOTHING_BELOW = Reason(
    when="below == 0 or below is None", says="division by zero: nothing to divide by", status=Status.MISSING
)
_DAY_FIELD = "needs `at:`, the field that says when the value was set"


def _count(main: object, options: Options) -> Query:
    return Query(aggregates={"it": aggregate("count", main, options)}, finish="it")


def _sum(main: object, options: Options) -> Query:
    one = aggregate("sum", main, options)
    if options.get("rates") is not None:
        return converted(one, options)
    return sound({"it": in_currency(one, options)})


def _over(function: str) -> Callable[[object, Options], Query]:
    def build(main: object, options: Options) -> Query:
        return sound({"it": in_currency(aggregate(function, main, options), options)})

    return build


def _latest(main: object, options: Options) -> Query:
    one = aggregate("latest", main, options)
    at = one.at or (KINDS[one.kind].at if one.kind in KINDS else None)
    return _with_ttl(sound({"it": one}), replace(one, value=at), options) if at else sound({"it": one})


def _value(main: object, options: Options) -> Query:
    kind, value = kind_and_value(main, "value", wants_value=True)
    one = Aggregate(kind=kind, function="any", value=value, where=text(options, "where"))
    at = text(options, "at")
    if at is None and span(options, "ttl") is not None:
        raise ValueError(f"ttl {_DAY_FIELD}")
    return _with_ttl(sound({"it": one}), replace(one, value=at), options) if at else sound({"it": one})


def _with_ttl(query: Query, when: Aggregate, options: Options) -> Query:
    """The query whose answer is stale when the fact behind it is older than `ttl:`."""
    if options.get("ttl") is None:
        return query
    ttl = length(options, "ttl", timedelta(0))
    return replace(query, aggregates={**query.aggregates, "when": when}, dated="when", ttl=ttl)


def _ratio(main: object, options: Options) -> Query:
    if not isinstance(main, list) or len(main) != 2:
        raise ValueError("ratio needs a list of two metrics, like [{count: event, where: missed}, {count: event}]")
    above, below = (in_currency(part(one, options, form="ratio", own=_PART), {**options, **one}) for one in main)
    return sound({"above": above, "below": below}, "above / below", _NOTHING_BELOW)


def _distinct(main: object, options: Options) -> Query:
    return Query(aggregates={"it": aggregate("distinct", main, options)}, finish="it")


_PART = (*FILTER, "decay", "currency")
_MONEY = (*FILTER, "currency")
_FORMS: Mapping[str, tuple[str, tuple[str, ...], Callable[[object, Options], Query]]] = {
    "count": ("how many rows: {count: ticket, where: …, window: 30d}", (*FILTER, "decay"), _count),
    "sum": (
        "the sum of a column: {sum: deal.amount, where: is_won}; of several currencies only with currency and rates",
        (*_MONEY, "rates", "decay"),
        _sum,
    ),
    "avg": ("the mean of a column: {avg: ticket.first_reply_s, window: 90d}", (*_MONEY, "decay"), _over("avg")),
    "min": ("the smallest value of a column", _MONEY, _over("min")),
    "max": ("the largest value of a column", _MONEY, _over("max")),
    "latest": ("the value of the newest row: {latest: event.value, ttl: 90d}", (*FILTER, "ttl"), _latest),
    "distinct": ("how many different values: {distinct: event.name}", FILTER, _distinct),
    "value": ("a column that simply is: {value: account.mrr}", ("where", "at", "ttl"), _value),
    "ratio": ("one count or sum by another: {ratio: [{…}, {…}]}", _PART, _ratio),
}
FORMS = tuple(
    QueryForm(name=name, doc=doc, options=options, build=build) for name, (doc, options, build) in _FORMS.items()
)
