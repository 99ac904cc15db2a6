"""Ids have one form: 18 characters, so that 15-character ids that differ in case alone stay apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub_salesforce.ids import full, is_id

SHORT = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "check"), [("70130000001tcyI", "AAQ"), ("a0BA0000000L2ZC", "MA0"), ("001dM00003jU9Gx", "QAK")]
)
def test_the_recorded_ids_have_their_check(short: str, check: str) -> None:
    assert full(short) == short + check
    assert full(short + check) == short + check


@given(SHORT, SHORT)
def test_different_ids_stay_different_even_without_regard_to_case(one: str, other: str) -> None:
    assert (full(one).lower() == full(other).lower()) == (one == other)


@given(SHORT)
def test_an_id_and_its_swapped_case_are_two_records(short: str) -> None:
    assert (full(short) == full(short.swapcase())) == (short == short.swapcase())


@pytest.mark.parametrize(
    "text", ["", "001", "001dM00003jU9G'", "001dM00003jU9Gx\n", "001dM00003jU9GxQA", "0" * 19, None, 7]
)
def test_what_is_no_id_is_none(text: object) -> None:
    assert not is_id(text)
    with pytest.raises((ValueError, TypeError)):
        full(text)  # type: ignore[arg-type]  # test input
