"""Exceptions to the house rules stay few, reasoned and needed."""

from __future__ import annotations

from tests.house.exceptions import EXEMPTIONS
from tests.house.rules import RULES


def test_there_are_at_most_five_exceptions() -> None:
    assert len(EXEMPTIONS) <= 5


def test_every_exception_says_why() -> None:
    assert [exemption.where for exemption in EXEMPTIONS if len(exemption.reason.split()) < 5] == []


def test_every_exception_is_still_needed() -> None:
    found = {(violation.rule, violation.where) for rule in RULES.values() for violation in rule()}
    assert [exemption for exemption in EXEMPTIONS if (exemption.rule, exemption.where) not in found] == []
