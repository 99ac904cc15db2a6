"""The forms of query metrics: `count`, `sum`, `ratio`, `nps` and their like, each reducing its YAML to a `Query`.

Kinds, columns and rules in them are checked by the core, which knows where they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from cshub import KINDS, Aggregate, Query, QueryForm, duration, hookimpl

_FILTER = ("where", "window", "at")
_SURVEY_WINDOW = timedelta(days=90)
#: Forms that `ratio` divides.
_PARTS = ("count", "sum", "avg", "min", "max", "distinct")


@hookimpl
def register_metrics() -> Iterable[QueryForm]:
    """Every form of the core."""
    return [
        QueryForm(
            name="count", doc="how many rows: {count: ticket, where: …, window: 30d}", options=_FILTER, build=_count
        ),
        *(_over(name, doc) for name, doc in _FUNCTIONS.items()),
        QueryForm(name="value", doc="a column that simply is: {value: account.mrr}", options=("where",), build=_value),
        QueryForm(name="ratio", doc="one count or sum by another: {ratio: [{…}, {…}]}", options=_FILTER, build=_ratio),
        QueryForm(
            name="days_since",
            doc="whole days since the newest: {days_since: event.at}",
            options=("where",),
            build=_since,
        ),
        QueryForm(
            name="days_until",
            doc="whole days to the earliest: {days_until: account.renewal_date}",
            options=("where",),
            build=_until,
        ),
        QueryForm(
            name="nps", doc="promoters less detractors, −100 to 100: {nps: response}", options=_FILTER, build=_nps
        ),
        QueryForm(name="csat", doc="percent of answers 4 and 5 of 5: {csat: response}", options=_FILTER, build=_csat),
    ]


_FUNCTIONS = {
    "sum": "the sum of a column: {sum: deal.amount, where: is_won}",
    "avg": "the mean of a column: {avg: ticket.first_reply_s, window: 90d}",
    "min": "the smallest value of a column",
    "max": "the largest value of a column",
    "latest": "the value of the newest row: {latest: event.value}",
    "distinct": "how many different values: {distinct: event.name}",
}


def _over(function: str, doc: str) -> QueryForm:
    def build(main: object, options: Mapping[str, object]) -> Query:
        return _single(_aggregate(function, main, options))

    return QueryForm(name=function, doc=doc, options=_FILTER, build=build)


def _single(aggregate: Aggregate, finish: str = "it") -> Query:
    return Query(aggregates={"it": aggregate}, finish=finish)


def _count(main: object, options: Mapping[str, object]) -> Query:
    return _single(_aggregate("count", main, options))


def _aggregate(function: str, main: object, options: Mapping[str, object]) -> Aggregate:
    """`kind` for a count, `kind.column` for the rest, with the usual options."""
    kind, value = _kind_and_value(main, function, wants_value=function != "count")
    return Aggregate(
        kind=kind,
        function=function,
        value=value,
        where=_text(options, "where"),
        window=_window(options),
        at=_text(options, "at"),
    )


def _kind_and_value(main: object, form: str, *, wants_value: bool) -> tuple[str, str | None]:
    kinds = ", ".join(KINDS)
    if not isinstance(main, str) or not main:
        raise ValueError(f"{form} needs {'kind.column' if wants_value else 'a kind of rows'}; kinds are {kinds}")
    kind, _, value = main.partition(".")
    if wants_value and not value:
        raise ValueError(f"{form} needs a column as well, like {form}: {kind}.column")
    if value and not wants_value:
        raise ValueError(f"{form} takes a kind alone, like {form}: {kind}; use distinct for different values")
    return kind.strip(), value.strip() or None


def _text(options: Mapping[str, object], name: str) -> str | None:
    given = options.get(name)
    if given is None or (isinstance(given, str) and given.strip()):
        return given
    raise ValueError(f"{name} needs text in quotes")


def _window(options: Mapping[str, object]) -> timedelta | None:
    if options.get("window") is None:
        return None
    try:
        return duration(options["window"])
    except ValueError as error:
        raise ValueError(f"window {error}") from error


def _value(main: object, options: Mapping[str, object]) -> Query:
    kind, value = _kind_and_value(main, "value", wants_value=True)
    return _single(Aggregate(kind=kind, function="any", value=value, where=_text(options, "where")))


def _since(main: object, options: Mapping[str, object]) -> Query:
    return _days("days_since", "max", main, options)


def _until(main: object, options: Mapping[str, object]) -> Query:
    return _days("days_until", "min", main, options)


def _days(form: str, function: str, main: object, options: Mapping[str, object]) -> Query:
    """Of several rows the newest (or earliest); an account has one date, which simply is."""
    kind, value = _kind_and_value(main, form, wants_value=True)
    simply_is = kind == "account"
    # A date to come stands in rows that were read before now: without this, rows "of the future" would not count.
    at = "observed_at" if form == "days_until" and not simply_is else None
    where = _text(options, "where")
    aggregate = Aggregate(kind=kind, function="any" if simply_is else function, value=value, where=where, at=at)
    return _single(aggregate, f"{form}(it)")


def _ratio(main: object, options: Mapping[str, object]) -> Query:
    if not isinstance(main, list) or len(main) != 2:
        raise ValueError("ratio needs a list of two metrics, like [{count: event, where: missed}, {count: event}]")
    above, below = (_part(part, options) for part in main)
    return Query(aggregates={"above": above, "below": below}, finish="above / below")


def _part(part: object, options: Mapping[str, object]) -> Aggregate:
    forms = [name for name in _PARTS if isinstance(part, dict) and name in part]
    if not isinstance(part, dict) or len(forms) != 1:
        raise ValueError(f"ratio divides two of {', '.join(_PARTS)}, each written like {{count: ticket}}")
    unknown = [name for name in part if name not in (*_FILTER, forms[0])]
    if unknown:
        raise ValueError(f"ratio does not know {unknown[0]}; a part takes {', '.join(_FILTER)}")
    return _aggregate(forms[0], part[forms[0]], {**options, **part})


def _nps(main: object, options: Mapping[str, object]) -> Query:
    """All answers of the window count alike; whoever answered twice in it counts twice."""
    asked = "metric == 'nps' and value >= 0 and value <= 10"
    counted = _survey("nps", main, options, asked)
    return Query(
        aggregates={
            "promoters": counted("value >= 9"),
            "detractors": counted("value <= 6"),
            "answers": counted(None),
        },
        finish="100 * (promoters - detractors) / answers",
    )


def _csat(main: object, options: Mapping[str, object]) -> Query:
    asked = "metric == 'csat' and value >= 1 and value <= 5"
    counted = _survey("csat", main, options, asked)
    return Query(aggregates={"good": counted("value >= 4"), "answers": counted(None)}, finish="100 * good / answers")


def _survey(form: str, main: object, options: Mapping[str, object], asked: str) -> Callable[[str | None], Aggregate]:
    """Counts of answers within the last 90 days, or `window:`."""
    kind, _ = _kind_and_value(main, form, wants_value=False)
    where, window, at = _text(options, "where"), _window(options) or _SURVEY_WINDOW, _text(options, "at")

    def count(value: str | None) -> Aggregate:
        rules = " and ".join(filter(None, (asked, value, f"({where})" if where else None)))
        return Aggregate(kind=kind, function="count", where=rules, window=window, at=at)

    return count
