"""The weights of SCORING §2, to the last digit."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.expr.decaying import decayed, weights
from cshub.model import Decay

DAY = timedelta(days=1)
LINEAR = Decay(rate=Fraction(1, 2), per=30 * DAY)
HALVING = Decay(half_life=30 * DAY)


def aged(decay: Decay, days: int, amount: str = "10.0") -> object:
    """What ten weigh at an age."""
    table, _ = weights(decay)
    gathered = f"{days};{amount}" if days < len(table) else ";"
    return decayed("sum", decay)(gathered)


@pytest.mark.parametrize(("days", "left"), [(0, 10.0), (15, 7.5), (30, 5.0), (45, 2.5), (60, 0.0), (75, 0.0)])
def test_half_a_month_s_worth_is_lost_in_a_month(days: int, left: float) -> None:
    assert aged(LINEAR, days) == left


@pytest.mark.parametrize(("days", "left"), [(0, 10.0), (15, 7.071067812), (30, 5.0), (60, 2.5), (90, 1.25)])
def test_half_is_left_after_each_half_life(days: int, left: float) -> None:
    assert aged(HALVING, days) == left


def test_a_ten_point_event_has_five_points_after_one_month() -> None:
    assert (aged(LINEAR, 30), aged(HALVING, 30)) == (5.0, 5.0)


def test_the_weight_of_a_half_life_is_exact_to_twenty_digits() -> None:
    table, one = weights(HALVING)
    for age in (1, 7, 29, 31, 365):
        power = Fraction(table[age], one) ** 30  # (2^(−a/30))^30 = 2^−a
        assert abs(power * 2**age - 1) < Fraction(1, 10**11) * 2 ** (age // 10)


def test_what_has_halved_sixty_four_times_is_left_out() -> None:
    table, one = weights(HALVING)
    assert len(table) == 64 * 30 + 1
    assert Fraction(table[-1], one) < Fraction(1, 10**19)


@given(st.lists(st.tuples(st.integers(0, 59), st.integers(-(10**12), 10**12)), min_size=1, max_size=8), st.randoms())
def test_the_order_of_rows_decides_nothing(rows: list[tuple[int, int]], chance: object) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # random.Random
    for function in ("count", "sum", "avg"):
        reduce = decayed(function, HALVING)
        assert reduce(gathered(rows)) == reduce(gathered(shuffled))


@given(st.lists(st.tuples(st.integers(0, 59), st.integers(-(10**9), 10**9)), min_size=1, max_size=8))
def test_a_linear_decay_is_what_fractions_give(rows: list[tuple[int, int]]) -> None:
    shares = [max(Fraction(0), 1 - Fraction(age, 60)) for age, _ in rows]
    total = sum(share * amount for share, (_, amount) in zip(shares, rows, strict=True))
    assert decayed("sum", LINEAR)(gathered(rows)) == pytest.approx(float(total), rel=1e-12, abs=1e-9)
    assert decayed("count", LINEAR)(gathered(rows)) == pytest.approx(float(sum(shares)), rel=1e-12, abs=1e-9)
    assert decayed("avg", LINEAR)(gathered(rows)) == pytest.approx(float(total / sum(shares)), rel=1e-12, abs=1e-9)


def test_a_customer_without_rows_counts_nothing_and_sums_nothing() -> None:
    assert [decayed(function, LINEAR)(None) for function in ("count", "sum", "avg")] == [0.0, None, None]


def test_rows_that_all_weigh_nothing_sum_to_zero_and_have_no_mean() -> None:
    assert [decayed(function, LINEAR)(";") for function in ("count", "sum", "avg")] == [0.0, 0.0, None]


def gathered(rows: list[tuple[int, int]]) -> str:
    return f"{','.join(str(age) for age, _ in rows)};{','.join(f'{amount}.0' for _, amount in rows)}"
