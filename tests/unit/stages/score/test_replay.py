"""A replay gives, to the byte, what was stored that day, whatever happened to rows, links and customers since."""

from __future__ import annotations

import json
import random
import zlib
from datetime import datetime, timedelta

import pytest

from cshub.model import Bands
from cshub.stages.score import Scoring, score
from cshub.store import Cut, Store
from cshub.store.database import Record
from cshub.store.replay import cut_of_run, replayed
from tests.unit.stages.score.scored import DAY1, LEASE, Scored, card, fail_tickets, registry
from tests.unit.stages.score.test_segments import rule, rules

KEPT = """select h.customer, h.as_of, h.scorecard, h.scorecard_hash, h.micro, h.band, h.band_since, h.band_state, h.previous_band,
    h.coverage, h.reason, h.data_as_of, h.valid_until, h.risk_micro, h.trend, h.change_micro, h.children, h.detail_hash, d.detail
    from score_history as h inner join score_detail as d on d.number = h.detail_number where h.as_of = :at order by h.customer"""
HYSTERESIS = Bands(edges=(("critical", 0.0), ("at_risk", 50.0), ("healthy", 75.0)), margin=3.0, dwell=timedelta(days=2))


def kept(store: Store, as_of: datetime) -> list[Record]:
    """Every score that was saved for an hour, by all its columns but run and sequence."""
    with store.db.read() as reader:
        rows = reader.all(KEPT, {"at": int(as_of.timestamp() * 1000)})
    return [(*cells, zlib.decompress(detail)) for *cells, detail in rows]


def again(scored: Scored, as_of: datetime, cut: Cut, **changes: object) -> list[Record]:
    """The scores that a replay of that hour saves."""
    scoring = Scoring(
        card=scored.card,
        others=scored.others,
        rules=scored.rules,
        outputs=scored.outputs,
        metrics=scored.metrics,
        connections=("crm",),
        extras={},
    )
    with replayed(scored.world.store, cut, as_of=as_of) as then:
        score(then, scored.registry, scoring, run=0, as_of=as_of, lease=LEASE, everybody=True, **changes)  # type: ignore[arg-type]  # options of score
        return kept(then, as_of)


def day(scored: Scored, number: int) -> None:
    """Score as a run of its own does, on day `number`."""
    store, world = scored.world.store, scored.world
    world.now = DAY1 + timedelta(days=number, minutes=20)
    scored.run = store.runs.open("run", as_of=DAY1, now=world.now, version="1")
    scored.as_of = DAY1 + timedelta(days=number)


def scored_day(scored: Scored) -> tuple[Cut, list[Record]]:
    """Score and end the run; what it knew, and what it saved."""
    scored.score()
    with scored.world.store.db.transaction() as tx:
        now = {"now": int(scored.world.now.timestamp() * 1000), "run": scored.run}
        tx.run("update run set finished_at = :now where id = :run", now)
    return cut_of_run(scored.world.store, scored.run), kept(scored.world.store, scored.as_of)


def live(scored: Scored, chance: random.Random, alone: list[int]) -> None:
    """A day of edits, deletions, moves between customers, merges of those still `alone`, and customers that come, go and come back."""
    world = scored.world
    for _ in range(6):
        id, account = f"t{chance.randrange(10)}", str(chance.randrange(1, 6))
        what = chance.random()
        if what < 0.5:
            scored.ticket(id, account, is_open=chance.random() < 0.7, opened_at=scored.as_of - timedelta(days=1))
        elif what < 0.65:
            world.land("crm", "ticket", gone=[id])
        elif what < 0.8:
            world.row("crm", "contact", f"c{id}", account_id=account)
        elif what < 0.9:
            world.account("crm", account, type=chance.choice(["Customer", "Customer", "Former"]), name=id)
        elif len(alone) > 1:
            one, other = (alone.pop(chance.randrange(len(alone))) for _ in range(2))
            world.land("crm", "account", gone=[str(one)], merges=[(str(one), str(other))])


@pytest.mark.parametrize("seed", range(6))
def test_a_replayed_day_is_what_was_stored_that_day(scored: Scored, seed: int) -> None:
    chance = random.Random(seed)
    scored.card = card(bands=HYSTERESIS)
    for id in range(1, 6):
        scored.world.account("crm", str(id), name=f"Customer {id}")
    days: list[tuple[datetime, Cut, list[Record]]] = []
    alone = [1, 2, 3, 4, 5]
    for number in range(9):
        day(scored, number)
        live(scored, chance, alone)
        days.append((scored.as_of, *scored_day(scored)))
    assert sum(len(found) for _, _, found in days) > 6
    for as_of, cut, found in days:
        assert again(scored, as_of, cut) == found


def test_a_replay_by_time_alone_gives_the_same(scored: Scored) -> None:
    scored.world.account("crm", "1")
    day(scored, 0)
    scored.ticket("t1", "1")
    scored.score()
    then, found = scored.world.now, kept(scored.world.store, DAY1)
    day(scored, 1)
    scored.ticket("t1", "1", is_open=False)
    scored.score()
    assert len(found) == 1
    assert again(scored, DAY1, Cut(at=then)) == found


