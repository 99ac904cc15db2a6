"""Handing alerts to actions that fail, hang or end the process, and whom it is too late to tell."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import BaseModel

from cshub.hookspecs import ActionContext
from cshub.model import AlertNotice
from tests.unit.stages.act.desk import Told, act, hand_out, look, set_tickets, trigger, use
from tests.unit.stages.score.scored import DAY1, Scored


def critical(scored: Scored, *customers: str) -> None:
    for customer in customers:
        scored.world.account("crm", customer, name=f"Company {customer}")
        set_tickets(scored, 4, customer)


@pytest.mark.parametrize("error", [SystemExit(3), ValueError("hunter2"), RecursionError()])
def test_an_action_that_raises_anything_leaves_the_other_actions_alone(
    scored: Scored, told: Told, error: BaseException
) -> None:
    def fail(notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str:
        raise error

    critical(scored, "1")
    both = replace(trigger(told), actions=(use("fail", fail), use("tell", told)))
    look(scored, both)
    done, failures = hand_out(scored, both)
    assert (done, len(failures), len(told.notices)) == (1, 1, 1)
    assert "hunter2" not in failures[0]
    assert "hunter2" not in str(scored.world.all("select message from delivery"))


def test_an_action_that_hangs_is_left_alone_and_tried_at_the_next_run(scored: Scored, told: Told) -> None:
    release = threading.Event()

    def hang(notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str:
        release.wait(30)
        return "late"

    critical(scored, "1", "2")
    look(scored, trigger(hang))
    done, failures = hand_out(scored, trigger(hang), patience_s=0.05)
    assert (done, failures) == (0, ["tell for Company 1: no end after 0.05 s (1 more alert waits)"])
    release.set()
    assert hand_out(scored, trigger(told))[0] == 2


def test_a_receiver_that_is_down_is_asked_three_times_a_run_and_nobody_is_forgotten(scored: Scored, told: Told) -> None:
    critical(scored, *map(str, range(1, 8)))
    look(scored, trigger(told))
    told.failing = True
    done, failures = hand_out(scored, trigger(told))
    assert (done, told.calls) == (0, 3)
    assert failures[-1] == "tell for Company 3: nobody answers (4 more alerts wait)"
    told.failing = False
    assert hand_out(scored, trigger(told))[0] == 7


def test_one_alert_that_is_refused_holds_up_nobody(scored: Scored, told: Told) -> None:
    def fussy(notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str:
        if notice.customer in ("crm:1", "crm:2", "crm:4", "crm:5"):
            raise ValueError("not this one")
        return told(notice, settings, context)

    critical(scored, *map(str, range(1, 7)))
    look(scored, trigger(fussy))
    assert hand_out(scored, trigger(fussy))[0] == 2


def test_a_receiver_that_is_down_for_a_day_is_told_after_it(scored: Scored, told: Told) -> None:
    critical(scored, "1")
    told.failing = True
    for minutes in range(0, 24 * 60, 15):
        scored.as_of = DAY1 + timedelta(minutes=minutes)
        act(scored, trigger(told))
    told.failing = False
    act(scored, trigger(told))
    assert len(told.notices) == 1


def test_a_delivery_is_given_up_in_the_end(scored: Scored, told: Told) -> None:
    critical(scored, "1")
    told.failing = True
    for day in range(12):
        scored.as_of = DAY1 + timedelta(days=day)
        act(scored, trigger(told))
    assert told.calls == 10


def test_nobody_is_told_of_an_alert_that_is_over(scored: Scored, told: Told) -> None:
    critical(scored, "1")
    told.failing = True
    act(scored, trigger(told))
    told.failing = False
    set_tickets(scored, 0)
    act(scored, trigger(told))
    assert told.notices == []
    set_tickets(scored, 4)
    act(scored, trigger(told))
    assert len(told.notices) == 1


def test_an_action_added_to_a_trigger_is_told_of_what_is_open(scored: Scored, told: Told) -> None:
    critical(scored, "1")
    act(scored, trigger(told))
    late = Told()
    both = replace(trigger(told), actions=(use("tell", told), use("late", late)))
    act(scored, both)
    assert (len(told.notices), len(late.notices)) == (1, 1)
