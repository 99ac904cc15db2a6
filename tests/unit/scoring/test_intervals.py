from __future__ import annotations

import random
from math import comb

import pytest

from cshub.scoring.intervals import Interval, bootstrap, quantile, wilson


def mean(units: dict[int, int]) -> list[float | None]:
    n = sum(units.values())
    return [sum(value * times for value, times in units.items()) / n if n else None]


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (14, 20, 0.481, 0.855),  # SCORING §12
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=6e-4)


def test_wilson_of_nothing_is_nothing() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("hits", "of"), [(0, 5), (5, 5), (3, 7), (20, 20)])
def test_wilson_mirrors_and_stays_between_0_and_1(hits: int, of: int) -> None:
    one, other = wilson(hits, of), wilson(of - hits, of)
    assert one
    assert other
    assert 0 <= one.low <= hits / of <= one.high <= 1
    assert (one.low, one.high) == pytest.approx((1 - other.high, 1 - other.low))


def test_wilson_covers_a_share_about_as_often_as_it_says() -> None:
    share, of = 0.3, 40
    covered = 0.0
    for hits in range(of + 1):
        found = wilson(hits, of)
        assert found
        if found.low <= share <= found.high:
            covered += comb(of, hits) * share**hits * (1 - share) ** (of - hits)
    assert 0.92 < covered < 0.98


def test_the_bootstrap_of_a_mean_is_as_wide_as_its_standard_error() -> None:
    chance = random.Random(1)
    values = [chance.randrange(100) for _ in range(400)]
    looks = {(value,): values.count(value) for value in values}
    (found,) = bootstrap(looks, mean, resamples=800, seed=3)
    middle = sum(values) / 400
    error = (sum((value - middle) ** 2 for value in values) / 400 / 400) ** 0.5
    assert found
    assert (found.high - found.low) / (2 * 1.96 * error) == pytest.approx(1, abs=0.1)
    assert found.low < middle < found.high


def test_units_of_one_customer_are_drawn_together() -> None:
    alone = {(place % 2,): 20 for place in range(2)}
    tied = {(place % 2,) * 10: 2 for place in range(2)}
    (narrow,) = bootstrap(alone, mean, resamples=400, seed=1)
    (wide,) = bootstrap(tied, mean, resamples=400, seed=1)
    assert narrow
    assert wide
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)


def test_the_same_seed_gives_the_same_interval() -> None:
    looks = {(0,): 5, (1,): 9}
    assert bootstrap(looks, mean, resamples=50, seed=7) == bootstrap(looks, mean, resamples=50, seed=7)
    assert bootstrap(looks, mean, resamples=50, seed=7) != bootstrap(looks, mean, resamples=50, seed=8)


def test_a_statistic_that_most_draws_lack_has_no_interval() -> None:
    assert bootstrap({(0,): 3}, lambda units: [None, 1.0], resamples=10, seed=0) == [None, Interval(1.0, 1.0)]


def test_a_quantile_stands_between_its_neighbours() -> None:
    assert [quantile([1, 2, 4], share) for share in (0, 0.25, 0.5, 0.75, 1)] == [1, 1.5, 2, 3, 4]
