from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

import cshub
from cshub.builtin.metrics import register_metrics
from cshub.expr.question import check_query

FORMS: Mapping[str, cshub.QueryForm] = {form.name: form for form in register_metrics()}


def build(form: str, main: object, **options: object) -> cshub.Query:
    return FORMS[form].build(main, options)


@pytest.mark.parametrize(
    ("form", "main", "options", "type"),
    [
        ("count", "ticket", {"where": "is_open", "window": "30d"}, "integer"),
        ("sum", "deal.amount", {"where": "is_won"}, "number"),
        ("avg", "ticket.first_reply_s", {"window": "90d", "at": "closed_at"}, "number"),
        ("min", "deal.close_date", {}, "date"),
        ("max", "event.value / 60", {}, "number"),
        ("latest", "event.name", {}, "text"),
        ("distinct", "contact.role", {}, "integer"),
        ("value", "account.mrr", {}, "number"),
        ("ratio", [{"count": "event", "where": "name == 'call'"}, {"count": "event"}], {"window": "30d"}, "number"),
        ("days_since", "event.at", {"where": "name == 'login'"}, "integer"),
        ("days_until", "account.renewal_date", {}, "integer"),
        ("days_until", "deal.close_date", {"where": "not is_closed"}, "integer"),
        ("nps", "response", {}, "number"),
        ("csat", "response", {"where": "contact_email is not None", "window": "1w"}, "number"),
    ],
)
def test_a_form_makes_a_query_that_can_be_asked(form: str, main: object, options: dict[str, object], type: str) -> None:
    assert check_query(build(form, main, **options), {}).finish.type.value == type


@pytest.mark.parametrize(
    ("form", "main", "options", "words"),
    [
        ("count", None, {}, "count needs a kind of rows"),
        ("count", "ticket.priority", {}, "takes a kind alone"),
        ("sum", "deal", {}, "needs a column as well, like sum: deal.column"),
        ("sum", "deal.amount", {"where": 5}, "where needs text"),
        ("count", "ticket", {"window": "30"}, "window needs a unit"),
        ("ratio", [{"count": "event"}], {}, "needs a list of two metrics"),
        ("ratio", [{"count": "event"}, {"nps": "response"}], {}, "ratio takes one of count"),
        ("ratio", [{"count": "event"}, {"count": "event", "windw": "1d"}], {}, "does not know windw"),
    ],
)
def test_arguments_that_make_no_sense_are_refused_in_words(
    form: str, main: object, options: dict[str, object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        build(form, main, **options)


def test_a_ratio_hands_its_options_to_both_parts_unless_they_have_their_own() -> None:
    query = build("ratio", [{"count": "event", "window": "7d"}, {"count": "event"}], window="30d")
    assert [part.window for part in query.aggregates.values()] == [timedelta(days=7), timedelta(days=30)]


def test_nps_looks_at_90_days_unless_told_otherwise() -> None:
    assert {part.window for part in build("nps", "response").aggregates.values()} == {timedelta(days=90)}
    assert {part.window for part in build("nps", "response", window="1w").aggregates.values()} == {timedelta(days=7)}


def test_a_date_to_come_counts_although_its_row_is_dated_after_now() -> None:
    assert build("days_until", "deal.close_date").aggregates["it"].at == "observed_at"
