from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.scoring.rounding import exact, half_up, to_micro, to_nano, to_step


@pytest.mark.parametrize(
    ("numerator", "denominator", "nearest"),
    [(5, 2, 3), (-5, 2, -2), (1, 2, 1), (-1, 2, 0), (7, 3, 2), (-7, 3, -2), (0, 9, 0)],
)
def test_a_tie_is_rounded_upwards(numerator: int, denominator: int, nearest: int) -> None:
    assert half_up(numerator, denominator) == nearest


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_rounding_is_never_off_by_more_than_half(numerator: int, denominator: int) -> None:
    off = half_up(numerator, denominator) - Fraction(numerator, denominator)
    assert Fraction(-1, 2) < off <= Fraction(1, 2)


def test_a_float_in_a_scorecard_is_the_decimal_people_wrote() -> None:
    assert exact(0.1) == exact("0.1") == Fraction(1, 10)


@pytest.mark.parametrize(
    "number", ["", "ten", None, True, [1], math.nan, math.inf, "1e400", "1e-999", "1" * 50, 10**30]
)
def test_what_is_no_usable_number_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match=r"not a number|too large|too many"):
        exact(number)


def test_points_become_whole_micro_points() -> None:
    assert to_micro("0.0000005") == 1
    assert to_micro(-2.5) == -2_500_000


@pytest.mark.parametrize(("value", "nano"), [(0.29, 290_000_000), (1, 10**9), (-0.5, -500_000_000), (1e-10, 0)])
def test_a_metric_value_counts_to_nine_decimals(value: float, nano: int) -> None:
    assert to_nano(value) == nano


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300, -(10**400)])
def test_a_value_that_is_not_finite_or_huge_counts_as_none(value: float) -> None:
    assert to_nano(value) is None


def test_output_is_rounded_once_to_the_step() -> None:
    assert to_step(78_437_500, 1_000_000) == 78_000_000
    assert to_step(78_500_000, 1_000_000) == 79_000_000
    assert to_step(6_666_667, 10_000) == 6_670_000
