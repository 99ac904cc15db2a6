from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from cshub.scoring.attribution import apportion


def test_the_last_units_go_to_the_largest_remainders() -> None:
    assert apportion([1, 1, 1], 3, 1, [0, 1, 2]) == [1, 0, 0]
    assert apportion([5, 4, 1], 10, 1, [0, 1, 2]) == [1, 0, 0]
    assert apportion([-5, 15], 10, 1, [1, 0]) == [-1, 2]


def test_a_total_below_the_parts_takes_from_the_smallest_remainders() -> None:
    assert apportion([20, 11], 10, 2, [0, 1]) == [1, 1]


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=20), st.integers(1, 10**6), st.integers(-3, 3))
def test_parts_always_add_up_to_the_total(numerators: list[int], denominator: int, off: int) -> None:
    total = sum(numerators) // denominator + off
    assert sum(apportion(numerators, denominator, total, range(len(numerators)))) == total


@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=9),
    st.integers(1, 1000),
    st.randoms(use_true_random=False),
)
def test_the_arrangement_of_the_parts_decides_nothing(numerators: list[int], denominator: int, random: Random) -> None:
    order = list(range(len(numerators)))
    total = sum(numerators) // denominator
    plain = apportion(numerators, denominator, total, order)
    mixed = list(order)
    random.shuffle(mixed)
    other = apportion([numerators[place] for place in mixed], denominator, total, mixed)
    assert [plain[place] for place in mixed] == other
