"""Trend and slope: the dead band, what is new, and Theil–Sen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import MICRO
from cshub.scoring.trend import change, slope, trend


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (53.0, 50.0, "improving"),
        (52.999999, 50.0, "stable"),
        (50.0, 50.0, "stable"),
        (47.000001, 50.0, "stable"),
        (47.0, 50.0, "declining"),
        (50.0, None, "new"),
        (None, 50.0, None),
        (None, None, None),
    ],
)
def test_less_than_the_dead_band_is_stable(now: float | None, then: float | None, expected: str | None) -> None:
    whole = [None if points is None else round(points * MICRO) for points in (now, then)]
    assert trend(whole[0], whole[1], 3 * MICRO) == expected


def test_without_a_dead_band_any_change_counts_and_none_is_stable() -> None:
    assert [trend(now, 5, 0) for now in (4, 5, 6)] == ["declining", "stable", "improving"]


def test_a_change_needs_two_scores() -> None:
    assert (change(5, 8), change(None, 8), change(5, None)) == (-3, None, None)


def test_the_slope_is_the_median_of_all_pairs_and_no_outlier_moves_it() -> None:
    line = [(day, 10 * MICRO + 2 * MICRO * day) for day in range(9)]
    assert slope(line) == 2 * MICRO
    assert slope([*line[:-1], (8, 100 * MICRO)]) == 2 * MICRO


def test_an_even_number_of_pairs_has_a_median_between_two() -> None:
    assert slope([(0, 0), (1, 0), (2, 1), (3, 1), (4, 1)]) == 0
    assert slope([(0, 0), (1, 3), (2, 3), (3, 8), (4, 8)]) == 2


def test_four_days_have_no_slope_however_often_they_are_scored() -> None:
    assert slope([(day % 4, day) for day in range(12)]) is None


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 100 * MICRO)), min_size=5, unique_by=lambda point: point[0])
)
def test_the_order_of_the_days_does_not_matter_and_a_mirror_turns_the_sign(points: list[tuple[int, int]]) -> None:
    found = slope(points)
    assert found == slope(points[::-1])
    mirrored = slope([(day, -micro) for day, micro in points])
    assert found is not None
    assert mirrored is not None
    assert abs(found + mirrored) <= 1
