from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.expr.amounts import NANO, half_up, nano, number


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", NANO),
        ("-2.5", -2_500_000_000),
        ("-0.5", -500_000_000),
        ("0.0000000005", 1),
        ("1.0e+20", 10**29),
        ("7.1e-08", 71),
    ],
)
def test_a_number_is_read_as_the_database_writes_it(text: str, found: int) -> None:
    assert nano(text) == found


@pytest.mark.parametrize("text", ["Inf", "-Inf", "nan", ""])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Fraction"):
        nano(text)


@given(st.integers(-(10**15), 10**15), st.integers(0, 9))
def test_a_decimal_keeps_every_digit(digits: int, places: int) -> None:
    text = (
        f"{'-' * (digits < 0)}{abs(digits) // 10**places}.{abs(digits) % 10**places:0{places}d}"
        if places
        else str(digits)
    )
    assert Fraction(nano(text), NANO) == Fraction(digits, 10**places)


def test_halves_go_up_and_a_number_beyond_all_others_is_infinite() -> None:
    assert [half_up(n, 2) for n in (-3, -1, 1, 3)] == [-1, 0, 1, 2]
    assert number(10**400) == math.inf
    assert number(-(10**400)) == -math.inf
