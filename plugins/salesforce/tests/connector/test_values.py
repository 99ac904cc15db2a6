"""Values keep their meaning on the way in and on the way out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub import JSON
from cshub_salesforce.values import (
    canonical,
    day,
    epoch_ms,
    flag,
    integer,
    items,
    moment,
    number,
    plain,
    time,
    typed,
    wire,
)

AT = datetime(2026, 5, 6, 11, 29, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2026-05-06T11:29:24.000+0000", "2026-05-06T11:29:24.000Z", "2026-05-06T13:29:24+02:00", "2026-05-06T11:29:24"],
)
def test_times_come_in_each_spelling(text: str) -> None:
    assert time(text) == AT


@pytest.mark.parametrize("value", ["", "yesterday", None, 7, "0001-01-01T00:00:00+14:00"])
def test_what_is_no_time_is_refused(value: JSON) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        time(value)


def test_dates_come_as_they_are_or_as_an_instant() -> None:
    assert day("2026-12-31") == date(2026, 12, 31)
    assert day("2026-12-31T23:30:00.000-0200") == date(2027, 1, 1)
    with pytest.raises(ValueError, match="is not a date"):
        day("31.12.2026")


@pytest.mark.parametrize(
    ("value", "expected"), [(24.0, 24), ("24.0", 24), ("24", 24), (0.5, 0.5), ("-3", -3), (10**20, 1e20)]
)
def test_a_number_is_the_same_however_it_is_written(value: JSON, expected: float) -> None:
    assert number(value) == expected
    assert type(number(value)) is type(expected)


@pytest.mark.parametrize("value", ["", "NaN", "Infinity", "1,5", True, None, "1e999", [], {}])
def test_what_is_no_finite_number_is_refused(value: JSON) -> None:
    with pytest.raises(ValueError, match="finite number"):
        number(value)


def test_whole_numbers_flags_and_lists() -> None:
    assert integer(7.0) == 7
    assert [flag(value) for value in (True, "true", "False", False)] == [True, True, False, False]
    assert items("a;b ;;a") == ("a", "b")


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), ("", None), ("x", "x"), (24.0, "24"), (0.5, "0.5"), (True, "true"), (" ", " ")],
)
def test_text_has_one_spelling(value: JSON, expected: str | None) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize("value", [{"city": "x"}, ["x"]])
def test_a_compound_value_is_no_text(value: JSON) -> None:
    with pytest.raises(ValueError, match="where one value belongs"):
        plain(value)


# S10: a cell means what describe says, never what it looks like.


@pytest.mark.parametrize(
    ("text", "type", "expected"),
    [
        ("007", "string", "007"),
        ("true", "string", "true"),
        ("true", "boolean", True),
        ("false", "boolean", False),
        ("24.0", "double", 24),
        ("24.0", "string", "24.0"),
        ("2026-01-01", "date", "2026-01-01"),
        ("", "string", None),
        ("", "boolean", None),
        ("", "double", None),
        ("#N/A", "string", "#N/A"),
        ("null", "string", "null"),
    ],
)
def test_s10_types_come_from_describe_alone(text: str, type: str, expected: JSON) -> None:
    assert typed(text, type) == expected


@pytest.mark.parametrize(
    ("value", "type", "expected"),
    [
        (72.0, "double", "72"),
        (72, "double", "72"),
        (-0.5, "percent", "-0.5"),
        (1e22, "double", "10000000000000000000000"),
        (0.1, "currency", "0.1"),
        ("2026-03-31T12:00:00.000+0000", "datetime", "2026-03-31T12:00:00Z"),
        ("2026-03-31", "date", "2026-03-31"),
        (True, "boolean", "true"),
        (False, "boolean", "false"),
        ("at_risk", "picklist", "at_risk"),
        ("007", "string", "007"),
        (None, "double", None),
        ("", "string", None),
        ("not a time", "datetime", "not a time"),
        ({"city": "x"}, "address", "{'city': 'x'}"),
    ],
)
def test_salesforces_values_have_one_canonical_spelling(value: JSON, type: str, expected: str | None) -> None:
    assert canonical(value, type) == expected


@pytest.mark.parametrize(
    ("value", "type", "expected"),
    [
        ("72", "double", 72),
        ("0.1", "percent", 0.1),
        ("72", "string", "72"),
        (None, "double", None),
        (None, "string", None),
        ("true", "boolean", True),
        ("false", "boolean", False),
        (None, "boolean", False),
        ("2026-03-31T12:00:00Z", "datetime", "2026-03-31T12:00:00Z"),
        ("many", "double", "many"),
        ("NaN", "double", "NaN"),
    ],
)
def test_values_are_sent_as_their_fields_type(value: str | None, type: str, expected: JSON) -> None:
    assert wire(value, type) == expected
    assert type_name(wire(value, type)) == type_name(expected)


def type_name(value: JSON) -> str:
    return type(value).__name__


# W3: what we send, as Salesforce gives it back, is what we sent.


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12))
def test_w3_numbers_survive_the_round_trip(value: Decimal) -> None:
    sent = canonical(str(value), "double")
    back = json.loads(json.dumps(wire(sent, "double")))
    assert canonical(back, "double") == sent
    assert canonical(float(back), "double") == sent


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2999, 1, 1)))  # noqa: DTZ001 - the zone is added
def test_w3_instants_survive_the_round_trip(value: datetime) -> None:
    sent = value.replace(microsecond=0).isoformat() + "Z"
    assert canonical(str(wire(sent, "datetime")).replace("Z", ".000+0000"), "datetime") == sent


@given(st.text(min_size=1))
def test_w3_text_is_never_touched(value: str) -> None:
    assert canonical(wire(value, "string"), "string") == value


@given(st.integers(min_value=0, max_value=10**13))
def test_milliseconds_are_exact_both_ways(ms: int) -> None:
    assert epoch_ms(moment(ms)) == ms
