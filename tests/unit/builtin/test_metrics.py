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
        ("csat", "response", {"answers": "latest", "ttl": "30d"}, "number"),
        ("ces", "response", {"direction": "low_effort_low", "at": "observed_at"}, "number"),
        ("csi", "response", {"weights": {"csi": 2.5, "csat": 1}, "by": "metric"}, "number"),
        ("trend", {"sum": "deal.amount", "where": "is_won"}, {"currency": "EUR"}, "number"),
        ("slope", {"max": "ticket.rating", "at": "closed_at"}, {"window": "12w", "per": "1w"}, "number"),
        ("own_baseline", {"avg": "ticket.first_reply_s"}, {}, "number"),
        ("streak", "ticket", {"of": "without", "where": "priority == 'urgent'", "per": "1w"}, "integer"),
        ("percentile", {"ratio": [{"count": "event"}, {"count": "contact"}]}, {"peers": "account.mrr > 100"}, "number"),
        ("sum", "event.value", {"decay": {"linear": 0.5, "per": "30d", "step": "1h"}}, "number"),
        ("count", "event", {"decay": {"half_life": "1w"}}, "number"),
        ("sum", "deal.amount", {"currency": "EUR", "rates": {"USD": 0.92, "GBP": 1.17}}, "number"),
        ("value", "account.stage", {"at": "created_at", "ttl": "365d"}, "text"),
        ("latest", "response.value", {"ttl": "90d"}, "number"),
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
        ("count", "event", {"decay": {"linear": "50%"}}, "decay: per is longer than nothing"),
        ("count", "event", {"decay": {"linear": "half", "per": "30d"}}, "decay: linear needs a share"),
        ("count", "event", {"decay": {"linear": "0%", "per": "30d"}}, "decay: linear needs a share above"),
        ("count", "event", {"decay": {"half_life": "30"}}, "decay: half_life needs a unit"),
        ("count", "event", {"decay": {"half_life": "30d", "per": "1d"}}, "decay does not know per"),
        ("count", "event", {"decay": {"linear": "5%", "half_life": "3d"}}, "decay is either"),
        ("count", "event", {"decay": "30d"}, "decay is either"),
        ("sum", "deal.amount", {"currency": "euro"}, "currency needs a code of three capitals"),
        ("sum", "event.value", {"currency": "EUR"}, "currency is for account and deal"),
        ("sum", "deal.amount", {"rates": {"USD": 1}}, "rates needs a `currency:`"),
        ("sum", "deal.amount", {"currency": "EUR", "rates": {"USD": 0}}, "rates needs a number above zero for USD"),
        ("sum", "deal.amount", {"currency": "EUR", "rates": {"usd": 1}}, "rates are for amounts"),
        ("value", "account.mrr", {"ttl": "30d"}, "ttl needs `at:`"),
        ("latest", "event.value", {"ttl": "0d"}, "ttl is longer than nothing"),
        ("trend", "event", {}, "trend takes one of count, sum, avg, min, max"),
        ("trend", {"count": "event", "window": "3d"}, {}, "trend does not know window"),
        ("slope", {"count": "event"}, {"method": "mean"}, "method is one of theil_sen, least_squares"),
        ("streak", "event.value", {}, "streak takes a kind alone"),
        ("streak", "event", {"of": "both"}, "of is one of with, without"),
        ("nps", "response", {"answers": "newest"}, "answers is one of latest, all"),
        ("nps", "response", {"shrink": 0}, "shrink needs a whole number"),
        ("nps", "response", {"peers": "account.type"}, "peers are those whose mean"),
        ("ces", "response", {}, "direction is one of low_effort_high, low_effort_low"),
        ("csi", "response", {}, "weights needs names with numbers"),
        ("csi", "response", {"weights": {"a b": 1}}, "weights: a b is no field"),
        ("csi", "response", {"weights": {"it's": 1}, "by": "metric"}, "weights: it's cannot be written"),
        ("percentile", "event", {}, "percentile takes a metric that gives a number"),
        ("percentile", {"count": "event", "per": "1d"}, {}, "percentile: per is no option of count"),
        ("percentile", {"nps": "response", "shrink": 3}, {}, "percentile ranks an answer that is not shrunk"),
        ("percentile", {"count": "event"}, {"peers": "account"}, "peers needs all, or a field like account.type"),
        ("percentile", {"count": "event"}, {"min_peers": "ten"}, "min_peers needs a whole number"),
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
