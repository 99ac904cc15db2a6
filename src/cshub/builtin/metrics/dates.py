"""Forms that count whole days to or from a date."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cshub import Aggregate, Query, QueryForm, Reason

from .arguments import FILTER, Options, kind_and_value, span, text


def _since(main: object, options: Options) -> Query:
    future = Reason(when="days_since(it) < 0", says="dated in the future: {}", about="it")
    return _days("days_since", "max", main, options, future)


def _until(main: object, options: Options) -> Query:
    return _days("days_until", "min", main, options)


def _days(form: str, function: str, main: object, options: Mapping[str, object], *reasons: Reason) -> Query:
    """Of several rows the newest (or earliest); an account has one date, which simply is."""
    kind, value = kind_and_value(main, form, wants_value=True)
    at, window, simply_is = text(options, "at"), span(options, "window"), kind == "account"
    if form == "days_until" and not simply_is and at is None:
        # A date to come stands in rows that were read before now: without this, rows "of the future" would not count.
        at = "observed_at"
    one = Aggregate(
        kind=kind,
        function="any" if simply_is else function,
        value=value,
        where=text(options, "where"),
        window=window,
        at=at,
    )
    return Query(aggregates={"it": one}, finish=f"{form}(it)", reasons=reasons)


_FORMS: Mapping[str, tuple[str, Callable[[object, Options], Query]]] = {
    "days_since": ("whole days since the newest: {days_since: event.at}", _since),
    "days_until": ("whole days to the earliest: {days_until: account.renewal_date}", _until),
}
FORMS = tuple(QueryForm(name=name, doc=doc, options=FILTER, build=build) for name, (doc, build) in _FORMS.items())
