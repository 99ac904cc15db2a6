"""Metrics over time and among peers while customers are scored: who is due when, and what one customer's trouble does to others."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cshub.builtin.metrics import register_metrics
from cshub.config import QueryMetric
from cshub.model import Group, Shape, Signal, Status
from tests.unit.stages.score.scored import DAY1, Scored, card

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 1, 3, tzinfo=DAY1.tzinfo)
FORMS = {form.name: form for form in register_metrics()}


def asked(scored: Scored, **metrics: dict[str, object]) -> None:
    """Score by these metrics alone, each written as in YAML."""
    for name, written in metrics.items():
        form, main = next(iter(written.items()))
        options = {key: value for key, value in written.items() if key != form}
        made = FORMS[form].build(main, options)
        scored.metrics[name] = QueryMetric(name=name, form=form, query=made, text="")
    line = Shape(name="linear", options={"from": (0, 0), "to": (100, 100)})
    signals = tuple(Signal(metric=name, shape=line) for name in metrics)
    scored.card = replace(card(), root=Group(name="all", signals=signals), min_coverage=0, hash=",".join(metrics))


def event(scored: Scored, id: str, account: str, *, days: float = 1, value: float = 1.0) -> None:
    scored.world.row("crm", "event", id, account_id=account, name="call", at=DAY1 - days * DAY, value=value)


@pytest.mark.parametrize(
    "metric",
    [
        {"sum": "event.value", "decay": {"half_life": "30d"}},
        {"slope": {"count": "event"}, "window": "14d"},
        {"own_baseline": {"count": "event"}, "window": "14d"},
        {"streak": "event", "of": "without"},
        {"percentile": {"count": "event"}, "min_peers": 1},
    ],
)
def test_what_moves_with_time_scores_nobody_again_until_the_next_day(scored: Scored, metric: dict[str, object]) -> None:
    scored.world.account("crm", "1")
    for day in range(1, 9):
        event(scored, f"e{day}", "1", days=day)
    asked(scored, it=metric)
    assert scored.score().due == 1
    assert scored.of("crm:1").valid_until == MIDNIGHT
    for hours in (0, 1, 14):
        scored.as_of = DAY1 + hours * HOUR
        assert scored.score().due == 0
    scored.as_of = MIDNIGHT
    assert scored.score().due == 1


def test_a_window_that_nothing_leaves_keeps_its_customer_for_good(scored: Scored) -> None:
    scored.world.account("crm", "1")
    event(scored, "e1", "1", days=60)
    asked(scored, slope={"slope": {"count": "event"}, "window": "28d"}, streak={"streak": "event", "window": "28d"})
    scored.score()
    assert scored.of("crm:1").readings["slope"].value == 0.0
    assert {reading.valid_until for reading in scored.of("crm:1").readings.values()} == {None}


def test_a_rank_is_taken_among_all_though_one_is_due_and_others_follow_at_midnight(scored: Scored) -> None:
    for number in range(1, 5):
        scored.world.account("crm", str(number))
        for turn in range(number):
            event(scored, f"e{number}-{turn}", str(number))
    asked(scored, rank={"percentile": {"count": "event"}, "min_peers": 3})
    scored.score()
    assert [scored.of(f"crm:{n}").readings["rank"].value for n in range(1, 5)] == [12.5, 37.5, 62.5, 87.5]
    for turn in range(9):
        event(scored, f"more{turn}", "1")
    scored.as_of = DAY1 + HOUR
    assert scored.score().due == 1
    assert scored.of("crm:1").readings["rank"].value == 87.5
    assert scored.of("crm:4").readings["rank"].value == 87.5
    scored.as_of = MIDNIGHT
    assert scored.score().due == 4
    assert [scored.of(f"crm:{n}").readings["rank"].value for n in range(1, 5)] == [87.5, 12.5, 37.5, 62.5]


def test_the_rank_of_one_customer_scored_alone_is_the_same(scored: Scored) -> None:
    for number in range(1, 5):
        scored.world.account("crm", str(number), mrr=float(number))
    asked(scored, rank={"percentile": {"value": "account.mrr"}, "min_peers": 3})
    scored.score(customers=["crm:3"])
    assert scored.of("crm:3").readings["rank"].value == 62.5


def test_statements_with_peers_do_not_grow_with_the_customers(scored: Scored) -> None:
    asked(scored, rank={"percentile": {"count": "event"}}, voice={"nps": "response", "shrink": 3})

    def statements(count: int) -> int:
        for number in range(count):
            scored.world.account("crm", str(number))
        scored.world.link()
        before = len(scored.world.statements)
        assert scored.score(everybody=True).due == count
        return len(scored.world.statements) - before

    assert statements(20) == statements(200)


def test_one_customer_s_infinite_amount_is_an_error_there_and_nowhere_else(scored: Scored) -> None:
    for number in (1, 2):
        scored.world.account("crm", str(number))
        event(scored, f"e{number}", str(number), value=5.0)
    scored.world.link()
    with scored.world.store.db.transaction() as tx:  # no source can land it
        tx.run("update event set value = :value where id = 'e1'", {"value": math.inf})
    asked(scored, total={"sum": "event.value"}, faded={"sum": "event.value", "decay": {"half_life": "30d"}})
    scored.score()
    first, second = (scored.of(f"crm:{n}").readings for n in (1, 2))
    assert {first[name].status for name in ("total", "faded")} == {Status.ERROR}
    assert first["total"].note == first["faded"].note == "not a finite number: inf"
    assert second["total"].value == 5.0


def test_a_stale_answer_is_told_with_its_date(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.world.row("crm", "response", "r1", account_id="1", metric="nps", value=9.0, answered_at=DAY1 - 30 * DAY)
    asked(scored, voice={"latest": "response.value", "ttl": "31d"})
    scored.score()
    assert scored.of("crm:1").readings["voice"].value == 9.0
    scored.as_of = DAY1 + DAY + HOUR
    assert scored.score().due == 1
    reading = scored.of("crm:1").readings["voice"]
    assert (reading.value, reading.status, reading.note) == (None, Status.STALE, "last known on 2025-12-03")
    assert scored.of("crm:1").drivers[-1].text == "last known on 2025-12-03"
    assert scored.of("crm:1").micro is None
