"""Churn risk: the published rule, its lines, and that it never falls when something gets worse."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import MICRO, Status
from cshub.scoring.risk import Fired, nearer, quarters, risk

AS_OF = datetime(2026, 6, 1, 9, tzinfo=UTC)
HALF = MICRO // 2
points = st.integers(0, 100 * MICRO)
rules = st.lists(st.builds(Fired, name=st.sampled_from("abcd"), severity=points, text=st.just("why")), max_size=4)
renewals = st.none() | st.integers(-400, 800).map(lambda days: AS_OF.date() + timedelta(days=days))
healths = st.none() | points
weights = st.integers(0, MICRO)


def fired(severity: float, name: str = "angry", trouble: str | None = None) -> Fired:
    return Fired(name=name, severity=round(severity * MICRO), text=f"{name}!", trouble=trouble)


def of(health: float | None, *found: Fired, days: int | None = None, weight: int = HALF) -> float | None:
    renewal = None if days is None else AS_OF.date() + timedelta(days=days)
    micro = None if health is None else round(health * MICRO)
    made = risk(micro, found, renewal, AS_OF, rules_weight=weight)
    return None if made.micro is None else made.micro / MICRO


def test_the_worst_rule_and_the_lack_of_health_count_half_each() -> None:
    assert of(40, fired(80), fired(30, "slow")) == 70
    assert of(40) == 30
    assert of(100) == 0


def test_the_share_of_the_rules_is_declared() -> None:
    assert of(40, fired(80), weight=MICRO) == 80
    assert of(40, fired(80), weight=0) == 60
    assert of(40, fired(80), weight=MICRO // 4) == 65


@pytest.mark.parametrize(
    ("days", "expected"),
    [(181, 40), (180, 50), (90, 50), (89, 60), (0, 60), (-10, 60), (None, 40)],
)
def test_a_renewal_that_is_near_counts_more(days: int | None, expected: float) -> None:
    assert of(60, fired(40), days=days) == expected


def test_it_ends_at_a_hundred() -> None:
    made = risk(0, [fired(100)], AS_OF.date(), AS_OF, rules_weight=HALF)
    assert made.micro == 100 * MICRO
    assert [(line.sort, line.micro) for line in made.drivers][-2:] == [("renewal", 50 * MICRO), ("cap", -50 * MICRO)]


def test_without_health_the_rules_count_alone_and_without_both_it_is_unknown() -> None:
    assert of(None, fired(80)) == 80
    unknown = risk(None, [fired(80, trouble="cannot be judged")], None, AS_OF, rules_weight=HALF)
    assert unknown.micro is None
    assert unknown.reason == "health is not known, and no rule fired"


def test_a_rule_that_cannot_be_judged_has_a_line_and_no_say() -> None:
    made = risk(50 * MICRO, [fired(90, trouble="cannot be judged: text")], None, AS_OF, rules_weight=HALF)
    assert made.micro == 25 * MICRO
    assert [(line.name, line.status) for line in made.drivers if line.sort == "rule"] == [("angry", Status.ERROR)]


@given(healths, rules, renewals, weights)
def test_it_is_in_range_and_its_lines_add_up(
    health: int | None, found: list[Fired], renewal: date | None, weight: int
) -> None:
    made = risk(health, found, renewal, AS_OF, rules_weight=weight)
    if made.micro is None:
        assert (health, found) == (None, [])
        return
    assert 0 <= made.micro <= 100 * MICRO
    assert made.micro % MICRO == 0
    assert sum(line.micro for line in made.drivers) == made.micro
    assert made == risk(health, found[::-1], renewal, AS_OF, rules_weight=weight)


@given(points, points, points, rules, st.integers(-400, 800), st.integers(0, 400), weights)
def test_it_never_falls_when_something_gets_worse(
    health: int, lost: int, severity: int, found: list[Fired], days: int, sooner: int, weight: int
) -> None:
    renewal = AS_OF.date() + timedelta(days=days)
    before = risk(health, found, renewal, AS_OF, rules_weight=weight).micro
    worse = Fired(name="z", severity=severity, text="")
    after = (
        risk(max(health - lost, 0), found, renewal, AS_OF, rules_weight=weight),
        risk(health, [*found, worse], renewal, AS_OF, rules_weight=weight),
        risk(health, found, renewal - timedelta(days=sooner), AS_OF, rules_weight=weight),
    )
    assert before is not None
    assert [one.micro for one in after if one.micro is None or one.micro < before] == []


@given(st.integers(-400, 800))
def test_it_is_due_again_at_the_very_instant_the_renewal_counts_more(days: int) -> None:
    renewal = AS_OF.date() + timedelta(days=days)
    at = nearer(renewal, AS_OF)
    if at is None:
        assert quarters(renewal, AS_OF) == 6
        return
    assert at > AS_OF
    assert quarters(renewal, at) == quarters(renewal, AS_OF) + 1
    assert quarters(renewal, at - timedelta(hours=1)) == quarters(renewal, AS_OF)
