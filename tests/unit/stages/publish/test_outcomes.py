"""Records that are gone, refused or unanswered, a CRM that breaks off in the middle, and what an application says it did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cshub.errors import Interrupted, PluginError, VendorTrouble
from cshub.model import Outcome, WriteBatch, WriteState
from cshub.stages.publish import Applied, Mapped, Target, applied_since, apply, plan
from tests.unit.stages.publish.desk import Desk, observe
from tests.unit.stages.score.scored import DAY1, Scored


def test_a_record_that_is_gone_is_left_alone_for_a_day(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.crm.gone = {"1"}
    desk.scored.score()
    assert desk.publish() == Applied(planned=6, written=3, rejected=0, skipped=3)
    assert {line.id for line in desk.scored.world.store.writes.ledger()} == {"2"}
    calls = desk.crm.calls
    assert desk.plan() is None
    assert desk.crm.calls == calls
    desk.scored.as_of = DAY1 + timedelta(days=2)
    assert desk.publish() == Applied(planned=3, written=0, rejected=0, skipped=3)


def test_a_refused_field_is_not_forgotten_when_another_field_of_its_record_is_written(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    desk.target = with_fields(desk, "coverage")
    desk.crm.refuse = {"1"}
    desk.publish()
    desk.crm.refuse = set()
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    assert desk.publish() == Applied(planned=2, written=2, rejected=0, skipped=0)
    desk.scored.as_of = DAY1 + timedelta(days=2)
    assert desk.publish() == Applied(planned=1, written=1, rejected=0, skipped=0)
    assert desk.crm.records["1"]["coverage"] == "100"


def test_answers_that_came_before_a_break_are_kept(desk: Desk) -> None:
    desk.customers(*"123")
    desk.scored.score()
    desk.crm.break_after = 6
    made = desk.plan()
    assert made is not None
    with pytest.raises(VendorTrouble):
        desk.apply(made)
    store = desk.scored.world.store
    assert applied_since(store, made, {}) == Applied(planned=9, written=6, rejected=0, skipped=3)
    assert len(store.writes.ledger()) == 6


def test_a_second_application_counts_only_what_it_did_itself(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    made = desk.plan()
    assert made is not None
    assert desk.apply(made, limit=1) == Applied(planned=3, written=3, rejected=0, skipped=0)
    assert desk.apply(made) == Applied(planned=3, written=3, rejected=0, skipped=0)
    assert desk.apply(made) == Applied(planned=0, written=0, rejected=0, skipped=0)


def test_what_is_read_back_stands_in_the_ledger_under_the_run_that_sent_it(desk: Desk) -> None:
    desk.customers("1")
    desk.crm.lose = {"1"}
    desk.scored.score()
    desk.publish()
    sent = desk.run
    desk.run += 1
    desk.read_back()
    assert {line.run for line in desk.scored.world.store.writes.ledger()} == {sent}


def test_a_value_of_somebody_else_found_while_reading_back_is_drift(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    desk.crm.lose = {"1"}
    desk.publish()
    desk.crm.records["1"]["health_score"] = "7"
    desk.crm.lose = set()
    assert desk.read_back() == 1
    desk.publish()
    assert desk.crm.records["1"]["health_score"] == "88"
    old = [line.old for line in desk.scored.world.store.writes.ledger() if line.field == "health_score"]
    assert old == [None, "7"]


def test_an_application_that_is_stopped_leaves_the_rest_due(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "SETTLE", 1)
    desk.customers("1", "2")
    desk.scored.score()
    made = desk.plan()
    assert made is not None
    with pytest.raises(Interrupted):
        desk.apply(made, stopping=lambda: len(desk.crm.log) > 0)
    assert len(desk.crm.log) == 3
    desk.read_back()
    assert desk.publish() == Applied(planned=3, written=3, rejected=0, skipped=0)


@pytest.mark.parametrize("ids", [(), ("1", "1"), ("9",)])
def test_a_destination_that_does_not_give_one_outcome_per_record_is_named(desk: Desk, ids: tuple[str, ...]) -> None:
    desk.customers("1", "2")
    desk.scored.score()

    def write(batch: WriteBatch) -> Iterator[Outcome]:
        return (Outcome(id=id, state=WriteState.WRITTEN) for id in ids)

    desk.crm.write = write  # type: ignore[method-assign]  # a destination with a bug
    with pytest.raises(PluginError):
        desk.publish()
    del desk.crm.write
    desk.read_back()
    desk.publish()
    assert desk.crm.records["2"]["health"] == "healthy"


def test_parts_of_a_plan_and_of_its_application_may_be_small(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "CHUNK", 2)
    monkeypatch.setattr(apply, "CHUNK", 5)
    monkeypatch.setattr(apply, "SETTLE", 1)
    desk.customers(*"1234567")
    desk.scored.score()
    assert desk.publish() == Applied(planned=21, written=21, rejected=0, skipped=0)
    assert desk.plan() is None
    assert len(desk.scored.world.store.writes.ledger()) == 21


def test_a_plan_cut_off_while_it_is_made_leaves_everybody_due_and_no_trace(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    world = desk.scored.world
    made = desk.plan()
    assert made is not None
    with world.store.db.transaction() as tx:  # as if killed before the plan itself was kept
        tx.run("delete from plan")
        tx.run("delete from watermark where stage = 'publish'")
    again = desk.plan()
    assert again is not None
    assert world.all("select distinct plan from plan_write") == [(again.id,)]


def test_the_stamp_of_the_data_alone_is_written_once_a_day(scored: Scored) -> None:
    desk = Desk(scored)
    desk.customers("1")
    for hours, written in ((0, 4), (1, 0), (24, 1), (25, 0)):
        scored.as_of = DAY1 + timedelta(hours=hours)
        stamp = int(scored.as_of.timestamp() * 1000)
        with scored.world.store.db.transaction() as tx:
            tx.run(
                "insert into stream_state (connection, stream, kind, shape, last_ok_at) values "
                "('crm', 'ticket', 'ticket', '', :at) on conflict do update set last_ok_at = :at",
                {"at": stamp},
            )
        scored.score(everybody=True)
        applied = desk.publish()
        assert (applied.written if applied else 0) == written


def test_without_a_score_there_is_no_day_in_a_band(desk: Desk) -> None:
    desk.customers("1")
    desk.target = with_fields(desk, "health_since")
    desk.scored.score()
    desk.publish()
    assert desk.crm.records["1"]["health_since"] == "2026-01-02"
    desk.scored.metrics = dict.fromkeys(desk.scored.metrics, desk.scored.metrics["last_event"])
    desk.scored.score(everybody=True)
    desk.publish()
    assert desk.crm.records["1"]["health"] == "not_enough_data"
    assert desk.crm.records["1"]["health_since"] is None


def test_a_field_may_be_refused_by_hand_after_its_plan(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    made = desk.plan()
    assert made is not None
    with desk.scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into do_not_write (connection, target, id, field, why, at) "
            "values ('crm', 'companies', '1', 'health', 'ours', 0)"
        )
    assert desk.apply(made) == Applied(planned=3, written=2, rejected=0, skipped=1)
    assert "health" not in desk.crm.records["1"]
    observe(desk, "1", "why", "x")


def with_fields(desk: Desk, *more: str) -> Target:
    """The same target with more fields."""
    fields = {**desk.target.fields, **{name: Mapped(name=name) for name in more}}
    return Target(connection="crm", target="companies", fields=fields)
