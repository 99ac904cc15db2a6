"""Questions about series, beside plain arithmetic with fractions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.expr.instant import DAY
from cshub.expr.periods import series
from cshub.model import Scalar, Series

values = st.lists(st.integers(-50, 50), min_size=1, max_size=12)


def told(ask: str, newest_first: Sequence[int | None], *, function: str = "sum", length: int = DAY) -> Scalar:
    """The answer about one value a period, newest first; None is a period without rows."""
    rows = [(age, value) for age, value in enumerate(newest_first, 1) if value is not None]
    ages, amounts = ",".join(str(age) for age, _ in rows), ",".join(f"{value}.0" for _, value in rows)
    first = max((age for age, _ in rows), default=None)
    gathered = None if first is None else f"{first};{ages};{amounts}"
    return series(function, Series(ask=ask), length, 28)(gathered)


@given(values)
def test_least_squares_is_the_textbook_s(found: list[int]) -> None:
    points = [(Fraction(-age), Fraction(value)) for age, value in enumerate(found, 1)]
    mean_x, mean_y = sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)
    below = sum((x - mean_x) ** 2 for x, _ in points)
    expected = sum((x - mean_x) * (y - mean_y) for x, y in points) / below if below else None
    check(told("least_squares", found), found, expected)


@given(values)
def test_theil_sen_is_the_median_of_all_slopes(found: list[int]) -> None:
    points = list(enumerate(found))
    slopes = [Fraction(newer - older, then - now) for (now, newer), (then, older) in combinations(points, 2)]
    check(told("theil_sen", found), found, median(slopes) if slopes else None)


@given(values)
def test_own_baseline_is_the_distance_from_the_median_in_deviations(found: list[int]) -> None:
    middle = Fraction(median(map(Fraction, found)))
    deviation = Fraction(median(abs(value - middle) for value in found))
    expected = (found[0] - middle) / max(Fraction(14_826, 10_000) * deviation, Fraction(1, 10**9))
    check(told("own_baseline", found), found, expected)


def check(answer: Scalar, found: list[int], expected: Fraction | None) -> None:
    assert (answer is None) is (len(found) < 5)
    if answer is not None and expected is not None:
        assert answer == pytest.approx(float(expected), rel=1e-12, abs=1e-9)


def test_a_slope_is_per_day_whatever_the_length_of_a_period() -> None:
    assert told("least_squares", [50, 40, 30, 20, 10], length=7 * DAY) == pytest.approx(10 / 7, abs=1e-9)
    assert told("theil_sen", [50, 40, 30, 20, 10], length=DAY // 2) == 20.0


def test_one_wild_day_does_not_move_the_median_of_slopes() -> None:
    assert told("theil_sen", [9, 8, 7, 600, 5, 4, 3, 2, 1]) == 1.0


def test_an_empty_period_is_a_zero_for_a_sum_and_nothing_for_a_mean() -> None:
    gaps = [6, None, None, 6, 6, 6, 6]
    assert told("own_baseline", gaps, function="sum") == 0.0
    assert told("own_baseline", [6, None, None, 6, 6, 6], function="avg") is None
    assert told("least_squares", gaps, function="avg") == 0.0


def test_of_several_rows_in_a_period_the_function_decides() -> None:
    gathered = "5;1,1,2,3,4,5;4.0,8.0,0.0,0.0,0.0,0.0"
    for function, newest in (("sum", 12.0), ("avg", 6.0), ("min", 4.0), ("max", 8.0)):
        answer = series(function, Series(ask="own_baseline"), DAY, 28)(gathered)
        assert answer == newest * 1e9


def test_no_period_before_the_first_row_is_a_zero() -> None:
    assert told("theil_sen", [1, 1, 1, 1]) is None
    assert series("count", Series(ask="theil_sen"), DAY, 28)("4;1,2,3;") is None
    assert series("count", Series(ask="theil_sen"), DAY, 28)("5;1,2,3;") == pytest.approx(7 / 24, abs=1e-9)


@pytest.mark.parametrize(
    ("ages", "in_a_row"), [(None, 0), ("0", 1), ("1", 1), ("2", 0), ("0,1,2,4", 3), ("3,2,1", 3), ("5,0", 1)]
)
def test_periods_with_a_row_are_counted_back_and_this_one_may_still_come(ages: str | None, in_a_row: int) -> None:
    assert series("count", Series(ask="with"), DAY, 28)(ages) == in_a_row


@pytest.mark.parametrize(("newest", "without"), [(None, None), (0, 0), (1, 0), (2, 1), (9, 8)])
def test_complete_periods_since_the_newest_row_have_none(newest: int | None, without: int | None) -> None:
    assert series("count", Series(ask="without"), DAY, 28)(newest) == without
