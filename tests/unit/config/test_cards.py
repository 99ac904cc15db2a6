"""Scorecards as YAML: shapes, ways to combine, missing data and the card's own rules, and every mistake in them with its place."""

from __future__ import annotations

from datetime import timedelta

import jsonschema
import pytest
from ruamel.yaml import YAML

from cshub.config.schema import json_schema
from cshub.model import Scorecard, Shape
from cshub.plugins import Registry
from tests.unit.config.conftest import Load, Mistakes

HEAD = """\
connections: {usage: {connector: files, path: x.csv}}
metrics:
  used: {count: event}
  seats: {sum: event.value}
  days: {days_since: event.at}
  stage: {latest: event.name}
  odd: reopened
scorecards:
  default:
    model: weighted
    bands: {critical: 0, at_risk: 50, healthy: 75}
"""


def text(rest: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in rest.strip().splitlines())


def signals(rest: str) -> str:
    return text(f"signals: {{{rest}}}")


def read_card(read: Load, rest: str) -> Scorecard:
    return read(text(rest)).scorecards["default"]


@pytest.mark.parametrize(
    ("rest", "shape"),
    [
        ("used: {steps: [[0, 0], [10, 60]]}", Shape(name="steps", options={"steps": [[0, 0], [10, 60]]})),
        (
            "used: {thresholds: {at_risk: [0, 3], neutral: [3, 6], healthy: [6, 9]}}",
            Shape(name="thresholds", options={"thresholds": {"at_risk": [0, 3], "neutral": [3, 6], "healthy": [6, 9]}}, out=(0, 10)),
        ),
        ("used: {shape: ratio, of: seats}", Shape(name="ratio", options={"of": "seats"})),
        ("used: {shape: growth, of: seats, out: [0, 10]}", Shape(name="growth", options={"of": "seats"}, out=(0, 10))),
        ("used: {shape: growth}", Shape(name="growth")),
        ("used: {shape: percentile}", Shape(name="percentile")),
        ("used: {shape: own_baseline}", Shape(name="own_baseline")),
        ("used: {shape: log, bad: 0, good: 99}", Shape(name="log", options={"from": [0, 0.0], "to": [99, 100.0]})),
        (
            "used: {matrix: {by: days, cells: [{upto: 60}, {upto: 180, bad: 0, good: 50}, {bad: 0, good: 75}]}}",
            Shape(
                name="matrix",
                options={
                    "by": "days",
                    "cells": [
                        {"upto": 60},
                        {"upto": 180, "shape": Shape(name="linear", options={"from": [0, 0.0], "to": [50, 100.0]})},
                        {"shape": Shape(name="linear", options={"from": [0, 0.0], "to": [75, 100.0]})},
                    ],
                },
            ),
        ),
    ],
)  # fmt: skip
def test_a_shape_is_read(read: Load, rest: str, shape: Shape) -> None:
    assert read(signals(rest)).scorecards["default"].root.signals[0].shape == shape


def test_points_in_a_matrix_have_the_range_of_the_card(read: Load) -> None:
    cells = "[{is: login, tiers: [[0, 1, 0], [1, null, 7]]}, {is: [a, b], values: {x: 3}}]"
    rest = text(f"max: 80\nsignals: {{used: {{matrix: {{by: stage, cells: {cells}}}}}}}")
    card = read(rest).scorecards["default"]
    assert card.root.signals[0].shape.out == (0, 80)


def test_a_metric_a_shape_needs_counts_for_the_hash(read: Load) -> None:
    rest = signals("used: {shape: ratio, of: seats}")
    first = read(rest).scorecards["default"]
    assert read(rest.replace("sum: event.value", "max: event.value")).scorecards["default"].hash != first.hash
    assert '"seats"' in first.text


def test_groups_say_how_they_combine(read: Load) -> None:
    rest = """
combine: worst_of
good: 80
round: each_level
groups:
  a: {combine: min, signals: {used: {bad: 0, good: 9}}}
  b: {combine: points, cap: 100, signals: {seats: {from: [0, 0], to: [9, 70]}, days: {from: [0, 0], to: [9, 70]}}}
"""
    card = read_card(read, rest)
    assert (card.root.combine, card.root.poor, card.root.good, card.round_levels) == ("worst_of", 50, 80, True)
    assert [(part.combine, part.cap) for part in card.root.groups] == [("min", None), ("points", 100)]
    assert card.root.groups[1].signals[0].shape.out == (0, 70)


def test_a_group_inside_points_counts_points(read: Load) -> None:
    rest = """
combine: points
signals: {used: {from: [0, 0], to: [9, 60]}}
groups: {more: {signals: {seats: {from: [0, 0], to: [9, 40]}}}}
"""
    assert read_card(read, rest).root.groups[0].combine == "points"


def test_a_weighted_card_may_have_another_scale(read: Load) -> None:
    card = read(
        signals("used: {bad: 0, good: 9}")
        .replace("50, healthy: 75", "4, healthy: 7")
        .replace("model:", "max: 10\n    model:")
    )
    found = card.scorecards["default"]
    assert (found.low, found.high, found.root.signals[0].shape.out) == (0, 10, (0, 10))


