from __future__ import annotations

import random
from datetime import timedelta

from cshub.stages.act import Watched
from tests.unit.stages.act.desk import Told, act, set_tickets, trigger
from tests.unit.stages.score.scored import DAY1, Scored


def test_a_changed_score_that_meets_a_trigger_opens_an_alert_and_is_told_once(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1", name="Acme")
    set_tickets(scored, 3)
    assert act(scored, trigger(told)) == Watched(looked=1, opened=1, closed=0)
    assert [notice.text for notice in told.notices] == ["Acme is at_risk: 3 urgent"]
    assert act(scored, trigger(told)) == Watched(looked=0, opened=0, closed=0)
    assert len(told.notices) == 1


def test_an_alert_closes_when_its_cause_is_gone(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 3)
    act(scored, trigger(told))
    set_tickets(scored, 0)
    assert act(scored, trigger(told)).closed == 1
    assert scored.world.store.alerts.open() == []


def test_thirty_noisy_days_are_one_alert(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    noise = random.Random(7)
    for day in range(30):
        scored.as_of = DAY1 + timedelta(days=day)
        set_tickets(scored, noise.choice((1, 4)))
        act(scored, trigger(told))
    assert len(scored.world.all("select number from alert")) == 1
    assert len(told.notices) == 1


def test_after_the_cooldown_the_same_cause_is_a_new_alert(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    for day, count in ((0, 4), (1, 0), (20, 4)):
        scored.as_of = DAY1 + timedelta(days=day)
        set_tickets(scored, count)
        act(scored, trigger(told))
    assert len(told.notices) == 2
    assert len({notice.key for notice in told.notices}) == 2


def test_a_cause_must_hold_as_long_as_the_trigger_dwells(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    waiting = trigger(told, dwell=timedelta(days=2))
    set_tickets(scored, 4)
    for day in (0, 1, 2):
        scored.as_of = DAY1 + timedelta(days=day)
        act(scored, waiting)
        assert bool(told.notices) is (day == 2)


def test_a_cause_that_passes_within_the_dwell_opens_nothing(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    waiting = trigger(told, dwell=timedelta(days=2))
    for day, count in ((0, 4), (1, 0), (3, 0)):
        scored.as_of = DAY1 + timedelta(days=day)
        set_tickets(scored, count)
        act(scored, waiting)
    assert scored.world.all("select number from alert") == []


def test_a_delivery_that_fails_is_made_at_the_next_run(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    told.failing = True
    act(scored, trigger(told))
    told.failing = False
    act(scored, trigger(told))
    assert len(told.notices) == 1


def test_a_new_trigger_looks_at_everybody_once(scored: Scored, told: Told) -> None:
    scored.world.account("crm", "1")
    set_tickets(scored, 4)
    act(scored)
    assert act(scored, trigger(told)).opened == 1
