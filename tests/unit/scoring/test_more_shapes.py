"""Every further shape of SCORING §1: its vectors to the last digit, hostile values, and the mistakes in its options."""

from __future__ import annotations

import decimal
import math
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import Scalar, Shape
from cshub.scoring import check, points
from cshub.scoring.shapes import second_metric, shaper
from tests.unit.scoring.making import micro

SPANS = {"at_risk": [0, 30], "neutral": [30, 60], "healthy": [60, 100]}
CATALYST = Shape(name="thresholds", options={"thresholds": SPANS}, out=(0, 10))
FALLING = Shape(
    name="thresholds",
    options={"thresholds": {"at_risk": [90, 30], "neutral": [30, 10], "healthy": [10, 0]}},
    out=(0, 10),
)
STEPS = Shape(name="steps", options={"steps": [[0, 0], [10, 60], [50, 100]]})
OPEN_STEPS = Shape(name="steps", options={"steps": [[None, 1], [10, 5], [50, 10]]}, out=(1, 10))
SEATS = Shape(name="ratio", options={"of": "seats"})
GROWTH = Shape(name="growth")
GROWTH_OF = Shape(name="growth", options={"of": "mean_12"})
LOG = Shape(name="log", options={"from": [0, 0], "to": [1023, 100]})
RANK = Shape(name="percentile")
USUAL = Shape(name="own_baseline")
YOUNG = Shape(name="tiers", options={"tiers": [[0, 10, 0], [10, 50, 50], [50, 100, 100]]})
GROWN = Shape(name="tiers", options={"tiers": [[0, 50, 0], [50, 75, 50], [75, 100, 100]]})
LICENCES = Shape(
    name="matrix",
    options={
        "by": "tenure_days",
        "cells": [{"upto": 60}, {"upto": 180, "shape": YOUNG}, {"upto": 270, "shape": GROWN}, {"shape": GROWN}],
    },
)
STAGES = Shape(
    name="matrix",
    options={"by": "stage", "cells": [{"is": ["trial", "new"], "shape": YOUNG}, {"is": "live", "shape": GROWN}]},
)
ALL = [CATALYST, FALLING, STEPS, OPEN_STEPS, SEATS, GROWTH, GROWTH_OF, LOG, RANK, USUAL, LICENCES, STAGES]
HOSTILE: list[Scalar] = [
    math.nan, math.inf, -math.inf, 1e308, 10**400, -(10**5000), "text", "", None, datetime(2026, 1, 1, tzinfo=UTC),
]  # fmt: skip

#: (shape, value, the second metric's value, points)
VECTORS: list[tuple[Shape, Scalar, Scalar, float]] = [
    (CATALYST, -5, None, 1), (CATALYST, 0, None, 1), (CATALYST, 15, None, 2), (CATALYST, 30, None, 3),
    (CATALYST, 30.000000001, None, 4), (CATALYST, 45, None, 5.5), (CATALYST, 60, None, 7), (CATALYST, 80, None, 9),
    (CATALYST, 96, None, 9.8), (CATALYST, 88, None, 9.4), (CATALYST, 100, None, 10), (CATALYST, 400, None, 10),
    (FALLING, 100, None, 1), (FALLING, 60, None, 2), (FALLING, 30, None, 3), (FALLING, 20, None, 5.5), (FALLING, 5, None, 9),
    (FALLING, 0, None, 10), (FALLING, -1, None, 10),
    (STEPS, 0, None, 0), (STEPS, 9.99, None, 0), (STEPS, 10, None, 60), (STEPS, 50, None, 100), (STEPS, 1e9, None, 100),
    (OPEN_STEPS, -7, None, 1), (OPEN_STEPS, 10, None, 5), (OPEN_STEPS, 51, None, 10),
    (SEATS, 30, 40, 75), (SEATS, 1, 3, 33.333333), (SEATS, 50, 40, 100), (SEATS, -1, 40, 0), (SEATS, 0, 40, 0),
    (GROWTH, 1.22, None, 61), (GROWTH, 0.88, None, 44), (GROWTH, 3, None, 100), (GROWTH, -1, None, 0),
    (GROWTH_OF, 122, 100, 61), (GROWTH_OF, 88, 100, 44),
    (LOG, 0, None, 0), (LOG, 1, None, 10), (LOG, 3, None, 20), (LOG, 31, None, 50), (LOG, 1023, None, 100), (LOG, 5000, None, 100),
    (LOG, 99, None, 66.438562),
    (RANK, 0, None, 0), (RANK, 37.5, None, 37.5), (RANK, 100, None, 100),
    (USUAL, 0, None, 50), (USUAL, 1, None, 73.105858), (USUAL, -1, None, 26.894142), (USUAL, 2.5, None, 92.414182),
    (USUAL, 1e9, None, 100), (USUAL, -1e9, None, 0),
    (LICENCES, 40, 120, 50), (LICENCES, 40, 210, 0), (LICENCES, 76, 999, 100), (LICENCES, 40, 180, 50), (LICENCES, 40, 180.1, 0),
    (STAGES, 40, "trial", 50), (STAGES, 40, "live", 0),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "value", "second", "wanted"), VECTORS)
