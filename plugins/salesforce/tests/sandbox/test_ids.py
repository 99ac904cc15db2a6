"""Ids and their check."""

from __future__ import annotations

import pytest

from cshub_salesforce.sandbox.ids import PREFIXES, check_of, full_id, make_id


@pytest.mark.parametrize(
    ("short", "check"), [("70130000001tcyI", "AAQ"), ("a0BA0000000L2ZC", "MA0"), ("001dM00003jU9Gx", "QAK")]
)
def test_the_check_of_known_ids(short: str, check: str) -> None:
    assert check_of(short) == check
    assert full_id(short) == full_id(short + check) == short + check
    assert full_id((short + check).lower()) == full_id((short + check).upper()) == short + check


def test_what_is_no_id() -> None:
    assert [full_id(text) for text in ("", "short", "70130000001tcy-", 5, None, "70130000001tcyIAAQQ")] == [None] * 6


def test_ids_rise_and_tell_their_object() -> None:
    made = [make_id("Account", number) for number in (1, 61, 62, 100_000)]
    assert made == sorted(made)
    assert {len(key) for key in made} == {18}
    assert all(make_id(name, 7).startswith(prefix) for name, prefix in PREFIXES.items())
