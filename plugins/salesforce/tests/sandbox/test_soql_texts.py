"""Any text, escaped as Salesforce documents it, means itself; no other text matches it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cshub_salesforce.sandbox.soql import parse_condition
from cshub_salesforce.sandbox.soql.compare import like
from cshub_salesforce.sandbox.soql.tree import Comparison

ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
WILD = {**ESCAPES, "%": "\\%", "_": "\\_"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TRICKY = st.text(st.sampled_from("\\'%_\"n\nub0 "), max_size=12)


def escaped(text: str) -> str:
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def value(condition: str) -> object:
    parsed = parse_condition(condition)
    assert isinstance(parsed, Comparison)
    return parsed.values[0].value


@given(TEXTS | TRICKY)
def test_an_escaped_text_means_itself(text: str) -> None:
    assert value(f"Name = '{escaped(text)}'") == text


@given(TEXTS | TRICKY, TEXTS | TRICKY)
def test_an_escaped_pattern_matches_its_text_alone(text: str, other: str) -> None:
    pattern = "".join(WILD.get(letter, letter) for letter in text)
    test = like(str(value(f"Name LIKE '{pattern}'")))
    assert test(text)
    assert test(other) is False or other.casefold() == text.casefold()


@given(TEXTS | TRICKY, TEXTS | TRICKY)
def test_a_wild_pattern_matches_what_is_around(text: str, around: str) -> None:
    pattern = "".join(WILD.get(letter, letter) for letter in text)
    test = like(str(value(f"Name LIKE '%{pattern}_'")))
    assert test(f"{around}{text}x")
