"""Bad input becomes a reading with its reason, never a silent 0, and touches no other customer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta

import pytest

from cshub.model import Status
from tests.unit.builtin.asking import Rows, ask, query
from tests.unit.expr.making import AS_OF

DAY = timedelta(days=1)
YESTERDAY = (AS_OF - DAY).date()
DEAL = {"close_date": YESTERDAY, "currency": "EUR"}
ERROR, MISSING = Status.ERROR, Status.MISSING


@pytest.mark.parametrize(
    ("kind", "values", "form", "main", "options", "status", "note"),
    [
        ("event", [{"value": math.inf}], "sum", "event.value", {}, ERROR, "not a finite number: inf"),
        ("event", [{"value": -math.inf}], "latest", "event.value", {}, ERROR, "not a finite number: -inf"),
        ("event", [{"value": math.inf}, {"value": -math.inf}], "sum", "event.value", {}, MISSING, None),
        ("event", [{"value": math.inf}], "sum", "event.value", {"decay": {"half_life": "9d"}}, ERROR, "not a finite number: inf"),
        ("event", [{"value": math.nan}], "sum", "event.value", {}, MISSING, "no event up to now that counts"),
        ("event", [{"value": 1e19}], "max", "event.value", {}, ERROR, "too large to be meant: 1e+19"),
        ("event", [{"value": -2e18}], "avg", "event.value", {}, ERROR, "too large to be meant: -2e+18"),
        ("event", [{"value": 9e17}, {"value": 9e17}], "sum", "event.value", {}, ERROR, "too large to be meant: 1.8e+18"),
        ("event", [{"value": 1e300}], "avg", "event.value", {"decay": {"half_life": "9d"}}, ERROR, "too large to be meant: 1e+300"),
        ("account", [{"created_at": AS_OF + DAY}], "days_since", "account.created_at", {}, ERROR, "dated in the future: 2026-06-02"),
        ("event", [{"at": AS_OF + DAY}], "latest", "event.value", {}, MISSING, "no event up to now that counts"),
        ("event", [{"at": AS_OF + DAY}], "days_since", "event.at", {}, MISSING, "no event up to now that counts"),
        ("account", [{"mrr": -5.0}], "value", "account.mrr", {}, ERROR, "mrr is below zero: -5"),
        ("ticket", [{"first_reply_s": -3.0, "opened_at": AS_OF}, {"first_reply_s": 9.0, "opened_at": AS_OF}], "avg",
         "ticket.first_reply_s", {}, ERROR, "first_reply_s is below zero: -3"),
        ("event", [{"name": "call"}], "ratio", [{"count": "event"}, {"count": "event", "where": "name == 'x'"}], {}, MISSING,
         "division by zero: nothing to divide by"),
        ("event", [{"name": "call"}], "ratio", [{"count": "event"}, {"sum": "event.value"}], {}, MISSING,
         "division by zero: nothing to divide by"),
        ("event", [{"value": 2.0}], "trend", {"sum": "event.value"}, {}, MISSING, "nothing before to compare with"),
        ("event", [{"value": 2.0}, {"value": -2.0, "at": AS_OF - 40 * DAY}], "trend", {"sum": "event.value"}, {}, ERROR,
         "below zero before, so a change in percent says nothing: -2"),
        ("event", [{"value": 2.0}], "slope", {"sum": "event.value"}, {}, MISSING, "fewer than 5 values"),
        ("event", [{"value": 2.0}], "own_baseline", {"avg": "event.value"}, {}, MISSING, "fewer than 5 values"),
        ("event", [{"name": "x"}], "streak", "event", {"of": "without", "where": "name == 'y'"}, MISSING, "it never happened"),
        ("response", [{"metric": "nps", "value": 11.0}], "nps", "response", {}, ERROR, "no answer is on the scale of 0 to 10; off it: 1"),
        ("response", [{"metric": "csat", "value": 0.0}], "csat", "response", {}, ERROR, "no answer is on the scale of 1 to 5; off it: 1"),
        ("response", [{"metric": "ces", "value": 8.0}], "ces", "response", {"direction": "low_effort_high"}, ERROR,
         "no answer is on the scale of 1 to 7; off it: 1"),
        ("response", [{"metric": "csat", "value": 5.0}], "nps", "response", {}, MISSING, "nobody answered"),
        ("deal", [{**DEAL, "amount": 1.0}, {**DEAL, "amount": 2.0, "currency": "USD"}], "sum", "deal.amount", {}, ERROR,
         "amounts in EUR, USD; name one with `currency:` or convert with `rates:`"),
        ("deal", [{**DEAL, "amount": 1.0}, {**DEAL, "amount": 2.0, "currency": "USD"}], "max", "deal.amount * 12", {}, ERROR,
         "amounts in EUR, USD; name one with `currency:` or convert with `rates:`"),
        ("deal", [{**DEAL, "amount": 1.0, "currency": "CHF"}], "sum", "deal.amount", {"currency": "EUR", "rates": {"USD": 0.9}}, ERROR,
         "there is no rate for CHF"),
        ("deal", [{**DEAL, "amount": 1.0, "currency": None}], "sum", "deal.amount", {"currency": "EUR", "rates": {"USD": 0.9}}, ERROR,
         "amounts without a currency: 1"),
        ("deal", [{**DEAL, "amount": None}], "sum", "deal.amount", {"currency": "EUR", "rates": {"USD": 0.9}}, MISSING, "no amount counts"),
        ("deal", [{**DEAL, "amount": 1.0, "is_won": 1}, {**DEAL, "amount": 2.0, "currency": "USD"}], "ratio",
         [{"sum": "deal.amount", "where": "is_won"}, {"sum": "deal.amount", "where": "is_won is None"}], {}, ERROR,
         "above and below are in different currencies; name one with `currency:`"),
    ],
)  # fmt: skip
def test_what_is_no_answer_says_why(
    kind: str,
    values: list[Mapping[str, object]],
    form: str,
    main: object,
    options: Mapping[str, object],
    status: Status,
    note: str | None,
) -> None:
    rows = Rows()
    at = {"event": "at", "response": "answered_at"}.get(kind)
    for one in values:
        rows.put(kind, **{**({at: AS_OF - DAY} if at else {}), **one})
    rows.know("beta")
    asked = query(form, main, **options)
    found = ask(rows, asked)
    assert found["acme"].value is None
    assert found["acme"].status is status
    assert found["acme"].note is not None
    assert note is None or found["acme"].note == note
    alone = Rows()
    alone.know("beta")
    assert found["beta"] == ask(alone, asked)["beta"]


@pytest.mark.parametrize(
    ("form", "main", "options"),
    [
        ("sum", "event.value", {}), ("avg", "ticket.rating", {}), ("min", "deal.amount", {}), ("max", "event.at", {}),
        ("latest", "event.name", {}), ("latest", "event.name", {"ttl": "9d"}), ("value", "account.name", {}),
        ("ratio", [{"count": "event"}, {"count": "event"}], {}), ("days_since", "event.at", {}),
        ("days_until", "account.renewal_date", {}), ("distinct", "event.name", {}), ("nps", "response", {}),
        ("nps", "response", {"shrink": 3}), ("csat", "response", {}), ("ces", "response", {"direction": "low_effort_low"}),
        ("csi", "response", {"weights": {"quality": 1}}), ("trend", {"count": "event"}, {}), ("slope", {"count": "event"}, {}),
        ("own_baseline", {"count": "event"}, {}), ("streak", "event", {"of": "without"}), ("percentile", {"count": "event"}, {}),
        ("sum", "event.value", {"decay": {"half_life": "9d"}}),
    ],
)  # fmt: skip
def test_a_customer_of_whom_nothing_is_known_has_a_reason_and_no_value(
    form: str, main: object, options: Mapping[str, object]
) -> None:
    rows = Rows()
    rows.know("acme")
    reading = ask(rows, query(form, main, **options))["acme"]
    assert (reading.value, reading.status) == (None, MISSING)
    assert reading.note


def test_money_of_one_currency_and_money_without_one_add_up() -> None:
    rows = Rows()
    for amount, currency in ((1.0, "EUR"), (2.0, "EUR"), (4.0, None), (8.0, "")):
        rows.put("deal", amount=amount, currency=currency, close_date=YESTERDAY)
    assert ask(rows, query("sum", "deal.amount"))["acme"].value == 15.0


def test_one_currency_may_be_chosen_and_others_converted() -> None:
    rows = Rows()
    for amount, currency in ((10.0, "EUR"), (20.0, "USD"), (5.0, "USD")):
        rows.put("deal", amount=amount, currency=currency, close_date=YESTERDAY)
    assert ask(rows, query("sum", "deal.amount", currency="EUR"))["acme"].value == 10.0
    assert ask(rows, query("sum", "deal.amount", currency="EUR", rates={"USD": 0.9}))["acme"].value == 32.5


def test_a_sum_does_not_depend_on_the_order_of_its_rows() -> None:
    amounts = [0.1, 0.2, 0.3, 1e6 + 0.1, -1e6, 0.7]
    found = set()
    for order in (amounts, amounts[::-1], sorted(amounts)):
        rows = Rows()
        for amount in order:
            rows.put("event", at=AS_OF - DAY, value=amount)
        found.add(ask(rows, query("sum", "event.value"))["acme"].value)
    assert found == {1.4}


def test_a_rank_does_not_count_peers_whose_answer_is_none() -> None:
    rows = Rows()
    for number in range(3):
        rows.put("account", f"c{number}", mrr=float(number))
    rows.put("account", "bad", mrr=-1.0)
    found = ask(rows, query("percentile", {"value": "account.mrr"}, min_peers=3))
    assert [found[f"c{number}"].value for number in range(3)] == pytest.approx([100 / 6, 50.0, 500 / 6], abs=1e-9)
    assert found["bad"].note == "mrr is below zero: -1"
