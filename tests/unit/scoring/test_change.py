"""The change split (SCORING §8): its vector, every part, and sums that are exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cshub.model import Group, Scalar, Scorecard, Scored, ScoreRule, Shape, Status
from cshub.scoring import additive, finish, weighted
from cshub.scoring.change import Change, ChangePart, split
from tests.unit.scoring.making import card, micro, readings, signal

TWO = card(signal("usage", 60), signal("billing", 40), min_coverage=0.0)


def score(plan: Scorecard, **values: Scalar | Status) -> Scored:
    return finish(plan, weighted(plan, [("acme", readings(**values))])[0])


def exact(change: Change | None) -> Change:
    assert change is not None
    assert sum(line.micro for line in change.lines) == change.micro
    assert all(line.micro for line in change.lines)
    return change


def told(change: Change | None) -> list[tuple[str, str, float]]:
    return [(str(line.part), line.name, line.micro / 10**6) for line in exact(change).lines]


def test_the_published_change_splits_as_it_says() -> None:
    change = exact(split(score(TWO, usage=80, billing=60), score(TWO, usage=50, billing=None)))
    assert change.micro == micro(-22)
    assert change.total(ChangePart.BEHAVIOUR) == micro(-18)
    assert change.total(ChangePart.AVAILABILITY) == micro(-4)
    assert told(change) == [
        ("behaviour", "usage", -18), ("availability", "usage", 20), ("availability", "billing", -24),
    ]  # fmt: skip
    assert (change.lines[0].was, change.lines[0].now) == (80, 50)


def test_and_the_way_back() -> None:
    back = split(score(TWO, usage=50, billing=None), score(TWO, usage=80, billing=60))
    assert told(back) == [("behaviour", "usage", 30), ("availability", "usage", -32), ("availability", "billing", 24)]


def test_a_value_assumed_for_a_missing_one_is_availability() -> None:
    plan = card(signal("usage", 60), signal("billing", 40, missing="worst"), min_coverage=0.0)
    assert told(split(score(plan, usage=80, billing=60), score(plan, usage=80, billing=None))) == [
        ("availability", "billing", -24)
    ]


@pytest.mark.parametrize("status", [Status.STALE, Status.SOURCE_DOWN, Status.NOT_APPLICABLE, Status.ERROR])
def test_all_that_is_missing_is_availability(status: Status) -> None:
    change = exact(split(score(TWO, usage=80, billing=60), score(TWO, usage=80, billing=status)))
    assert change.total(ChangePart.BEHAVIOUR) == 0
    assert change.micro == micro(8)


def test_nothing_changed_is_no_line() -> None:
    assert told(split(score(TWO, usage=80, billing=60), score(TWO, usage=80, billing=60))) == []


def test_without_a_number_there_is_no_change() -> None:
    assert split(score(TWO, usage=None, billing=None), score(TWO, usage=80, billing=60)) is None


def test_points_of_rules_are_behaviour_and_limits_are_caps() -> None:
    rules = (
        ScoreRule(name="adjust 1", when=lambda row: row["usage"] == 90, metrics=("usage",), text="boost", points=20.0),
        ScoreRule(name="adjust 2", when=lambda row: row["usage"] == 90, metrics=("usage",), text="too new", cap=95.0),
    )
    plan = replace(TWO, adjust=rules, step=1.0)
    change = split(score(plan, usage=81, billing=60), score(plan, usage=90, billing=90))
    assert told(change) == [
        ("behaviour", "usage", 5.4), ("behaviour", "billing", 12.0), ("behaviour", "adjust 1", 20.0),
        ("cap", "rounding", -0.4), ("cap", "adjust 2", -15.0),
    ]  # fmt: skip


def test_time_alone_is_freshness() -> None:
    before, aged, after = (score(TWO, usage=usage, billing=60) for usage in (80, 70, 50))
    assert told(split(before, after, aged=aged)) == [("behaviour", "usage", -12), ("freshness", "usage", -6)]


def test_a_value_that_grew_stale_is_freshness_and_one_line() -> None:
    pulse = replace(signal("pulse", 60), ttl=timedelta(days=90), age="days")
    plan = card(pulse, signal("usage", 40), min_coverage=0.0)
    before, after = score(plan, pulse=30, days=90, usage=80), score(plan, pulse=30, days=91, usage=80)
    assert told(split(before, after, aged=after)) == [("freshness", "pulse", -18), ("freshness", "usage", 48)]


def test_a_changed_scorecard_is_config() -> None:
    other = card(signal("usage", 10), signal("billing", 90), min_coverage=0.0)
    before, facts, after = (
        score(TWO, usage=80, billing=60),
        score(TWO, usage=50, billing=60),
        score(other, usage=50, billing=60),
    )
    assert told(split(before, after, rescored=facts)) == [("behaviour", "usage", -18), ("config", "scorecard", 5)]


def test_an_override_is_a_part_of_its_own() -> None:
    before, after = score(TWO, usage=80, billing=60), score(TWO, usage=50, billing=60)
    change = exact(split(before, after, shown_after=micro(90)))
    assert change.micro == micro(18)
    assert told(change) == [("behaviour", "usage", -18), ("override", "override", 36)]
    assert exact(split(before, after, shown_before=micro(90))).micro == micro(-36)


def test_what_could_not_be_told_apart_is_said() -> None:
    before, after, nothing = (
        score(TWO, usage=80, billing=60),
        score(TWO, usage=50, billing=60),
        score(TWO, usage=None, billing=None),
    )
    no_age = exact(split(before, after, aged=nothing))
    assert no_age.notes == ("time alone took the score away: its part is counted with the facts",)
    no_card = exact(split(before, after, rescored=nothing))
    assert told(no_card) == [("config", "scorecard", -18)]
    assert no_card.notes == ("by the old scorecard the new facts give no score: their part is counted as config",)


def test_a_part_that_does_not_add_up_changes_as_one() -> None:
    voice = Group(name="voice", combine="min", signals=(signal("csat"), signal("ces")))
    plan = card(signal("usage"), groups=(voice,), min_coverage=0.0)
    change = split(score(plan, usage=80, csat=60, ces=90), score(plan, usage=80, csat=60, ces=20))
    assert told(change) == [("behaviour", "voice", -20)]


def test_points_of_an_additive_card_change_by_themselves() -> None:
    shape = Shape(name="linear", options={"from": [0, -5], "to": [10, 5]}, out=(-5, 5))
    plan = card(signal("nps", shape=shape), signal("csat", shape=shape), base=5.0, high=10.0, min_coverage=0.0)

    def points(**values: Scalar) -> Scored:
        return finish(plan, additive(plan, [("acme", readings(**values))])[0])

    change = split(points(nps=7, csat=6), points(nps=9, csat=None))
    assert told(change) == [("behaviour", "nps", 2), ("availability", "csat", -1)]


def test_each_thirds_last_unit_is_placed() -> None:
    plan = card(*[signal(name) for name in "abc"], min_coverage=0.0, step=0.000001)
    change = exact(split(score(plan, a=0, b=0, c=0), score(plan, a=100, b=100, c=None)))
    assert change.micro == micro(100)
    assert change.total(ChangePart.BEHAVIOUR) in (66_666_666, 66_666_667)