def test_a_value_earns_its_points(shape: Shape, value: Scalar, second: Scalar, wanted: float) -> None:
    assert points(shape, value, second) == micro(wanted)


@pytest.mark.parametrize(
    "value", HOSTILE, ids=lambda value: f"{type(value).__name__}{str(value)[:6] if not isinstance(value, int) else ''}"
)
@pytest.mark.parametrize("shape", ALL, ids=lambda shape: shape.name)
def test_a_hostile_value_is_missing_with_a_reason(shape: Shape, value: Scalar) -> None:
    second: Scalar = {"by": 100, "of": 5}.get(next(iter(shape.options), "")) if shape is not STAGES else "live"
    answer = shaper(shape)(value, second)
    assert answer.micro is None
    assert answer.reason


@pytest.mark.parametrize(
    ("shape", "value", "second", "reason"),
    [
        (STEPS, -1, None, "-1 is below the first step"),
        (SEATS, 3, 0, "seats is 0: there is nothing to divide by"),
        (SEATS, 3, -2, "seats is -2: there is nothing to divide by"),
        (SEATS, 3, None, "seats: there is no value"),
        (SEATS, 3, math.nan, "seats: the number is not finite or too large"),
        (GROWTH_OF, 3, 0.0, "mean_12 is 0.0: there is nothing to divide by"),
        (LOG, -1, None, "-1 is below 0, and log counts from 0"),
        (RANK, 101, None, "101 is no rank from 0 to 100"),
        (LICENCES, 40, None, "tenure_days is missing, and what counts depends on it"),
        (STAGES, 40, "partner", "no cell is for stage partner"),
    ],
)
def test_what_has_no_points_says_why(shape: Shape, value: Scalar, second: Scalar, reason: str) -> None:
    assert shaper(shape)(value, second) == (None, reason, False)


def test_a_cell_without_a_shape_is_not_judged() -> None:
    answer = shaper(LICENCES)(5, 30)
    assert (answer.micro, answer.outside) == (None, True)


def test_the_second_metric_is_named() -> None:
    assert [second_metric(shape) for shape in (SEATS, GROWTH_OF, LICENCES, GROWTH, LOG)] == [
        "seats", "mean_12", "tenure_days", None, None,
    ]  # fmt: skip


def test_shapes_from_0_to_100_fill_their_declared_range() -> None:
    assert points(Shape(name="growth", out=(-5, 5)), 1.22) == micro(1.1)
    assert points(Shape(name="percentile", out=(0, 10)), 25) == micro(2.5)
    assert shaper(Shape(name="own_baseline", out=(-1, 1)), onto=(Fraction(0), Fraction(10)))(0).micro == micro(5)


def test_curves_do_not_depend_on_the_decimal_context_of_the_moment() -> None:
    with decimal.localcontext() as context:
        context.prec = 3
        context.rounding = decimal.ROUND_UP
        assert points(LOG, 98.5) == 66_366_246
        assert points(USUAL, 0.123456789) == 53_082_506


