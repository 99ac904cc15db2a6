"""Plans that wait while the world goes on: customers leave, records move, people edit fields, scores change back."""

from __future__ import annotations

from cshub.stages.publish import Applied
from tests.unit.stages.publish.desk import Desk, observe
from tests.unit.stages.score.scored import Scored


def test_a_plan_that_is_made_again_and_says_the_same_stays_the_plan(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    first, second = desk.plan(), desk.plan()
    assert first is not None
    assert second is not None
    assert first.id == second.id
    assert desk.scored.world.all("select id, run from plan") == [(first.id, desk.run)]
    assert desk.apply(second).written == 6


def test_a_plan_is_superseded_by_one_that_says_more(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    first = desk.plan()
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    second = desk.plan()
    assert first is not None
    assert second is not None
    states = desk.scored.world.all("select id, state from plan order by created_at, id")
    assert states == [(first.id, "superseded"), (second.id, "pending")]


def test_a_plan_is_superseded_when_nothing_is_left_to_write(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    waiting = desk.plan()
    assert waiting is not None
    desk.scored.ticket("t1", "1", is_open=False)
    desk.scored.score()
    assert desk.plan() is None
    assert desk.scored.world.all("select state from plan where id = :id", id=waiting.id) == [("superseded",)]


def test_nothing_is_written_to_a_customer_that_left_since_the_plan(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    made = desk.plan()
    assert made is not None
    desk.scored.world.account("crm", "1", name="Company 1", type="Former")
    desk.scored.world.link()
    assert desk.apply(made) == Applied(planned=6, written=3, rejected=0, skipped=3)
    assert desk.crm.records["1"] == {}


def test_nothing_is_written_to_a_record_that_two_claim_by_now(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    made = desk.plan()
    assert made is not None
    with desk.scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into link (kind, connection, id, customer, rule, run, seq, linked_at) "
            "values ('account', 'crm', '9', 'crm:1', 'map', 1, 1000, 0)"
        )
    assert desk.apply(made) == Applied(planned=3, written=0, rejected=0, skipped=3)


def test_a_customer_whose_id_became_an_alias_is_still_written_to(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    made = desk.plan()
    assert made is not None
    with desk.scored.world.store.db.transaction() as tx:
        tx.run("update customer set id = 'crm:0'")
        tx.run("update link set customer = 'crm:0'")
        tx.run("insert into alias (alias, customer, run, since) values ('crm:1', 'crm:0', 1, 0)")
    assert desk.apply(made).written == 3


def test_an_edit_that_is_left_alone_is_not_looked_at_again_and_again(scored: Scored) -> None:
    desk = Desk(scored, drift="yield")
    desk.customers("1")
    scored.score()
    desk.publish()
    observe(desk, "1", "health", "critical")
    assert desk.due()
    assert desk.plan() is None
    assert not desk.due()
    observe(desk, "1", "health", "at_risk")
    assert desk.due()
    assert desk.plan() is None
    assert [drift[5] for drift in scored.world.store.writes.drifts()] == ["at_risk"]


def test_an_edit_that_is_taken_back_is_no_drift_any_more(scored: Scored) -> None:
    desk = Desk(scored, drift="yield")
    desk.customers("1")
    scored.score()
    desk.publish()
    observe(desk, "1", "health", "critical")
    desk.plan()
    observe(desk, "1", "health", "healthy")
    assert desk.due()
    desk.plan()
    assert not desk.due()
    assert scored.world.store.writes.drifts() == []


def test_an_overwrite_that_fails_is_tried_again(desk: Desk) -> None:
    desk.customers("1")
    desk.scored.score()
    desk.publish()
    desk.crm.records["1"]["health"] = "critical"
    observe(desk, "1", "health", "critical")
    assert desk.plan() is not None
    assert desk.due()
    desk.publish()
    assert desk.crm.records["1"]["health"] == "healthy"
    assert not desk.due()


def test_an_edit_outside_a_limited_plan_is_not_forgotten(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    desk.publish()
    for id in ("1", "2"):
        desk.crm.records[id]["health"] = "critical"
        observe(desk, id, "health", "critical")
    limited = desk.plan(limit=1)
    assert limited is not None
    desk.apply(limited)
    desk.publish()
    assert [desk.crm.records[id]["health"] for id in ("1", "2")] == ["healthy", "healthy"]


def test_fields_known_from_a_pull_are_not_read_again(desk: Desk) -> None:
    desk.customers("1", "2")
    desk.scored.score()
    desk.publish()
    assert desk.crm.reads == 1
    desk.scored.ticket("t1", "1")
    desk.scored.score()
    desk.publish()
    assert desk.crm.reads == 1
