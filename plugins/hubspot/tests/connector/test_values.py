"""Values keep their meaning on the way in and on the way out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub_hubspot.values import canonical, day, epoch_ms, flag, integer, items, moment, number, time, wire

AT = datetime(2026, 3, 12, 7, 32, 59, 531000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-12T07:32:59.531Z", AT),
        ("1773300779531", AT),
        ("2026-03-12T08:32:59.531+01:00", AT),
        ("2026-03-12T07:32:59.531", AT),
        ("0", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_come_as_iso_text_or_milliseconds(text: str, expected: datetime) -> None:
    assert time(text) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "99999999999999999", "0001-01-01T00:00:00+14:00", "NaN"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-12", date(2026, 3, 12)),
        ("1773273600000", date(2026, 3, 12)),
        ("2026-03-12T23:59:59Z", date(2026, 3, 12)),
        ("2026-03-12T23:30:00-02:00", date(2026, 3, 13)),
    ],
)
def test_dates_come_as_text_or_as_an_instant(text: str, expected: date) -> None:
    assert day(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("72", 72), ("72.0", 72), ("0.5", 0.5), ("-3", -3), ("1e3", 1000)])
def test_a_number_is_the_same_however_it_is_written(text: str, expected: float) -> None:
    assert number(text) == expected
    assert type(number(text)) is type(expected)


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", "1e999", "1,5", "seven"])
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        number(text)


def test_whole_numbers_flags_and_lists() -> None:
    assert integer("7.0") == 7
    assert (flag("true"), flag("False")) == (True, False)
    assert items(" a;b ;;a") == ("a", "b")


@pytest.mark.parametrize("read", [integer, flag])
def test_half_a_thing_is_neither_whole_nor_a_flag(read: object) -> None:
    with pytest.raises(ValueError, match=r"1\.5"):
        read("1.5")  # type: ignore[operator]  # both take text


@pytest.mark.parametrize(
    ("text", "type", "expected"),
    [
        ("72.0", "number", "72"),
        ("7.2E+1", "number", "72"),
        ("-0.0", "number", "0"),
        ("0.10", "number", "0.1"),
        ("1773300779531", "datetime", "2026-03-12T07:32:59Z"),
        ("2026-03-12T07:32:59.531Z", "datetime", "2026-03-12T07:32:59Z"),
        ("1773273600000", "date", "2026-03-12"),
        ("TRUE", "bool", "true"),
        ("007", "string", "007"),
        ("at_risk", "enumeration", "at_risk"),
        ("", "string", None),
        (None, "number", None),
        (72, "number", "72"),
        ("not a number", "number", "not a number"),
        ("1e99999", "number", "1e99999"),
    ],
)
def test_hubspots_text_has_one_canonical_spelling(text: object, type: str, expected: str | None) -> None:
    assert canonical(text, type) == expected


# W3: what we send, as HubSpot would give it back in any of its spellings, is what we sent.


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_w3_numbers_survive_the_round_trip(value: Decimal) -> None:
    sent = canonical(str(value), "number")
    assert sent is not None
    spellings = [wire(sent), str(Decimal(sent)), f"{Decimal(sent):E}", str(Decimal(sent).quantize(Decimal("0.000000")))]
    assert {canonical(text, "number") for text in spellings} == {sent}


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2999, 1, 1)))  # noqa: DTZ001 - the zone is added
def test_w3_instants_survive_the_round_trip(value: datetime) -> None:
    instant = value.replace(tzinfo=UTC, microsecond=0)
    sent = instant.isoformat().replace("+00:00", "Z")
    spellings = [wire(sent), str(epoch_ms(instant)), instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")]
    assert {canonical(text, "datetime") for text in spellings} == {sent}


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2999, 1, 1)))
def test_w3_dates_survive_the_round_trip(value: date) -> None:
    midnight = datetime(value.year, value.month, value.day, tzinfo=UTC)
    assert {canonical(text, "date") for text in (wire(value.isoformat()), str(epoch_ms(midnight)))} == {
        value.isoformat()
    }


@given(st.text(min_size=1))
def test_w3_text_is_never_touched(value: str) -> None:
    assert canonical(wire(value), "string") == value


@given(st.integers(min_value=1, max_value=10**14 - 1))
def test_milliseconds_are_exact_both_ways(ms: int) -> None:
    assert epoch_ms(moment(ms)) == ms