def test_missing_data_is_read(read: Load) -> None:
    card = read_card(read, "signals: {used: {bad: 0, good: 9, missing: last(30d), ttl: 90d, age: days}}")
    found = card.root.signals[0]
    assert (found.missing, found.last_for, found.ttl, found.age) == (
        "last",
        timedelta(days=30),
        timedelta(days=90),
        "days",
    )


def test_rules_are_read(read: Load) -> None:
    rest = """
signals: {used: {bad: 0, good: 9}}
adjust:
  - {when: "seats > 3 and stage == 'x'", points: -10, text: too many}
  - {when: "odd > 3", cap: 60, text: odd}
  - {when: "odd == 'no'", floor: 20, text: even}
  - {when: used is None, veto: critical, text: gone}
"""
    rules = read_card(read, rest).adjust
    assert [(rule.points, rule.cap, rule.floor, rule.veto) for rule in rules] == [
        (-10, None, None, None), (None, 60, None, None), (None, None, 20, None), (None, None, None, "critical"),
    ]  # fmt: skip
    assert rules[0].metrics == ("seats", "stage")
    assert rules[0].when({"seats": 4, "stage": "x"}) is True
    assert rules[0].when({"seats": None, "stage": "x"}) is None
    assert rules[3].when({}) is True


LINE = "bad: 0, good: 9"
POINTS = "combine: points\nsignals: {used: {from: [0, 0], to: [9, %s]}, seats: {from: [0, 0], to: [9, 40]}}"

#: (what is added to the card, line:column, the end of the path, part of the message, part of the hint)
ONE_MISTAKE = {
    "shape nobody knows": ("signals: {used: {shape: grwth}}", "12:29", "used.shape", "there is no shape grwth", "did you mean growth?"),
    "of without a shape": ("signals: {used: {of: seats}}", "12:22", "used.of", "needs a shape", "shape: ratio or growth"),
    "of an unknown metric": ("signals: {used: {shape: ratio, of: seat}}", "12:40", "used.of", "there is no metric seat", "seats?"),
    "of a text": ("signals: {used: {shape: ratio, of: stage}}", "12:40", "used.of", "the metric stage gives no number", None),
    "of a list": ("signals: {used: {shape: ratio, of: [a]}}", "12:40", "used.of", "needs the name of a metric", None),
    "ratio without of": ("signals: {used: {shape: ratio}}", "12:21", "used", "ratio needs of", None),
    "spans with a gap": (
        "signals: {used: {thresholds: {at_risk: [0, 3], neutral: [4, 6], healthy: [6, 9]}}}", "12:21", "used",
        "neutral must begin where at_risk ends", None,
    ),
    "steps that fall": ("signals: {used: {steps: [[1, 0], [0, 9]]}}", "12:21", "used", "step 2: it must begin above", None),
    "key of another shape": ("signals: {used: {steps: [[1, 0]], of: seats}}", "12:39", "used.of", "is no known key of steps", None),
    "matrix that is none": ("signals: {used: {shape: matrix}}", "12:21", "used", "matrix needs by: and cells:", "tenure_days"),
    "matrix without cells": ("signals: {used: {matrix: {by: days}}}", "12:30", "used.matrix", "needs by: (a metric) and cells:", "upto"),
    "matrix by nothing known": (
        "signals: {used: {matrix: {by: dys, cells: [{bad: 0, good: 9}]}}}", "12:35", "used.matrix.by", "no metric dys", "days?",
    ),
    "matrix by a text with numbers": (
        "signals: {used: {matrix: {by: stage, cells: [{upto: 3, bad: 0, good: 9}]}}}", "12:35", "used.matrix.by", "gives no number", None,
    ),
    "typo in a matrix": (
        "signals: {used: {matrix: {by: days, cell: [], cells: [{bad: 0, good: 9}]}}}", "12:41", "used.matrix.cell",
        "is no known key of matrix", "cells?",
    ),
    "typo in a cell": (
        "signals: {used: {matrix: {by: days, cells: [{upto: 3, bda: 0}]}}}", "12:59", "used.matrix.cells.0.bda", "is no known key", "bad?",
    ),
    "cells in no order": (
        "signals: {used: {matrix: {by: days, cells: [{upto: 3, bad: 0, good: 9}, {upto: 2, bad: 0, good: 9}]}}}", "12:21", "used",
        "cell 2: its upto: must be above", None,
    ),
    "unknown way to combine": ("combine: median\nsignals: {used: {bad: 0, good: 9}}", "12:14", "combine", "needs one of weighted, mean", None),
    "weights in a mean": (
        "combine: mean\nsignals: {used: {bad: 0, good: 9, weight: 2}}", "13:47", "used.weight", "combines by mean", "combine: weighted",
    ),
    "cap outside points": ("cap: 5\nsignals: {used: {bad: 0, good: 9}}", "12:10", "cap", "belongs to `combine: points`", "delete it"),
    "poor above good": (
        "combine: worst_of\npoor: 90\nsignals: {used: {bad: 0, good: 9}}", "13:11", "poor", "90 has to be at most good, which is 75", None,
    ),
    "weights inside points": (
        "combine: points\ngroups: {a: {combine: mean, signals: {used: {from: [0, 0], to: [9, 100]}}}}", "13:27", "a.combine",
        "cannot stand inside a group of points", "delete it",
    ),
    "points that do not make up the scale": (POINTS % 50, "10:5", "default", "sum to 90, and have to sum to 100", "out:"),
    "capped points that cannot reach it": (
        "cap: 99\n" + POINTS % 80, "10:5", "default", "sum to 99, and have to sum to 100 at least", "out:",
    ),
    "levels of points": (
        "combine: points\nround: each_level\nsignals: {used: {from: [0, 0], to: [9, 100]}}", "13:12", "round",
        "means nothing in a card that counts points", "delete it",
    ),
    "points without their number": (
        "combine: points\nsignals: {used: {bad: 0, good: 9}}", "13:21", "used", "how many points bad and good are", "out:",
    ),
    "unknown policy": (
        "signals: {used: {bad: 0, good: 9, missing: nutral}}", "12:48", "used.missing", 'needs one of skip, neutral', "neutral?",
    ),
    "last without a time": ("signals: {used: {bad: 0, good: 9, missing: last}}", "12:48", "used.missing", "last(30d)", "write last(30d)"),
    "last with no duration": (
        "signals: {used: {bad: 0, good: 9, missing: last(30)}}", "12:48", "used.missing", "last(…): needs a unit", "write last(30d)",
    ),
    "ttl without an age": ("signals: {used: {bad: 0, good: 9, ttl: 30d}}", "12:44", "used.ttl", "needs age: beside it", "days_since"),
    "age that is no metric": (
        "signals: {used: {bad: 0, good: 9, ttl: 30d, age: dys}}", "12:54", "used.age", "there is no metric dys", "days?",
    ),
    "rule without an effect": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", text: x}]', "13:14", "adjust.0", "changes nothing", "exactly one",
    ),
    "rule with two": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", text: x, cap: 3, points: 2}]', "13:14", "adjust.0",
        "has points and cap", "exactly one",
    ),
    "rule over an unknown metric": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "usd > 3", text: x, cap: 3}]', "13:22", "adjust.0.when", "usd is not known here",
        "used?",
    ),
    "rule over the score": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "score > 3", text: x, cap: 3}]', "13:22", "adjust.0.when",
        "score is not known here", None,
    ),
    "rule without a reason": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", cap: 3}]', "13:14", "adjust.0.text", "is missing", "the reason",
    ),
    "cap nobody reaches": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", text: x, cap: 300}]', "13:47", "adjust.0.cap",
        "300 is outside 0 to 100", None,
    ),
    "veto of no band": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", text: x, veto: at_rsk}]', "13:48", "adjust.0.veto",
        "there is no band at_rsk", "at_risk?",
    ),
    "veto of the best band": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", text: x, veto: healthy}]', "13:48", "adjust.0.veto",
        "healthy is the best band anyway", "best band that is left",
    ),
    "penalty of nothing": (
        'signals: {used: {bad: 0, good: 9}}\nadjust: [{when: "used > 3", text: x, points: 0}]', "13:50", "adjust.0.points",
        "0 points change nothing", "delete the rule",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONE_MISTAKE)
