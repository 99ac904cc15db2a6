"""What is said to be dead never lives: held against the rule itself on every value there can be."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cshub.config.lint.conditions import dead
from cshub.config.lint.domains import COUNT, FLAG, Domain, Domains
from cshub.expr import parse
from cshub.model import Type

NAMES = {"n": Type.NUMBER, "c": Type.INTEGER, "f": Type.FLAG, "t": Type.TEXT, "u": Type.TEXT}
DOMAINS: Domains = {
    "n": Domain(low=-1, high=2), "c": COUNT, "f": FLAG, "t": Domain(words=frozenset({"a", "b"})),
}  # fmt: skip
#: Every value that makes a difference to rules over -2 … 3.
VALUES: dict[str, tuple[object, ...]] = {
    "n": (None, *(number / 4 for number in range(-4, 9))),
    "c": (None, 0, 1, 2, 3, 4),
    "f": (None, True, False),
    "t": (None, "a", "b"),
    "u": (None, "a", "b", "c", "A"),
}

numbers = st.sampled_from(["-2", "-1", "0", "0.5", "1", "2", "3"])
signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
atoms = st.one_of(
    st.builds("{} {} {}".format, st.sampled_from("nc"), signs, numbers),
    st.builds("{} {} {}".format, numbers, signs, st.sampled_from("nc")),
    st.builds("{} {} {} {} {}".format, numbers, st.sampled_from(["<", "<="]), st.sampled_from("nc"), signs, numbers),
    st.builds("{} {} '{}'".format, st.sampled_from("tu"), st.sampled_from(["==", "!="]), st.sampled_from("abc")),
    st.builds("{} {} ('{}', '{}')".format, st.sampled_from("tu"), st.sampled_from(["in", "not in"]), *[st.sampled_from("abc")] * 2),
    st.builds("{} is {}None".format, st.sampled_from("ncftu"), st.sampled_from(["", "not "])),
    st.builds("lower(u) == '{}'".format, st.sampled_from("aA")),
    st.builds("c {} n".format, signs),
    st.sampled_from(["f", "f == True", "f != False", "True", "False", "1 > 2", "n > n", "n + 1 > 2", "startswith(u, 'A')"]),
)  # fmt: skip
rules = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(rules, st.booleans())
def test_a_rule_that_is_said_to_be_dead_is_true_of_nothing(text: str, negated: bool) -> None:
    rule = parse(text, names=NAMES)
    if dead(rule.node, DOMAINS, negated=negated):
        holds = rule.closure()
        rows = [dict(zip(rule.names, row, strict=True)) for row in product(*(VALUES[name] for name in rule.names))]
        assert [row for row in rows if holds(row) is not negated and holds(row) is not None] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("n > 2", "n"),
        ("n < -1", "n"),
        ("c < 0", "c"),
        ("c > 0 and c < 1", "c"),
        ("0 < c < 1", "c"),
        ("c == 0.5", "c"),
        ("n == 1 and n != 1", "n"),
        ("n >= 1 and n < 1", "n"),
        ("n in (1, 2) and n > 2", "n"),
        ("f and not f", "f"),
        ("t == 'c'", "t"),
        ("t == 'a' and t == 'b'", "t"),
        ("t != 'a' and t != 'b'", "t"),
        ("t not in ('a', 'b')", "t"),
        ("u == 'a' and u is None", "u"),
        ("not (n <= 2)", "n"),
        ("not (n <= 2 or c >= 0)", "n"),
        ("lower(u) == 'A'", "u"),
        ("n > n", "n"),
        ("False", None),
        ("1 > 2 or 'a' == 'b'", None),
        ("c < 0 or n > 2 or False", "c"),
    ],
)
def test_a_dead_rule_is_found_with_the_name_to_blame(text: str, name: str | None) -> None:
    found = dead(parse(text, names=NAMES).node, DOMAINS)
    assert found is not None
    assert found.name == name


def test_a_rule_with_very_many_alternatives_is_left_alone() -> None:
    text = " and ".join(f"(n > {number} or c > {number})" for number in range(3, 13))
    assert dead(parse(text, names=NAMES).node, DOMAINS) is None
