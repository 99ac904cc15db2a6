"""Scores that depend on more than their signals' own readings: second metrics, rules, the last known value, vetoes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from cshub.config import ConfiguredMetric
from cshub.model import MICRO, CustomerView, FunctionMetric, Group, Scalar, Scorecard, ScoreRule, Shape, Signal, Status
from tests.unit.stages.score.scored import DAY1, Scored, card

LINE = Shape(name="linear", options={"from": [0, 0], "to": [100, 100]})


def gives(name: str, value: Scalar) -> FunctionMetric:
    def give(view: CustomerView) -> Scalar:
        return value

    return FunctionMetric(name=name, doc="", needs=(), function=give, valid_for=timedelta(hours=1))


def use(scored: Scored, *signals: Signal, **changes: object) -> None:
    """Score with these signals alone."""
    root = Group(name="root", signals=signals)
    scored.card = replace(card(root=root, min_coverage=0.0), **changes)  # type: ignore[arg-type]  # fields of Scorecard


def give(scored: Scored, **values: Scalar) -> None:
    found: Mapping[str, ConfiguredMetric] = {name: gives(name, value) for name, value in values.items()}
    scored.metrics.update(found)


def test_a_shape_that_needs_a_second_metric_gets_it(scored: Scored) -> None:
    scored.world.account("crm", "1")
    give(scored, used=30, seats=40)
    use(scored, Signal(metric="used", shape=Shape(name="ratio", options={"of": "seats"})))
    scored.score()
    found = scored.of("crm:1")
    assert found.micro == 75 * MICRO
    assert found.readings["seats"].value == 40


def veto(scorecard: Scorecard) -> ScoreRule:
    worst = scorecard.bands.edges[0][0]
    return ScoreRule(
        name="adjust 1", when=lambda row: row.get("notice") == 1, metrics=("notice",), text="gave notice", veto=worst
    )


def test_a_veto_caps_the_score_and_moves_the_band(scored: Scored) -> None:
    scored.world.account("crm", "1")
    give(scored, used=90, notice=0)
    use(scored, Signal(metric="used", shape=LINE), adjust=(veto(card()),))
    scored.score()
    assert scored.of("crm:1").band == card().bands.edges[-1][0]
    give(scored, notice=1)
    scored.card = replace(scored.card, bands=replace(scored.card.bands, jump_immediate=True))
    scored.as_of = DAY1 + timedelta(hours=1)
    scored.score()
    found = scored.of("crm:1")
    assert found.band == card().bands.edges[0][0]
    assert found.micro == (int(card().bands.edges[1][1]) - 1) * MICRO
    assert [line.text for line in found.drivers if line.sort == "veto"] == ["gave notice"]


def test_the_last_known_value_stands_in_until_its_time_is_over(scored: Scored) -> None:
    scored.world.account("crm", "1")
    give(scored, nps=40, used=80)
    last = Signal(metric="nps", shape=LINE, missing="last", last_for=timedelta(hours=30))
    use(scored, last, Signal(metric="used", shape=LINE))
    seen = []
    for hours, nps in ((0, 40), (1, None), (30, None), (31, None), (32, 20)):
        give(scored, nps=nps)
        scored.as_of = DAY1 + timedelta(hours=hours)
        scored.score()
        found = scored.of("crm:1")
        seen.append((found.micro, found.readings["nps"].status, found.coverage))
    assert seen == [
        (60 * MICRO, Status.OK, 1.0), (60 * MICRO, Status.STALE, 0.5), (60 * MICRO, Status.STALE, 0.5),
        (80 * MICRO, Status.MISSING, 0.5), (50 * MICRO, Status.OK, 1.0),
    ]  # fmt: skip


def test_the_inputs_of_a_part_are_told_in_words(scored: Scored) -> None:
    scored.world.account("crm", "1")
    give(scored, nps=40, used=80)
    root = Group(
        name="root", combine="min", signals=(Signal(metric="nps", shape=LINE), Signal(metric="used", shape=LINE))
    )
    scored.card = card(root=root)
    scored.score()
    found = scored.of("crm:1")
    assert found.micro == 40 * MICRO
    assert [(line.sort, line.text) for line in found.drivers][1:] == [
        ("part", "not additive: the lowest of nps 40, used 80"), ("input", "nps 40"), ("input", "used 80"),
    ]  # fmt: skip