@pytest.mark.parametrize(
    ("name", "options", "mistake"),
    [
        ("thresholds", {"thresholds": {"at_risk": [0, 1]}}, "thresholds is a mapping of at_risk, neutral, healthy to [worst, best]"),
        ("thresholds", {"thresholds": {**SPANS, "neutral": [30]}}, "neutral is [worst, best], not [30]"),
        ("thresholds", {"thresholds": {**SPANS, "neutral": [31, 60]}}, "thresholds: neutral must begin where at_risk ends"),
        ("thresholds", {"thresholds": {**SPANS, "healthy": [60, 50]}}, "thresholds: all three spans must run in one direction"),
        ("steps", {"steps": [[0, 1], [0, 2]]}, "step 2: it must begin above the one before it"),
        ("steps", {"steps": [[0, 1], [None, 2]]}, "step 2: only the first may have no beginning"),
        ("steps", {"steps": [[0, 1, 2]]}, "a step is [from, points], not [0, 1, 2]"),
        ("steps", {"steps": 5}, "steps is a list of [from, points]"),
        ("steps", {"steps": [[0, 101]]}, "101 points are outside its range 0 to 100"),
        ("ratio", {}, "ratio needs of"),
        ("ratio", {"of": 5}, "of is the name of a metric"),
        ("log", {"from": [-1, 0], "to": [9, 9]}, "log counts from 0: neither end may be below"),
        ("log", {"from": [1, 0], "to": [1, 9]}, "the two ends must be at different values"),
        ("percentile", {"of": "x"}, "percentile has no option of"),
        ("matrix", {"by": "a", "cells": []}, "cells is a list of {upto: …} or {is: …}, each with a shape"),
        ("matrix", {"by": "", "cells": [{"shape": YOUNG}]}, "by is the name of a metric"),
        ("matrix", {"by": "a", "cells": [5]}, "cell 1 is a mapping"),
        ("matrix", {"by": "a", "cells": [{"shape": YOUNG}, {"upto": 1, "shape": YOUNG}]}, "cell 1: only the last may be for everything else"),
        ("matrix", {"by": "a", "cells": [{"upto": 2, "shape": YOUNG}, {"upto": 1, "shape": YOUNG}]},
         "cell 2: its upto: must be above that of the cell before it"),
        ("matrix", {"by": "a", "cells": [{"is": "x", "shape": YOUNG}, {"is": ["y", "x"], "shape": YOUNG}]}, "cell 2: x has a cell already"),
        ("matrix", {"by": "a", "cells": [{"upto": 1, "is": "x"}]}, "cell 1: write either upto: or is:"),
        ("matrix", {"by": "a", "cells": [{"shape": Shape(name="lineer")}]}, "cell 1: there is no shape lineer"),
        ("matrix", {"by": "a", "cells": [{"shape": LICENCES}]}, "cell 1: a matrix inside a matrix"),
        ("matrix", {"by": "a", "cells": [{"upto": 5}]}, "no cell has a shape"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_a_sentence(name: str, options: dict[str, object], mistake: str) -> None:
    assert any(mistake in found for found in check(Shape(name=name, options=options)))


def test_points_of_a_cell_stay_in_the_range_of_the_matrix() -> None:
    wide = Shape(name="growth", out=(0, 200))
    assert check(Shape(name="matrix", options={"by": "a", "cells": [{"shape": wide}]})) == [
        "200 points are outside its range 0 to 100"
    ]


numbers = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-1000, 1000) | st.floats(0, 1200, allow_nan=False)


@pytest.mark.parametrize(
    "shape", [CATALYST, FALLING, STEPS, OPEN_STEPS, SEATS, GROWTH, LOG, RANK, USUAL], ids=lambda shape: shape.name
)
@given(numbers, numbers)
def test_a_shape_is_monotone_and_stays_in_its_range(shape: Shape, one: float, other: float) -> None:
    low, high = sorted((one, other))
    first, second = points(shape, low, 50), points(shape, high, 50)
    bottom, top = (end * 10**6 for end in shape.out)
    assert all(found is None or bottom <= found <= top for found in (first, second))
    if first is not None and second is not None:
        assert first >= second if shape is FALLING else first <= second
