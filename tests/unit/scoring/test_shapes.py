from __future__ import annotations

import math
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cshub.model import Shape
from cshub.scoring import check, points
from cshub.scoring.shapes import SHAPES, shaper
from tests.unit.scoring.making import micro

#: Missed calls over 20 % cost a point, over 30 % two, one more per further 10 points.
CALLS = Shape(
    name="tiers",
    options={"tiers": [[0, 20, 0], [20, 30, -1], [30, 40, -2], [40, 50, -3], [50, None, -4]]},
    out=(-4, 0),
)
NPS = Shape(name="linear", options={"from": [0, -5], "to": [10, 5]}, out=(-5, 5))
BOUNDED = Shape(name="linear_bounded", options={"from": [0, -5], "to": [10, 5]}, out=(-5, 5))
TIERS = Shape(name="enum", options={"values": {"gold": 100, "silver": "50.5", "true": 10, "3": 7}})
HOSTILE = [
    math.nan,
    math.inf,
    -math.inf,
    1e308,
    10**400,
    -(10**5000),
    "text",
    "",
    None,
    datetime(2026, 1, 1, tzinfo=UTC),
]


@pytest.mark.parametrize(
    ("missed", "impact"), [(20, 0), (20.01, -1), (30, -1), (30.01, -2), (35, -2), (99, -4), (0, 0)]
)
def test_a_call_tracking_page_counts_missed_calls_in_tiers(missed: float, impact: int) -> None:
    assert points(CALLS, missed) == micro(impact)


@pytest.mark.parametrize(("nps", "impact"), [(7, 2), (12, 5), (-1, -5), (0, -5), (10, 5), (7.25, 2.25)])
def test_linear_is_level_outside_its_ends(nps: float, impact: float) -> None:
    assert points(NPS, nps) == micro(impact)


def test_linear_bounded_has_no_impact_outside() -> None:
    assert points(BOUNDED, 7) == micro(2)
    assert points(BOUNDED, 12) is None
    assert shaper(BOUNDED)(12).outside


def test_a_value_in_none_of_the_tiers_is_missing_and_says_so() -> None:
    below = shaper(CALLS)(-0.01)
    assert below.micro is None
    assert not below.outside
    assert below.reason == "-0.01 is in none of the tiers"


def test_bad_may_exceed_good() -> None:
    urgent = Shape(name="linear", options={"from": [5, 0], "to": [0, 100]})
    assert [points(urgent, tickets) for tickets in (0, 1, 4, 5, 6)] == [100_000_000, 80_000_000, 20_000_000, 0, 0]


def test_an_enum_takes_flags_whole_numbers_and_exact_text() -> None:
    assert [points(TIERS, value) for value in ("gold", "silver", True, 3, 3.0)] == [
        100_000_000, 50_500_000, 10_000_000, 7_000_000, 7_000_000,
    ]  # fmt: skip


def test_an_unknown_category_is_missing_and_is_reported() -> None:
    answer = shaper(TIERS)("bronze")
    assert (answer.micro, answer.reason) == (None, "'bronze' is not a known category")


@pytest.mark.parametrize(
    "value", HOSTILE, ids=lambda value: type(value).__name__ + str(value)[:8] if not isinstance(value, int) else "int"
)
@pytest.mark.parametrize("shape", [CALLS, NPS, BOUNDED, TIERS], ids=lambda shape: shape.name)
def test_a_hostile_value_is_missing_with_a_reason_and_never_raises(shape: Shape, value: float) -> None:
    answer = shaper(shape)(value)
    assert answer.micro is None
    assert answer.reason


def test_the_range_is_mapped_before_the_one_rounding() -> None:
    third = Shape(name="linear", options={"from": [0, 1], "to": [3, 10]}, out=(1, 10))
    assert shaper(third, onto=(Fraction(0), Fraction(100)))(1).micro == 33_333_333
    assert shaper(third, onto=(Fraction(0), Fraction(100)))(0).micro == 0
    assert shaper(third, onto=(Fraction(0), Fraction(100)))(3).micro == 100_000_000


@pytest.mark.parametrize(
    ("shape", "mistake"),
    [
        (Shape(name="lineer"), f"there is no shape lineer; there are {', '.join(SHAPES)}"),
        (Shape(name="linear", options={"from": [0, 0]}), "linear needs to"),
        (Shape(name="enum", options={"values": {"a": 1}, "x": 1}), "enum has no option x"),
        (Shape(name="linear", options={"from": [1, 0], "to": [1, 9]}), "the two ends must be at different values"),
        (Shape(name="linear", options={"from": 1, "to": [1, 9]}), "from is [value, points], not 1"),
        (Shape(name="linear", options={"from": [0, 0], "to": [1, 101]}), "101 points are outside its range 0 to 100"),
        (Shape(name="linear", options={"from": ["x", 0], "to": [1, 9]}), "'x' is not a number"),
        (Shape(name="linear", options={"from": ["1e-10", 0], "to": [1, 9]}), "'1e-10' has more than nine decimals"),
        (Shape(name="linear", options={"from": [0, 0], "to": [1, 1]}, out=(1, 1)), "out: the first number must be below the second"),
        (Shape(name="linear", options={"from": [0, 0], "to": [1, 1]}, out=(0, math.nan)), "out: nan is too large or too small"),
        (Shape(name="tiers", options={"tiers": []}), "tiers is a list of [lo, hi, points]"),
        (Shape(name="tiers", options={"tiers": [[1, 2]]}), "a tier is [lo, hi, points], not [1, 2]"),
        (Shape(name="tiers", options={"tiers": [[2, 1, 0]]}), "tier 1: its lower end must be below its upper end"),
        (Shape(name="tiers", options={"tiers": [[0, 1, 0], [2, 3, 1]]}), "tier 2: it must begin where the one before it ends"),
        (
            Shape(name="tiers", options={"tiers": [[0, None, 0], [2, 3, 1]]}),
            "tier 1: only the first may have no lower end, only the last no upper end",
        ),
        (Shape(name="enum", options={"values": {}}), "values is a mapping of categories to points"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_shape_is_said_in_a_sentence(shape: Shape, mistake: str) -> None:
    assert mistake in check(shape)
    with pytest.raises(ValueError, match=r"."):
        shaper(shape)


@pytest.mark.parametrize("shape", [CALLS, NPS, BOUNDED, TIERS], ids=lambda shape: shape.name)
def test_a_good_shape_has_no_mistakes(shape: Shape) -> None:
    assert check(shape) == []


numbers = st.floats(-1e6, 1e6, allow_nan=False) | st.integers(-1000, 1000)
ends = st.integers(-(10**6), 10**6).map(lambda thousandths: thousandths / 1000)


@given(ends, ends, st.integers(0, 100), st.integers(0, 100), numbers, numbers)
def test_linear_is_monotone_and_stays_in_its_range(
    x0: float, x1: float, y0: int, y1: int, one: float, other: float
) -> None:
    assume(x0 != x1)
    shape = Shape(name="linear", options={"from": [x0, y0], "to": [x1, y1]})
    low, high = sorted((one, other))
    first, second = points(shape, low), points(shape, high)
    assert first is not None
    assert second is not None
    assert min(y0, y1) * 10**6 <= first <= max(y0, y1) * 10**6
    assert first <= second if (y1 - y0) * (x1 - x0) >= 0 else first >= second


@given(st.floats(0, 1000, allow_nan=False))
def test_tiers_replace_one_another(missed: float) -> None:
    assert points(CALLS, missed) in {0, -1_000_000, -2_000_000, -3_000_000, -4_000_000}
