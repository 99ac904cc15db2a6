from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cshub.model import MICRO, Group, Shape, Signal, Status
from tests.unit.stages.score.scored import DAY1, Scored, card, fail_tickets


def test_a_customer_is_scored_from_its_rows(scored: Scored) -> None:
    scored.world.account("crm", "1", name="Acme")
    scored.ticket("t1", "1")
    tally = scored.score()
    assert (tally.due, tally.saved) == (1, 1)
    assert scored.of("crm:1").micro == 88 * MICRO
    assert scored.of("crm:1").band == "healthy"


def test_the_lines_of_the_explanation_add_up_to_the_score(scored: Scored) -> None:
    scored.world.account("crm", "1")
    for number in range(3):
        scored.ticket(f"t{number}", "1")
    scored.score()
    found = scored.of("crm:1")
    assert sum(driver.micro for driver in found.drivers) == found.micro


def test_a_second_scoring_in_the_same_hour_looks_at_nobody(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.ticket("t1", "1")
    scored.score()
    tally = scored.score()
    assert (tally.due, tally.saved) == (0, 0)


def test_a_changed_row_makes_its_customer_due_and_nobody_else(scored: Scored) -> None:
    for id in ("1", "2"):
        scored.world.account("crm", id)
    scored.score()
    scored.ticket("t1", "2")
    tally = scored.score()
    assert (tally.due, tally.saved) == (1, 1)
    assert scored.of("crm:2").micro == 88 * MICRO


def test_a_row_that_moves_touches_the_old_and_the_new_customer(scored: Scored) -> None:
    for id in ("1", "2"):
        scored.world.account("crm", id)
    scored.ticket("t1", "1")
    scored.score()
    scored.ticket("t1", "2")
    tally = scored.score()
    assert tally.saved == 2
    assert (scored.of("crm:1").micro, scored.of("crm:2").micro) == (100 * MICRO, 88 * MICRO)


def test_a_changed_scorecard_looks_at_everybody_again(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    scored.card = card(hash="other")
    assert scored.score().due == 1
    assert scored.of("crm:1").scorecard_hash == "other"


def test_a_reading_that_fell_due_makes_its_customer_due_and_an_equal_score_is_not_saved_again(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    scored.as_of = DAY1 + timedelta(days=1)
    tally = scored.score()
    assert (tally.due, tally.saved, tally.kept) == (1, 0, 1)
    assert scored.of("crm:1").as_of == DAY1
    scored.as_of += timedelta(hours=1)
    assert scored.score().due == 0


def test_the_score_of_an_earlier_day_stays_readable(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    before = scored.of("crm:1")
    scored.ticket("t1", "1")
    scored.as_of = DAY1 + timedelta(days=1)
    scored.score()
    assert scored.of("crm:1").micro != before.micro
    assert scored.world.store.scores.at("crm:1", DAY1 + timedelta(hours=3)) == before
    assert scored.world.store.scores.at("crm:1", DAY1 - timedelta(hours=1)) is None


def test_one_customer_can_be_scored_alone_without_forgetting_the_others(scored: Scored) -> None:
    for id in ("1", "2"):
        scored.world.account("crm", id)
    assert scored.score(customers=["crm:2"]).due == 1
    assert scored.world.store.scores.in_force("crm:1") is None
    assert scored.score().saved == 1
    assert scored.of("crm:1").micro == 100 * MICRO


def test_while_a_source_fails_its_readings_stand_and_after_a_day_it_is_named(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.ticket("t1", "1")
    scored.score()
    before = scored.of("crm:1")
    fail_tickets(scored)
    scored.ticket("t2", "1")  # landed before the failure was noticed: not judged by
    scored.as_of = DAY1 + timedelta(hours=2)
    scored.score()
    assert scored.of("crm:1").micro == before.micro
    scored.as_of = DAY1 + timedelta(days=2)
    scored.score()
    assert scored.of("crm:1").micro == before.micro
    assert scored.of("crm:1").stale == ("crm.ticket since 2026-01-02",)


def test_a_source_that_never_worked_is_not_a_zero(scored: Scored) -> None:
    scored.world.account("crm", "1")
    fail_tickets(scored, worked=False)
    scored.score()
    reading = scored.of("crm:1").readings["urgent_open"]
    assert (reading.value, reading.status) == (None, Status.SOURCE_DOWN)


def test_the_number_of_statements_does_not_depend_on_the_number_of_customers(scored: Scored) -> None:
    def statements(count: int) -> int:
        for number in range(count):
            scored.world.account("crm", str(number), name=f"c{number}")
        scored.world.link()
        before = len(scored.world.statements)
        assert scored.score(everybody=True).due == count
        return len(scored.world.statements) - before

    assert statements(20) == statements(400)


def test_bands_keep_their_first_day(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    scored.ticket("t1", "1")
    scored.as_of = DAY1 + timedelta(days=1)
    scored.score()
    state = scored.of("crm:1").band_state
    assert state is not None
    assert (state.band, state.since) == ("healthy", DAY1)


def test_a_metric_that_raises_leaves_the_other_customers_alone(scored: Scored) -> None:
    for id in ("1", "2"):
        scored.world.account("crm", id)
    scored.world.row("crm", "contact", "c1", account_id="1", name="Ann")
    scored.score()
    assert scored.of("crm:1").readings["unseen"].value == 1.0
    assert scored.of("crm:2").readings["unseen"].value == 0.0


def test_replacing_the_card_text_keeps_it_by_hash(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.card = replace(scored.card, text='{"a": 1}', hash="h1")
    scored.score()
    assert scored.world.store.scores.scorecard_text("h1") == '{"a": 1}'


def test_days_from_a_fact_are_told_by_its_date(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.world.row("crm", "event", "e1", account_id="1", name="call", at=DAY1 - timedelta(days=3, hours=2))
    days = Signal(
        metric="last_event",
        shape=Shape(name="linear", options={"from": (30, 0), "to": (0, 100)}),
        because="no call since {date}",
    )
    scored.card = card(root=Group(name="all", signals=(days,)))
    scored.score()
    driver = next(one for one in scored.of("crm:1").drivers if one.name == "last_event")
    assert (driver.value, driver.text) == (3, "no call since 2025-12-30")
    scored.as_of = DAY1 + timedelta(days=1)
    scored.score()
    driver = next(one for one in scored.of("crm:1").drivers if one.name == "last_event")
    assert (driver.value, driver.text) == (4, "no call since 2025-12-30")
