"""Where customers stand, rule by rule and by property: stages are total and exclusive, and no other answer comes before it is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.config import CHURNED, IGNORED, Milestone, Placement, PlacementRules, Placer, load
from tests.unit.config.conftest import Load
from tests.unit.config.placing import ANY, LIFECYCLE, NOW, placed, rules_of
from tests.unit.config.world import ENVIRON, GOOD, world


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> PlacementRules:
    path = tmp_path_factory.mktemp("rules") / "cshub.yaml"
    path.write_text(placed(), encoding="utf-8")
    found = load(path, world(), ENVIRON).placement
    assert found is not None
    return found


def facts(**changes: object) -> dict[str, object]:
    return {
        "created_at": NOW - timedelta(days=100), "mrr": 100.0, "renewal_date": None, "stage": "customer", "type": "Customer",
        **changes,
    }  # fmt: skip


def place(rules: PlacementRules, *, as_of: datetime = NOW, urgent: object = 0, **changes: object) -> Placement:
    milestone = changes.pop("before", None)
    event_at = changes.pop("event_at", None)
    return Placer(rules, as_of).place(
        facts(**changes),
        {"urgent_open": urgent},
        before=milestone,  # type: ignore[arg-type]  # a Milestone or nothing
        event_at=event_at,  # type: ignore[arg-type]  # an instant or nothing
    )


def test_the_first_stage_whose_rule_holds_counts(rules: PlacementRules) -> None:
    young = NOW - timedelta(days=10)
    assert place(rules, created_at=young).stage == "onboarding"
    assert place(rules, created_at=young, stage="former").stage == CHURNED
    assert place(rules, created_at=young, stage="former", type="Internal").stage == IGNORED
    assert place(rules, renewal_date=date(2026, 3, 20)).stage == "renewing"
    assert place(rules, renewal_date=date(2027, 3, 20)).stage == "adopting"


def test_churned_and_ignored_customers_have_no_scorecard(rules: PlacementRules) -> None:
    assert place(rules, stage="former").card is None
    assert place(rules, type="Internal").card is None


def test_cards_are_chosen_by_first_match_over_stage_and_segments(rules: PlacementRules) -> None:
    young = NOW - timedelta(days=10)
    assert place(rules, created_at=young).card == "young"
    assert place(rules, created_at=young, mrr=9000.0).card == "default"
    assert place(rules, created_at=young, mrr=9000.0).segments == ("enterprise",)
    assert place(rules, mrr=9000.0, urgent=5).segments == ("enterprise", "loud")


def test_a_rule_without_an_answer_does_not_hold_and_says_why(rules: PlacementRules) -> None:
    found = place(rules, type=None, mrr=None, created_at=None, renewal_date=date(2027, 1, 1))
    assert (found.stage, found.segments, found.card) == ("adopting", (), "default")
    assert found.reason is not None
    assert found.reason.split("; ") == [
        "stage ignored cannot be judged: type is not known",
        "stage onboarding cannot be judged: tenure is not known",
        "segment enterprise cannot be judged: mrr is not known",
    ]


def test_a_rule_that_raises_does_not_hold_and_says_why(rules: PlacementRules) -> None:
    found = place(rules, urgent="many", renewal_date=date(2027, 1, 1))
    assert found.segments == ()
    assert found.reason is not None
    assert found.reason.startswith("segment loud cannot be judged: '>' not supported")


def test_a_start_to_come_is_no_tenure(rules: PlacementRules) -> None:
    found = place(rules, created_at=NOW + timedelta(days=3), renewal_date=date(2027, 1, 1))
    assert (found.tenure, found.untold) == (None, "created_at is 2026-03-04, which is still to come")
    assert found.valid_until == NOW + timedelta(days=3)


def test_the_milestone_ends_onboarding_and_gives_the_time_to_value(rules: PlacementRules) -> None:
    young = NOW - timedelta(days=20, hours=3)
    found = place(rules, created_at=young, event_at=young + timedelta(days=7, hours=1), renewal_date=date(2027, 1, 1))
    assert found.milestone == Milestone(reached_at=young + timedelta(days=7, hours=1), days=7)
    assert found.stage == "adopting"


def test_a_milestone_is_never_set_to_a_later_one(rules: PlacementRules) -> None:
    kept = Milestone(reached_at=NOW - timedelta(days=50), days=50)
    assert place(rules, before=kept, event_at=NOW - timedelta(days=9)).milestone == kept
    earlier = place(rules, before=kept, event_at=NOW - timedelta(days=60)).milestone
    assert earlier == Milestone(reached_at=NOW - timedelta(days=60), days=40)
    assert place(rules, before=kept, event_at=None, created_at=None).milestone == kept


def test_an_event_before_the_start_is_value_at_once(rules: PlacementRules) -> None:
    found = place(rules, event_at=NOW - timedelta(days=400))
    assert found.milestone == Milestone(reached_at=NOW - timedelta(days=400), days=0)


def test_onboarding_is_overdue_when_the_milestone_is_not_reached_in_time(rules: PlacementRules) -> None:
    def overdue(days: float, **more: object) -> bool:
        return place(rules, created_at=NOW - timedelta(days=days), **more).is_overdue

    assert [overdue(29.9), overdue(30), overdue(300), overdue(300, event_at=NOW)] == [False, True, True, False]


def test_the_first_instant_at_which_a_milestone_rule_holds_is_kept(read: Load) -> None:
    rules = rules_of(read, LIFECYCLE.replace("milestone: went_live", 'milestone: {when: "mrr >= 50"}'))
    first = place(rules).milestone
    assert first == Milestone(reached_at=NOW, days=100)
    later = NOW + timedelta(days=9)
    assert place(rules, as_of=later, before=first).milestone == first
    assert place(rules, as_of=later, before=first, mrr=1.0).milestone == first


def test_a_start_in_a_text_field_is_read_as_the_date_it_is(read: Load) -> None:
    rules = rules_of(read, LIFECYCLE.replace("lifecycle:", "lifecycle:\n  start: tier"))
    assert place(rules, tier="2026-02-20").tenure == 9
    assert place(rules, tier="2026-02-20T12:00:00Z").tenure == 8
    assert place(rules, tier="gold").untold == "tier is not known or no date"


def test_a_placement_falls_due_only_when_a_rule_may_answer_otherwise(rules: PlacementRules) -> None:
    start = NOW - timedelta(days=10, hours=5)
    assert place(rules, created_at=start).valid_until == start + timedelta(days=30)  # overdue, then 60 days
    assert place(rules, created_at=start, before=Milestone(reached_at=NOW, days=10)).valid_until == start + timedelta(
        days=30
    )
    assert place(rules, renewal_date=date(2026, 9, 1)).valid_until == datetime(2026, 8, 2, tzinfo=UTC)
    assert place(rules).valid_until is None


def test_the_usual_stages_fall_due_at_their_own_edges_alone(read: Load) -> None:
    rules = read(GOOD).placement
    assert rules is not None
    placed = Placer(rules, NOW).place({**facts(), "created_at": NOW - timedelta(days=10)}, {})
    assert (placed.stage, placed.valid_until) == ("onboarding", NOW + timedelta(days=80))
    assert Placer(rules, NOW).place(facts(), {}).valid_until is None


METRIC = st.none() | st.integers(0, 9) | st.just("many")
EVENT = st.none() | st.integers(0, 16_000).map(lambda hours: NOW - timedelta(hours=hours))


@given(ANY, METRIC, EVENT)
def test_stages_are_total_and_exclusive(
    rules: PlacementRules, row: dict[str, object], urgent: object, event: object
) -> None:
    found = place(rules, urgent=urgent, event_at=event, **row)
    assert found.stage in rules.lifecycle.names
    held = [rule.name for rule in rules.lifecycle.stages if rule.name == found.stage]
    assert len(held) <= 1
    assert (found.card is None) == (found.stage in (CHURNED, IGNORED))
    assert found.card in (None, "young", "default")


@given(ANY, EVENT, st.integers(1, 24 * 400))
def test_nobody_moves_before_the_placement_is_due(
    rules: PlacementRules, row: dict[str, object], event: datetime | None, hours: int
) -> None:
    """The same facts give the same place until `valid_until`, to the hour."""
    first = place(rules, event_at=event, **row)
    then = NOW + timedelta(hours=hours)
    if first.valid_until is None or then < first.valid_until:
        later = place(rules, as_of=then, event_at=event, before=first.milestone, **row)
        assert (later.stage, later.segments, later.card, later.is_overdue) == (
            first.stage, first.segments, first.card, first.is_overdue,
        )  # fmt: skip
