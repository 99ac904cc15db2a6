"""Alerts of customers that leave or become another, of triggers that change, and rules that cannot be judged."""

from __future__ import annotations

from datetime import timedelta

from cshub.model import CustomerView, FunctionMetric
from tests.unit.stages.act.desk import Told, act, alerts, look, set_tickets, trigger
from tests.unit.stages.score.scored import DAY1, Scored


def test_the_alert_of_a_customer_that_left_is_closed(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    act(scored, trigger(told))
    scored.world.account("crm", "1", type="Former")
    scored.score()
    assert act(scored, trigger(told)).closed == 1
    assert alerts(scored) == [("crm:1", "closed")]


def test_an_alert_that_waits_for_a_customer_that_left_is_dropped(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    act(scored, trigger(told, dwell=timedelta(days=1)))
    scored.world.account("crm", "1", type="Former")
    scored.score()
    act(scored, trigger(told, dwell=timedelta(days=1)))
    assert alerts(scored) == []


def test_alerts_of_a_trigger_that_is_gone_are_closed(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    act(scored, trigger(told))
    act(scored, trigger(told, when="score < 10", name="other"))
    assert alerts(scored) == [("crm:1", "closed")]


def test_a_rule_that_returns_looks_at_everybody_again(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 3)
    act(scored, trigger(told, cooldown=timedelta(0)))
    act(scored, trigger(told, when="score < 10", cooldown=timedelta(0)))
    assert alerts(scored) == [("crm:1", "closed")]
    scored.as_of += timedelta(hours=1)
    act(scored, trigger(told, cooldown=timedelta(0)))
    assert alerts(scored) == [("crm:1", "closed"), ("crm:1", "open")]


def test_an_open_alert_counts_before_a_newer_closed_one(scored: Scored, told: Told) -> None:
    """After two customers became one, the alert that came along may be the older one."""
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    act(scored, trigger(told))
    with scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into alert (customer, trigger_name, cause, state, text, evidence, opened_at, last_seen_at, closed_at, "
            "run, seq) values ('crm:1', 'low', 'low', 'closed', '', '[]', 0, 0, 0, 1, 1)"
        )
    set_tickets(scored, 5)
    assert act(scored, trigger(told)).opened == 0
    assert alerts(scored) == [("crm:1", "open"), ("crm:1", "closed")]


def test_a_rule_that_cannot_be_judged_is_said_and_changes_nothing(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    rule = trigger(told, when="score < 75 and unseen < 5")
    assert act(scored, rule).opened == 1

    def words(view: CustomerView) -> str:
        return "many"

    scored.metrics["unseen"] = FunctionMetric(name="unseen", doc="", needs=(), function=words)
    scored.score(everybody=True)
    watched = look(scored, rule)
    assert (watched.closed, len(watched.errors)) == (0, 1)
    assert watched.errors[0].startswith("trigger low cannot be judged for crm:1: ")
    assert alerts(scored) == [("crm:1", "open")]


def test_an_alert_that_has_waited_counts_as_opened(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    waiting = trigger(told, dwell=timedelta(days=1))
    set_tickets(scored, 4)
    assert act(scored, waiting).opened == 0
    scored.as_of = DAY1 + timedelta(days=1)
    assert act(scored, waiting).opened == 1
