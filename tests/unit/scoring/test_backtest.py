from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from cshub.scoring.backtest import Unit, auc, calibration, figures, precision_among, verdict


def unit(score: int | None, churned: bool, *, red: bool = False, green: bool = False) -> Unit:
    return Unit(score, red, green, churned)


def slow_auc(pairs: Sequence[tuple[int, bool]]) -> float:
    """Every pair of one who left and one who stayed."""
    won = [
        1.0 if left < stayed else 0.5 if left == stayed else 0.0
        for left, churned in pairs
        if churned
        for stayed, other in pairs
        if not other
    ]
    return sum(won) / len(won)


@pytest.mark.parametrize("seed", range(20))
def test_the_auc_is_that_of_all_pairs_with_ties_counting_half(seed: int) -> None:
    chance = random.Random(seed)
    pairs = [(chance.randrange(8), chance.random() < 0.4) for _ in range(60)]
    assert auc((score, churned, 1) for score, churned in pairs) == pytest.approx(slow_auc(pairs))


def test_the_auc_of_a_published_example() -> None:
    # Hanley and McNeil 1982, table I: ratings 1–5 of 58 normal and 51 abnormal images, area 0.893 by the trapezoidal rule
    normal, abnormal = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
    pairs = [(-place, False, times) for place, times in enumerate(normal)]
    pairs += [(-place, True, times) for place, times in enumerate(abnormal)]
    assert auc(pairs) == pytest.approx(0.893, abs=5e-4)


def test_there_is_no_auc_without_both_sorts() -> None:
    assert auc([(1, True, 3)]) is None
    assert auc([]) is None


def test_the_figures_of_a_small_table() -> None:
    customers = {
        "a": [unit(10, True, red=True)], "b": [unit(20, True, red=True)], "c": [unit(90, True, green=True)],
        "d": [unit(15, False, red=True)], "e": [unit(60, False)], "f": [unit(80, False, green=True)],
        "g": [unit(None, True)], "h": [unit(85, False, green=True)],
    }  # fmt: skip
    found = figures(customers)
    assert (found.n, found.churns, found.unscored, found.red, found.base_rate) == (8, 4, 1, 3, 0.5)
    assert found.precision.value == pytest.approx(2 / 3)
    assert found.recall.value == pytest.approx(2 / 4)
    assert found.f1.value == pytest.approx(4 / 7)
    assert found.lift.value == pytest.approx(4 / 3)
    assert found.green_at_churn.value == pytest.approx(1 / 4)
    assert found.auc.value == pytest.approx((4 + 3 + 0) / 12)


def test_shares_of_customers_with_one_unit_each_have_wilsons_interval() -> None:
    customers = {str(place): [unit(10, place < 14, red=True)] for place in range(20)}
    found = figures(customers)
    assert found.precision.value == pytest.approx(0.7)
    assert found.precision.interval == pytest.approx((0.48, 0.85), abs=0.006)


def test_several_units_of_a_customer_do_not_pass_for_several_customers() -> None:
    once = {str(place): [unit(place % 10, place % 3 == 0, red=place % 10 < 4)] for place in range(60)}
    often = {name: units * 9 for name, units in once.items()}
    one, nine = figures(once, seed=1), figures(often, seed=1)
    assert one.auc == nine.auc
    assert nine.n == 540
    assert one.precision.interval
    assert nine.precision.interval
    width = nine.precision.interval.high - nine.precision.interval.low
    assert width == pytest.approx(one.precision.interval.high - one.precision.interval.low, abs=0.08)


def test_the_order_of_customers_does_not_matter() -> None:
    customers = {str(place): [unit(place % 7, place % 5 == 0)] for place in range(50)}
    assert figures(customers, seed=2) == figures(dict(reversed(customers.items())), seed=2)


def test_precision_among_the_lowest_takes_its_share_of_equal_ones() -> None:
    pairs = [(1, True, 2), (2, True, 1), (2, False, 3), (3, False, 9)]
    assert precision_among(pairs, 2) == 1
    assert precision_among(pairs, 4) == pytest.approx((2 + 2 / 4) / 4)
    assert precision_among(pairs, 99) == pytest.approx(3 / 15)
    assert precision_among(pairs, 0) is None


def test_briers_score_and_the_bins() -> None:
    risks = [(0.05, False), (0.15, True), (0.95, True), (1.0, True), (0.0, False)]
    found = calibration(risks)
    assert found
    assert found.brier == pytest.approx((0.05**2 + 0.85**2 + 0.05**2) / 5)
    assert found.base == pytest.approx(0.6 * 0.4)
    assert [(one.n, one.churned) for one in found.bins if one.n] == [(2, 0), (1, 1), (2, 2)]
    assert found.bins[9].foretold == pytest.approx(0.975)
    assert found.bins[5].foretold is None
    assert calibration([]) is None


def made(churns: int, gap: int) -> dict[str, list[Unit]]:
    chance = random.Random(5)
    return {
        str(place): [unit(chance.randrange(50) + (0 if place < churns else gap), place < churns)]
        for place in range(200)
    }


@pytest.mark.parametrize(
    ("churns", "gap", "baseline", "said"),
    [
        (19, 40, 0.5, None),
        (60, 40, 0.6, "better than chance and than every baseline"),
        (60, 40, 0.99, "better than chance, but not shown to be better than silence"),
        (60, 0, 0.5, "not shown to be better than chance"),
        (60, -40, 0.5, "upside down"),
    ],
)
def test_the_verdict_says_what_the_interval_allows(churns: int, gap: int, baseline: float, said: str | None) -> None:
    found = verdict(figures(made(churns, gap)), {"silence": baseline})
    assert found is None if said is None else found is not None and said in found
