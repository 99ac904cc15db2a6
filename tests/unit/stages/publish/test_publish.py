from __future__ import annotations

from datetime import timedelta

import pytest

from cshub.errors import VendorTrouble
from cshub.stages.publish import Applied, Mapped, Target
from tests.unit.stages.publish.desk import FIELDS, Desk, observe
from tests.unit.stages.score.scored import DAY1, Scored


def test_a_score_reaches_the_crm_and_the_ledger(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    assert desk.publish() == Applied(planned=3, written=3, rejected=0, skipped=0)
    assert desk.crm.records["1"]["health"] == "healthy"
    assert desk.crm.records["1"]["health_score"] == "100"
    ledger = desk.scored.world.store.writes.ledger()
    assert [(line.field, line.old, line.new) for line in ledger] == [
        ("health", None, "healthy"),
        ("health_score", None, "100"),
        ("why", None, "urgent open 0 (+30); unseen 0 (+20)"),
    ]


def test_nothing_is_planned_when_nothing_changed(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    assert desk.plan() is None


def test_applying_a_plan_twice_writes_once(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    plan = desk.plan()
    assert plan is not None
    desk.apply(plan)
    written = len(desk.crm.log)
    desk.apply(plan)
    assert len(desk.crm.log) == written


def test_only_the_fields_that_differ_are_written(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    desk.crm.log.clear()
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    desk.publish()
    assert [name for _, name, _ in desk.crm.log] == ["health_score", "why"]


def test_a_value_the_crm_holds_already_is_not_written(desk: Desk) -> None:
    desk.customers("1")
    desk.crm.records["1"] = {"health": "healthy", "health_score": "100"}
    desk.scored.score()
    desk.publish()
    assert [name for _, name, _ in desk.crm.log] == ["why"]


def test_a_field_added_to_the_mapping_is_filled_for_everybody(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    desk.publish()
    desk.crm.log.clear()
    desk.target = Target(
        connection="crm", target="companies", fields={f: Mapped(name=f) for f in (*FIELDS, "coverage")}
    )
    desk.publish()
    assert desk.crm.log == [("1", "coverage", "100"), ("2", "coverage", "100")]


def test_one_refused_record_leaves_the_others_written_and_is_tried_again_after_a_day(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.crm.refuse = {"1"}
    desk.scored.score()
    assert desk.publish() == Applied(planned=6, written=3, rejected=3, skipped=0)
    assert desk.plan() is None
    desk.crm.refuse = set()
    desk.scored.as_of = DAY1 + timedelta(hours=25)
    assert desk.publish() == Applied(planned=3, written=3, rejected=0, skipped=0)


def test_a_write_without_an_answer_is_read_back_and_not_written_twice(desk: Desk) -> None:
    desk.customers("1")
    desk.crm.lose = {"1"}
    desk.scored.score()
    desk.publish()
    assert len(desk.scored.world.store.writes.ledger()) == 0
    assert desk.read_back() == 3
    assert len(desk.scored.world.store.writes.ledger()) == 3
    assert desk.plan() is None
    assert len(desk.crm.log) == 3


def test_a_write_that_was_never_carried_out_stays_due(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.crm.break_after = 3
    desk.scored.score()
    with pytest.raises(VendorTrouble):
        desk.publish()
    assert len(desk.scored.world.store.writes.ledger()) == 3  # the answer that came is known
    desk.crm.break_after = None
    assert desk.read_back() == 0
    assert desk.publish() == Applied(planned=3, written=3, rejected=0, skipped=0)
    assert len(desk.crm.log) == 6
    assert len(desk.scored.world.store.writes.ledger()) == 6


def test_a_record_that_changed_since_the_plan_is_skipped(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    plan = desk.plan()
    assert plan is not None
    observe(desk, "1", "health_score", "7")
    applied = desk.apply(plan)
    assert (applied.written, applied.skipped) == (1, 1)
    reasons = [line.message for line in desk.scored.world.store.writes.lines(plan.id) if line.state == "skipped"]
    assert reasons == ["changed since the plan was made: '7' instead of '100'"]


def test_somebody_elses_edit_is_overwritten_and_recorded(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    observe(desk, "1", "health", "critical")
    desk.crm.records["1"]["health"] = "critical"
    plan = desk.plan()
    assert plan is not None
    assert [drift[3:6] for drift in desk.scored.world.store.writes.drifts()] == [("health", "healthy", "critical")]
    desk.apply(plan)
    assert desk.crm.records["1"]["health"] == "healthy"
    assert desk.scored.world.store.writes.drifts() == []


def test_somebody_elses_edit_is_kept_where_the_policy_says_yield(scored: Scored) -> None:
    desk = Desk(scored, drift="yield")
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    observe(desk, "1", "health", "critical")
    assert desk.plan() is None
    assert len(desk.scored.world.store.writes.drifts()) == 1


def test_two_records_claiming_one_customer_are_written_to_by_nobody(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    with desk.scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into link (kind, connection, id, customer, rule, run, seq, linked_at) "
            "values ('account', 'crm', '9', 'crm:1', 'map', 1, 1000, 0)"
        )
    assert desk.plan() is None


def test_a_field_somebody_asked_to_leave_alone_is_left_alone(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    with desk.scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into do_not_write (connection, target, id, field, why, at) "
            "values ('crm', 'companies', '1', 'health', 'undone', 0)"
        )
    desk.publish()
    assert "health" not in {name for _, name, _ in desk.crm.log}


def test_a_limited_plan_forgets_nobody(desk: Desk) -> None:
    desk.customers("1", "2", "3")
    desk.scored.score()
    plan = desk.plan(limit=1)
    assert plan is not None
    assert plan.summary["records"] == 1
    desk.apply(plan)
    rest = desk.plan()
    assert rest is not None
    assert rest.summary["records"] == 2


def test_the_ledger_can_only_be_redacted(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    store = desk.scored.world.store
    for sql in ("delete from write_ledger", "update write_ledger set new = 'x'"):
        with pytest.raises(Exception, match="append-only"), store.db.transaction() as tx:
            tx.run(sql)
    with store.db.transaction() as tx:
        assert tx.run("update write_ledger set old = null, new = null, redacted_at = 1") == 3
