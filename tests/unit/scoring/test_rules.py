"""A scorecard's own changes (SCORING §5): in order, each a line of its own with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cshub.model import Adjustment, Bands, Reading, Scored, ScoreRule, Status
from cshub.scoring import finish, next_state, weighted
from cshub.scoring.adjust import vetoed
from tests.unit.scoring.making import THREE_BANDS, card, micro, readings, signal

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def when(name: str, above: float) -> Callable[[Mapping[str, object]], object]:
    """A condition like the rule language makes: unknown without a value."""
    return lambda row: None if row.get(name) is None else row[name] > above  # type: ignore[operator]  # as rules do


def rule(number: int = 1, **effect: float | str) -> ScoreRule:
    return ScoreRule(
        name=f"adjust {number}", when=when("urgent", 2), metrics=("urgent",), text=f"reason {number}", **effect
    )


def done(score: float, urgent: float | str | Status | None, *rules: ScoreRule, plugin: float | None = None) -> Scored:
    plan = replace(card(signal("a"), step=1.0), adjust=rules, bands=THREE_BANDS)
    known: Mapping[str, Reading] = readings(a=score, urgent=urgent)
    raw = weighted(plan, [("acme", known)])[0]
    mine = [] if plugin is None else [("plug", Adjustment(customer="acme", name="theirs", text="theirs", cap=plugin))]
    found = finish(plan, raw, mine)
    assert sum(line.micro for line in found.drivers) == found.micro
    return found


def told(scored: Scored) -> list[tuple[str, int]]:
    return [
        (line.sort, line.micro // 10**6) for line in scored.drivers if line.sort not in ("base", "signal", "rounding")
    ]


@pytest.mark.parametrize(
    ("rules", "score", "lines"),
    [
        ([{"points": -10}], 60, [("points", -10)]),
        ([{"points": -10}, {"points": 5}], 65, [("points", -10), ("points", 5)]),
        ([{"cap": 60}], 60, [("cap", -10)]),
        ([{"cap": 60}, {"cap": 40}], 40, [("cap", 0), ("cap", -30)]),
        ([{"floor": 80}], 80, [("floor", 10)]),
        ([{"floor": 80}, {"floor": 75}], 80, [("floor", 10), ("floor", 0)]),
        ([{"floor": 20}], 70, [("floor", 0)]),
        ([{"floor": 80}, {"cap": 60}], 60, [("floor", 10), ("cap", -20)]),
        ([{"cap": 60}, {"points": -5}], 60, [("points", -5), ("cap", -5)]),
        ([{"veto": "R"}], 49, [("veto", -21)]),
        ([{"veto": "Y"}, {"cap": 30}], 30, [("veto", 0), ("cap", -40)]),
        ([{"points": 90}], 100, [("points", 90), ("clamp", -60)]),
    ],
)
def test_rules_that_hold_change_the_score_in_order(
    rules: list[dict[str, float | str]], score: float, lines: list[tuple[str, int]]
) -> None:
    found = done(70, 3, *[rule(number, **effect) for number, effect in enumerate(rules)])
    assert found.micro == micro(score)
    assert told(found) == lines


def test_every_line_has_its_reason() -> None:
    line = done(70, 3, rule(4, cap=10)).drivers[-1]
    assert (line.name, line.text, line.owner) == ("adjust 4", "reason 4", None)


@pytest.mark.parametrize("urgent", [2, None, Status.STALE, Status.SOURCE_DOWN])
def test_a_rule_that_does_not_hold_or_is_unknown_changes_nothing(urgent: float | Status | None) -> None:
    assert told(done(70, urgent, rule(cap=10))) == []


def test_a_rule_that_cannot_be_answered_says_so() -> None:
    found = done(70, "many", rule(cap=10))
    assert found.micro == micro(70)
    assert (found.drivers[-1].status, (found.drivers[-1].text or "")[:41]) == (
        Status.ERROR, "ignored, its condition cannot be answered",
    )  # fmt: skip


def test_the_lowest_cap_wins_whoever_set_it() -> None:
    assert done(70, 3, rule(cap=50), plugin=40).micro == micro(40)
    assert done(70, 3, rule(cap=30), plugin=40).micro == micro(30)


def test_without_a_score_no_rule_is_asked() -> None:
    assert done_without().drivers[-1].sort == "signal"


def done_without() -> Scored:
    plan = replace(card(signal("a")), adjust=(rule(floor=50),))
    return finish(plan, weighted(plan, [("acme", readings(a=None, urgent=9))])[0])


def test_a_veto_of_the_best_band_is_refused() -> None:
    with pytest.raises(ValueError, match="below the best one"):
        done(70, 3, rule(veto="G"))


def test_the_lowest_vetoed_band_is_the_best_that_is_left() -> None:
    assert vetoed(THREE_BANDS, done(90, 3, rule(1, veto="Y"), rule(2, veto="R")).drivers) == "R"
    assert vetoed(THREE_BANDS, done(90, 1, rule(1, veto="Y")).drivers) is None


@pytest.mark.parametrize(("immediate", "bands"), [(True, "YY"), (False, "GY")])
def test_a_veto_leaves_the_band_at_once_where_jumps_do(immediate: bool, bands: str) -> None:
    edges = Bands(edges=THREE_BANDS.edges, margin=3.0, dwell=timedelta(days=2), jump_immediate=immediate)
    state = next_state(edges, None, 90, NOW)
    found = ""
    for day in (1, 2):
        state = next_state(edges, state, 74, NOW + timedelta(days=day), veto="Y")
        found += state.band
    assert found == bands


def test_when_a_veto_ends_the_band_is_the_score_s_again() -> None:
    edges = Bands(edges=THREE_BANDS.edges, margin=3.0, jump_immediate=True)
    state = next_state(edges, next_state(edges, None, 90, NOW), 74, NOW, veto="Y")
    assert next_state(edges, state, 74, NOW).band == "Y"
    assert next_state(edges, state, 78, NOW).band == "G"