def test_a_source_that_failed_then_holds_its_readings_in_a_replay_too(scored: Scored) -> None:
    scored.world.account("crm", "1")
    fail_tickets(scored)
    place = {"c": "crm", "s": "ticket", "at": int(DAY1.timestamp() * 1000)}
    insert = "insert into run_stream (run, connection, stream, state, started_at, finished_at, error_code) values "
    with scored.world.store.db.transaction() as tx:
        tx.run(f"{insert} (1, :c, :s, 'ok', :at, :at, null)", place)
        tx.run(f"{insert} (2, :c, :s, 'failed', :at, :at, 'auth')", place)
    for number in (0, 2):
        day(scored, number)
        scored.ticket(f"t{number}", "1")
        scored.score()
    stored = kept(scored.world.store, scored.as_of)
    assert "2026-01-02" in str(stored[0])
    cut = cut_of_run(scored.world.store, scored.run)
    with scored.world.store.db.transaction() as tx:
        tx.run("update stream_state set failing_since = null")
    assert again(scored, scored.as_of, cut) == stored


def stood(store: Store) -> list[Record]:
    """Where everybody stands."""
    with store.db.read() as reader:
        return reader.all("select customer, stage, segments, scorecard, treatment from placement order by customer")


def test_where_customers_stood_is_held_in_a_replay_as_it_was_while_a_source_failed(scored: Scored) -> None:
    scored.rules = rules(segments=(rule("big", "urgent_open > 0"),), metrics=frozenset({"urgent_open"}), cards=())
    for id in ("1", "2"):
        scored.world.account("crm", id, created_at=DAY1 - timedelta(days=200))
    scored.ticket("t1", "1")
    day(scored, 0)
    scored.score()
    fail_tickets(scored)
    day(scored, 2)
    scored.ticket("t1", "1", is_open=False)
    scored.ticket("t2", "2")
    scored.score()
    cut, now = cut_of_run(scored.world.store, scored.run), stood(scored.world.store)
    assert [json.loads(str(segments)) for _, _, segments, *_ in now] == [["big"], []]
    scoring = Scoring(card=scored.card, rules=scored.rules, metrics=scored.metrics, connections=("crm",), extras={})
    as_of = scored.as_of
    day(scored, 4)
    with scored.world.store.db.transaction() as tx:
        tx.run("update stream_state set failing_since = null")
    scored.score(everybody=True)
    assert stood(scored.world.store) != now
    place = {"c": "crm", "s": "ticket", "at": int(DAY1.timestamp() * 1000)}
    insert = "insert into run_stream (run, connection, stream, state, started_at, finished_at, error_code) values "
    with scored.world.store.db.transaction() as tx:
        tx.run(f"{insert} (1, :c, :s, 'ok', :at, :at, null)", place)
        tx.run(f"{insert} (2, :c, :s, 'failed', :at, :at, 'auth')", place)
    with replayed(scored.world.store, cut, as_of=as_of) as then:
        score(then, scored.registry, scoring, run=0, as_of=as_of, lease=LEASE, everybody=True)
        assert stood(then) == now


def test_the_trend_of_a_replay_is_that_of_the_score_in_force_then_however_old(scored: Scored) -> None:
    scored.world.account("crm", "1")
    for number in (0, 100):
        day(scored, number)
        if number:
            scored.ticket("t1", "1")
        scored.score()
    stored, cut = kept(scored.world.store, scored.as_of), cut_of_run(scored.world.store, scored.run)
    assert scored.of("crm:1").trend == "declining"
    assert again(scored, scored.as_of, cut) == stored


def test_a_customer_that_had_churned_is_frozen_in_a_replay_too(scored: Scored) -> None:
    scored.world.account("crm", "1", stage="churned")
    scored.world.account("crm", "2", stage="customer")
    day(scored, 0)
    scored.score()
    day(scored, 1)
    scored.score(everybody=True)
    found, cut = scored.world.all("select customer, frozen from score order by 1"), Cut(at=scored.world.now)
    assert found == [("crm:1", 1), ("crm:2", 0)]
    with replayed(scored.world.store, cut, as_of=DAY1 + timedelta(days=2)) as then, then.db.read() as reader:
        assert reader.all("select customer, frozen from score order by 1") == found


def test_a_replay_leaves_the_store_as_it_is(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    before = scored.world.all("select * from score"), scored.world.all("select * from watermark"), scored.world.seq()
    scored.ticket("t1", "1")
    seq = scored.world.seq()
    again(scored, DAY1 + timedelta(days=1), Cut(at=scored.world.now))
    after = scored.world.all("select * from score"), scored.world.all("select * from watermark"), scored.world.seq()
    assert (after[:2], after[2]) == (before[:2], seq)


def test_a_replay_of_one_customer_scores_nobody_else(scored: Scored) -> None:
    for id in ("1", "2"):
        scored.world.account("crm", id)
    scored.world.link()
    assert len(again(scored, DAY1, Cut(at=scored.world.now), customers=["crm:2"])) == 1


def test_a_function_metric_sees_the_rows_of_that_time(scored: Scored) -> None:
    scored.registry = registry()
    scored.world.account("crm", "1")
    scored.world.row("crm", "contact", "c1", account_id="1")
    day(scored, 0)
    scored.score()
    found, cut = kept(scored.world.store, DAY1), cut_of_run(scored.world.store, scored.run)
    scored.world.land("crm", "contact", gone=["c1"])
    assert again(scored, DAY1, cut) == found


@pytest.mark.parametrize("customers", [3, 300])
def test_the_number_of_statements_does_not_grow_with_the_customers(scored: Scored, customers: int) -> None:
    for id in range(customers):
        scored.world.account("crm", str(id))
    scored.world.link()
    scored.world.statements.clear()
    again(scored, DAY1, Cut(at=scored.world.now))
    assert len(scored.world.statements) < 170