def test_a_mistake_has_its_place_and_says_what_to_do(mistakes: Mistakes, name: str) -> None:
    rest, place, path, message, hint = ONE_MISTAKE[name]
    (found,) = mistakes(text(rest))
    assert (f"{found.line}:{found.column}", message in found.message, found.path.endswith(path)) == (
        place,
        True,
        True,
    ), found
    assert hint is None or hint in (found.hint or ""), found


def test_combining_belongs_to_weighted_cards(mistakes: Mistakes) -> None:
    rest = text("combine: mean\nsignals: {used: {tiers: [[0, 1, 2]]}}").replace("model: weighted", "model: additive")
    (found,) = mistakes(rest.replace("50, healthy: 75", "5, healthy: 7"))
    assert "means nothing in a card whose model is additive" in found.message


def test_the_schema_takes_all_of_it(registry: Registry) -> None:
    rest = """
combine: worst_of
round: each_level
adjust: [{when: "seats > 3", points: -10, text: too many}]
groups:
  a: {combine: min, signals: {used: {bad: 0, good: 9, missing: last(30d), ttl: 90d, age: days}}}
  b: {combine: mean, signals: {seats: {shape: ratio, of: used}, days: {matrix: {by: stage, cells: [{is: x, bad: 0, good: 9}]}}}}
"""
    data = YAML(typ="safe", pure=True).load(text(rest))
    schema = jsonschema.Draft202012Validator(json_schema(registry))
    assert [error.message for error in schema.iter_errors(data)] == []
    wrong = YAML(typ="safe", pure=True).load(text(rest).replace("shape: ratio", "shape: rtio"))
    assert list(schema.iter_errors(wrong))
