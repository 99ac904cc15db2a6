"""The closure and the SQL of a rule give the same answer for every row, on a real SQLite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cshub.expr import SQLITE
from cshub.expr.instant import from_ms, to_ms
from cshub.model import Type
from tests.unit.expr.making import AS_OF, NAMES, all_names, by_sql, column, fact_table, rule

TEXTS = st.sampled_from(["", "a", "A", "abc", "Abc", "ÄB", "gold", "b", "🙂x", "a b", "2026-01-01"])
NUMBERS = st.sampled_from([0, 1, -1, 2, 0.1, 0.2, 0.3, -2.5, 1e300, 7, 10**12]) | st.floats(-1e6, 1e6, allow_nan=False)
WHOLE = st.sampled_from([0, 1, -1, 5, 2**53, -(2**53), 10**15])
TIMES = st.sampled_from([AS_OF, datetime(2026, 5, 31, 12, tzinfo=UTC), datetime(1969, 1, 1, tzinfo=UTC)])
TIMES |= st.integers(-(2**41), 2**42).map(from_ms)
DATES = st.sampled_from([AS_OF.date(), date(2026, 1, 1)]) | st.dates(date(1, 1, 1), date(9999, 12, 31))
VALUES: Mapping[Type, st.SearchStrategy[object]] = {
    Type.TEXT: TEXTS, Type.NUMBER: NUMBERS, Type.INTEGER: WHOLE, Type.FLAG: st.booleans(), Type.TIME: TIMES, Type.DATE: DATES,
    Type.LIST: st.lists(TEXTS, max_size=3).map(tuple),
}  # fmt: skip

rows = st.fixed_dictionaries({name: st.none() | VALUES[type] for name, type in NAMES.items()})
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
written_texts = TEXTS.map(repr)
written_times = st.sampled_from(["'2026-06-01T12:00:00Z'", "'2026-05-31'", "'1969-01-01T00:00:00+05:30'"])
written_days = st.sampled_from(["'2026-01-01'", "'2026-06-01'", "'0001-01-01'"])
written_numbers = st.sampled_from(["0", "1", "-1", "0.3", "2.5", "1e300", "10", "-2.5"])
text_names, times, days = (st.sampled_from(all_names(type)) for type in (Type.TEXT, Type.TIME, Type.DATE))
flags = st.sampled_from(all_names(Type.FLAG))


def numbers(depth: int) -> st.SearchStrategy[str]:
    plain = st.sampled_from(all_names(Type.NUMBER, Type.INTEGER)) | written_numbers
    plain |= st.builds("{}({})".format, st.sampled_from(["days_since", "days_until"]), times | days)
    if depth == 0:
        return plain
    inner = numbers(depth - 1)
    return plain | st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner) | inner.map("(-{})".format)


def some(written: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(written, min_size=1, max_size=3).map(lambda parts: f"({', '.join(parts)},)")


def comparisons() -> st.SearchStrategy[str]:
    texts = text_names | text_names.map("lower({})".format)
    sides = [
        (numbers(2), numbers(1)),
        (texts, texts | written_texts),
        (times, times | written_times),
        (days, days | written_days),
    ]
    found = [st.builds("({} {} {})".format, left, signs, right) for left, right in sides]
    found += [st.builds("({} {} {} {} {})".format, numbers(1), signs, numbers(0), signs, numbers(1))]
    found += [
        st.builds("({} {} {})".format, flags, st.sampled_from(["==", "!="]), flags | st.sampled_from(["True", "False"]))
    ]
    pairs = [(numbers(0), written_numbers), (texts, written_texts), (times, written_times), (days, written_days)]
    found += [
        st.builds("({} {} {})".format, left, st.sampled_from(["in", "not in"]), some(right)) for left, right in pairs
    ]
    found += [st.builds("({} is {})".format, st.sampled_from(list(NAMES)), st.sampled_from(["None", "not None"]))]
    found += [st.builds("startswith({}, {})".format, texts, written_texts)]
    found += [st.builds("contains({}, {})".format, texts | st.just("tags"), written_texts)]
    return st.one_of(*found, flags)


rules = st.recursive(
    comparisons(),
    lambda part: (
        st.builds("({} {} {})".format, part, st.sampled_from(["and", "or"]), part) | part.map("(not {})".format)
    ),
    max_leaves=6,
)


def same(one: object, other: object) -> bool:
    if isinstance(one, bool):
        return other is not None and one == bool(other)
    return one == other


@settings(max_examples=800, deadline=None)
@given(rules, st.lists(rows, min_size=1, max_size=3))
def test_yes_no_and_unknown_are_the_same_in_python_and_sql(text: str, facts: list[dict[str, object]]) -> None:
    expression, db = rule(text), fact_table()
    run = expression.closure(AS_OF)
    for row in facts:
        assert same(run(row), by_sql(db, expression, row))


@settings(max_examples=500, deadline=None)
@given(numbers(3), rows)
def test_numbers_are_the_same_in_python_and_sql(text: str, row: dict[str, object]) -> None:
    expression = rule(text)
    assert same(expression.closure(AS_OF)(row), by_sql(fact_table(), expression, row))


@pytest.mark.parametrize("name", list(NAMES))
def test_a_name_alone_is_its_value(name: str) -> None:
    row = {"text": "a", "x_text": "b", "number": 1.5, "x_number": 2.5, "whole": 3, "flag": True, "x_flag": False, "time": AS_OF,
           "x_time": AS_OF, "day": AS_OF.date(), "x_day": AS_OF.date()}  # fmt: skip
    found = rule(name).closure(AS_OF)(row)
    kept = to_ms(found) if isinstance(found, datetime) else found.isoformat() if isinstance(found, date) else found
    assert by_sql(fact_table(), rule(name), row) == kept


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("flag and done", None), ("flag and x_flag", None), ("x_flag and flag", None), ("done and flag", None), ("flag or done", None),
        ("not flag", None), ("number > 1", None), ("number in (1, 2)", None), ("number not in (1, 2)", None), ("number is None", True),
        ("number is not None", False), ("number == amount", None), ("number + 1 == 1", None), ("1 / 0 == 1", None), ("whole / 0 is None", True),
        ("flag and False", False), ("flag or True", True), ("contains(tags, 'a')", None), ("lower(text) == 'a'", None),
        ("startswith(text, '')", None), ("days_since(time) is None", True),
    ],
)  # fmt: skip
def test_nothing_known_gives_unknown(text: str, answer: bool | None) -> None:
    assert rule(text).closure(AS_OF)({}) is answer
    assert same(answer, by_sql(fact_table(), rule(text), {}))


def test_values_are_bound_and_never_written_into_the_sql() -> None:
    fragment = rule("text == '); drop table fact; --' or number > 5").sql(SQLITE, column)
    assert fragment.sql == '(("text" = ?) OR ("number" > ?))'
    assert fragment.params == ("); drop table fact; --", 5)
