"""Stages, segments, milestones and scorecards of customers through the stage: what is kept, who is scored with what, who is due."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cshub.config import Lifecycle, Onboarding, PlacementMetric, PlacementRules, Rule
from cshub.config.nodes import Place
from cshub.errors import StoreError
from cshub.expr import parse
from cshub.model import MICRO, Group, Shape, Signal, Status, Type
from tests.unit.stages.score.scored import DAY1, Scored, card, fail_tickets, make_scored

HERE = Place("cshub.yaml", 1, 1)
NAMES: Mapping[str, Type] = {
    "mrr": Type.NUMBER, "stage": Type.TEXT, "account_stage": Type.TEXT, "tenure": Type.INTEGER, "urgent_open": Type.INTEGER,
    "big": Type.FLAG, "milestone_reached": Type.FLAG, "onboarding_overdue": Type.FLAG,
}  # fmt: skip
YOUNG = replace(
    card(name="young", hash="def"),
    root=Group(
        name="all",
        signals=(Signal(metric="age", shape=Shape(name="linear", options={"from": (0, 0), "to": (50, 100)})),),
    ),
)


def rule(name: str, when: str) -> Rule:
    return Rule(name=name, when=parse(when, names=NAMES, timely=True), place=HERE)


def rules(**changes: object) -> PlacementRules:
    """Former customers are churned, young ones onboarding with a card of their own; big ones are a segment."""
    made = PlacementRules(
        lifecycle=Lifecycle(
            stages=(
                rule("ignored", "account_stage == 'internal'"),
                rule("churned", "account_stage == 'former'"),
                rule("onboarding", "tenure < 50"),
            ),
            otherwise="adopting",
        ),
        segments=(rule("big", "mrr >= 100"),),
        cards=(rule("young", "stage == 'onboarding'"),),
        fields={"created_at": Type.TIME, "mrr": Type.NUMBER, "stage": Type.TEXT},
        derived={"age": "tenure", "ttv": "time_to_value"},
        text="1",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of PlacementRules


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Scored]:
    made = make_scored(tmp_path)
    made.rules, made.others = rules(), (YOUNG,)
    made.metrics["age"] = PlacementMetric(name="age", of="tenure", text="")
    made.metrics["ttv"] = PlacementMetric(name="ttv", of="time_to_value", text="")
    yield made
    made.world.store.close()


def account(world: Scored, id: str, *, days: int = 100, **values: object) -> None:
    known = {"stage": "customer", "mrr": 10.0, "created_at": DAY1 - timedelta(days=days)}
    world.world.account("crm", id, **{**known, **values})


def story(world: Scored, customer: str, sort: str) -> list[tuple[str, float, float | None]]:
    """Names with the days from DAY1 at which they began and ended."""
    return [
        (one.name, (one.since - DAY1) / timedelta(days=1), one.until and (one.until - DAY1) / timedelta(days=1))
        for one in world.world.store.segments.history(customer)
        if one.sort == sort
    ]


def test_each_customer_is_scored_with_the_card_of_its_rule(world: Scored) -> None:
    account(world, "1", days=25)
    account(world, "2", days=300)
    tally = world.score()
    assert (tally.due, tally.scored, tally.saved) == (2, 2, 2)
    assert (world.of("crm:1").scorecard, world.of("crm:1").micro) == ("young", 50 * MICRO)
    assert list(world.of("crm:1").readings) == ["age"]
    assert (world.of("crm:2").scorecard, world.of("crm:2").micro) == ("default", 100 * MICRO)
    assert world.score().due == 0


def test_ignored_customers_are_never_scored_and_not_due_again(world: Scored) -> None:
    account(world, "1", stage="internal")
    tally = world.score()
    assert (tally.due, tally.scored) == (1, 0)
    assert world.world.store.scores.in_force("crm:1") is None
    assert world.score().due == 0
    world.as_of += timedelta(days=400)
    assert world.score().scored == 0


def test_a_churned_customer_keeps_its_last_score_whatever_happens(world: Scored) -> None:
    account(world, "1")
    world.score()
    before = world.of("crm:1")
    account(world, "1", stage="former")
    world.ticket("t1", "1")
    world.as_of += timedelta(days=1)
    assert world.score().scored == 0
    world.card = card(hash="new")
    world.as_of += timedelta(days=90)
    world.score()
    assert world.of("crm:1") == before
    assert world.score().due == 0
    assert world.world.store.scores.count_bands() == {}


def test_whoever_comes_back_is_scored_again(world: Scored) -> None:
    account(world, "1", stage="former")
    world.score()
    account(world, "1")
    world.as_of += timedelta(days=3)
    assert world.score().scored == 1
    assert story(world, "crm:1", "stage") == [("churned", 0, 3), ("adopting", 3, None)]


def test_time_alone_moves_a_customer_to_another_card_which_bands_at_once_and_says_so(world: Scored) -> None:
    account(world, "1", days=20)
    world.score()
    assert world.of("crm:1").band == "critical"
    world.as_of += timedelta(days=30)
    assert world.score().scored == 1
    found = world.of("crm:1")
    assert (found.scorecard, found.band, found.previous_band) == ("default", "healthy", "critical")
    assert found.band_state is not None
    assert (found.band_state.since, found.band_state.cause) == (world.as_of, "config")
    assert story(world, "crm:1", "stage") == [("onboarding", 0, 30), ("adopting", 30, None)]
    assert story(world, "crm:1", "scorecard") == [("young", 0, 30), ("default", 30, None)]


def test_segments_are_entered_and_left(world: Scored) -> None:
    account(world, "1", mrr=500.0)
    world.score()
    for day, mrr in ((2, 5.0), (5, 700.0)):
        account(world, "1", mrr=mrr)
        world.as_of = DAY1 + timedelta(days=day)
        world.score()
    assert story(world, "crm:1", "segment") == [("big", 0, 2), ("big", 5, None)]
    assert world.world.store.segments.counts()["segment"] == {"big": 1}


def test_entries_and_exits_can_be_followed_by_sequence(world: Scored) -> None:
    store = world.world.store
    account(world, "1", mrr=500.0)
    world.score()
    with store.db.read() as reader:
        seen = list(store.segments.changes(reader, 0))
    account(world, "1", mrr=5.0)
    world.as_of += timedelta(days=1)
    world.score()
    with store.db.read() as reader:
        (left,) = store.segments.changes(reader, max(seq for *_, seq in seen))
    assert {(customer, one.name) for customer, one, _ in seen} == {
        ("crm:1", "adopting"), ("crm:1", "big"), ("crm:1", "default"),
    }  # fmt: skip
    assert (left[0], left[1].name, left[1].until) == ("crm:1", "big", world.as_of)


def test_other_rules_look_at_everybody_again_and_equal_ones_at_nobody(world: Scored) -> None:
    account(world, "1")
    world.score()
    world.rules = rules(segments=(rule("small", "mrr < 100"),), text="2")
    world.as_of += timedelta(hours=1)
    assert world.score().due == 1
    assert story(world, "crm:1", "segment") == [("small", pytest.approx(1 / 24), None)]
    world.as_of += timedelta(hours=1)
    assert world.score().due == 0


def test_a_customer_that_left_stands_nowhere_and_its_history_ends(world: Scored) -> None:
    account(world, "1")
    world.score()
    account(world, "1", type="Prospect")
    world.as_of += timedelta(days=4)
    world.score()
    assert world.world.store.segments.of("crm:1") == (None, None)
    assert story(world, "crm:1", "stage") == [("adopting", 0, 4)]


def test_a_rule_that_cannot_be_judged_leaves_its_reason(world: Scored) -> None:
    account(world, "1", mrr=None, stage=None)
    world.score()
    stood, _ = world.world.store.segments.of("crm:1")
    assert stood is not None
    assert stood.reason == (
        "stage ignored cannot be judged: account_stage is not known; "
        "stage churned cannot be judged: account_stage is not known; segment big cannot be judged: mrr is not known"
    )


def with_milestone(world: Scored) -> None:
    signal = Signal(metric="ttv", shape=Shape(name="linear", options={"from": (30, 0), "to": (0, 100)}))
    world.card = card(root=Group(name="all", signals=(signal,)))
    world.rules = rules(
        onboarding=Onboarding(event="it's live", when=None, expected=timedelta(days=30)),
        segments=(rule("late", "onboarding_overdue"),),
    )


def test_the_milestone_is_kept_once_and_is_a_metric(world: Scored) -> None:
    with_milestone(world)
    account(world, "1", days=100)
    world.score()
    assert world.of("crm:1").readings["ttv"].note == "not reached yet"
    assert story(world, "crm:1", "segment") == [("late", 0, None)]
    world.world.row("crm", "event", "e1", account_id="1", name="it's live", at=DAY1 - timedelta(days=85))
    world.as_of += timedelta(days=1)
    world.score()
    assert world.of("crm:1").micro == 50 * MICRO
    assert story(world, "crm:1", "segment") == [("late", 0, 1)]
    world.world.land("crm", "event", gone=["e1"])
    world.world.row("crm", "event", "e2", account_id="1", name="it's live", at=DAY1 - timedelta(days=5))
    world.as_of += timedelta(days=1)
    world.score()
    assert world.of("crm:1").micro == 50 * MICRO
    _, reached = world.world.store.segments.of("crm:1")
    assert reached is not None
    assert (reached.at, reached.days) == (DAY1 - timedelta(days=85), 15)


def test_a_milestone_goes_with_a_customer_that_becomes_part_of_another_one(world: Scored) -> None:
    with_milestone(world)
    world.world.account("sales", "9", external_id="A", created_at=DAY1 - timedelta(days=100))
    world.world.row("sales", "event", "e1", account_id="9", name="it's live", at=DAY1 - timedelta(days=85))
    world.score()
    account(world, "1", external_id="A")
    world.as_of += timedelta(days=1)
    world.score()
    _, reached = world.world.store.segments.of("crm:1")
    assert reached is not None
    assert reached.at == DAY1 - timedelta(days=85)


def test_while_a_source_of_a_rules_metric_fails_nobody_moves_for_it(world: Scored) -> None:
    world.rules = rules(segments=(rule("loud", "urgent_open > 0"),), metrics=frozenset({"urgent_open"}))
    account(world, "1")
    world.ticket("t1", "1")
    world.score()
    fail_tickets(world)
    world.world.land("crm", "ticket", gone=["t1"])
    world.as_of += timedelta(hours=2)
    world.score()
    assert story(world, "crm:1", "segment") == [("loud", 0, None)]


def test_while_that_source_fails_other_rules_go_on(world: Scored) -> None:
    world.rules = rules(
        segments=(rule("loud", "urgent_open > 0"), rule("big", "mrr >= 100")), metrics=frozenset({"urgent_open"})
    )
    account(world, "1")
    world.ticket("t1", "1")
    world.score()
    fail_tickets(world)
    world.world.land("crm", "ticket", gone=["t1"])
    account(world, "1", stage="former", mrr=500.0)
    world.as_of += timedelta(hours=2)
    world.score()
    stood, _ = world.world.store.segments.of("crm:1")
    assert stood is not None
    assert (stood.stage, stood.segments) == ("churned", ("loud", "big"))
    assert stood.valid_until == world.as_of + timedelta(hours=1)


def test_a_reading_of_tenure_tells_its_start_and_falls_due_the_next_day(world: Scored) -> None:
    account(world, "1", days=20)
    account(world, "2", days=-3)
    world.score()
    reading = world.of("crm:1").readings["age"]
    assert (reading.value, reading.note) == (20, f"{DAY1 - timedelta(days=20):%Y-%m-%d}")
    assert reading.valid_until == DAY1 + timedelta(days=1)
    stood, _ = world.world.store.segments.of("crm:2")
    assert stood is not None
    assert stood.stage == "adopting"
    assert stood.valid_until == DAY1 + timedelta(days=3)


def test_a_customer_without_a_start_has_no_tenure_and_says_why(world: Scored) -> None:
    world.rules = rules(cards=(rule("young", "mrr > 0"),))
    account(world, "1", created_at=None)
    world.score()
    reading = world.of("crm:1").readings["age"]
    assert (reading.value, reading.status, reading.note) == (None, Status.MISSING, "created_at is not known or no date")


def test_whoever_moved_when_the_store_failed_is_due_again(world: Scored) -> None:
    """Between keeping scores and keeping places there is a commit: whatever happens there, the move is not lost."""
    account(world, "1", days=20)
    world.score()
    world.as_of += timedelta(days=30)
    db = world.world.store.db
    with db.transaction() as tx:
        tx.run("create trigger full before insert on membership begin select raise(abort, 'no room'); end")
    with pytest.raises((StoreError, sqlite3.Error)):
        world.score()
    with db.transaction() as tx:
        tx.run("drop trigger full")
    assert world.score().due == 1
    assert world.of("crm:1").scorecard == "default"
    assert story(world, "crm:1", "stage") == [("onboarding", 0, 30), ("adopting", 30, None)]
    assert world.score().due == 0


def test_the_number_of_statements_does_not_depend_on_the_number_of_customers(world: Scored) -> None:
    def statements(count: int) -> int:
        for number in range(count):
            account(
                world, str(number), days=number, mrr=float(number), stage="former" if number % 7 == 0 else "customer"
            )
        world.world.link()
        before = len(world.world.statements)
        assert world.score(everybody=True).due == count
        return len(world.world.statements) - before

    assert statements(20) == statements(400)


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    found = []
    for order in ((1, 2, 3, 4), (4, 2, 1, 3)):
        folder = tmp_path / str(order[0])
        folder.mkdir()
        made = make_scored(folder)
        made.rules, made.others = rules(), (YOUNG,)
        made.metrics["age"] = PlacementMetric(name="age", of="tenure", text="")
        for number in order:
            account(made, str(number), days=number * 20, mrr=number * 40.0)
        made.score()
        found.append(
            (
                made.world.all(
                    "select customer, stage, segments, scorecard, treatment, reason from placement order by customer"
                ),
                made.world.all("select customer, sort, name, since from membership order by customer, sort, name"),
                made.world.all("select customer, micro, band, scorecard from score order by customer"),
            )
        )
        made.world.store.close()
    assert found[0] == found[1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_memberships_are_contiguous_whatever_happens(world: Scored, seed: int) -> None:
    """Every stage begins when the one before it ended, one is open, and nothing ends before it began."""
    dice = random.Random(seed)
    for _ in range(15):
        for id in ("1", "2", "3"):
            if dice.random() < 0.6:
                stage = dice.choice([None, "customer", "former", "internal"])
                account(world, id, days=dice.randint(0, 90), stage=stage, mrr=dice.choice([None, 5.0, 500.0]))
        world.as_of += timedelta(hours=dice.choice([0, 1, 30, 400]))
        world.score()
    for id in ("1", "2", "3"):
        history = world.world.store.segments.history(f"crm:{id}")
        stages = [one for one in history if one.sort == "stage"]
        assert stages[-1].until is None
        assert [one.until for one in stages[:-1]] == [one.since for one in stages[1:]]
        assert all(one.until is None or one.until >= one.since for one in history)
        stood, _ = world.world.store.segments.of(f"crm:{id}")
        assert stood is not None
        assert sorted((one.sort, one.name) for one in history if one.until is None) == sorted(stood.places())
