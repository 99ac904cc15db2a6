from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cshub.store.values import from_day, from_json, from_ms, storable, to_day, to_json, to_ms


@pytest.mark.parametrize(
    ("instant", "milliseconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2026, 3, 1, 12, 0, 0, 123999, tzinfo=UTC), 1772366400123),
        (datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2))), 1772366400000),
        (datetime(1969, 12, 31, 23, 59, 59, 999000, tzinfo=UTC), -1),
    ],
)
def test_instants_are_epoch_milliseconds_rounded_down(instant: datetime, milliseconds: int) -> None:
    assert to_ms(instant) == milliseconds


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        to_ms(datetime(2026, 3, 1))  # noqa: DTZ001 - the mistake under test


def test_milliseconds_come_back_as_aware_utc() -> None:
    assert from_ms(1772366400123) == datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
    assert from_ms(0).tzinfo is UTC


def test_days_are_iso_text() -> None:
    assert (to_day(date(2026, 3, 1)), from_day("2026-03-01")) == ("2026-03-01", date(2026, 3, 1))


def test_json_is_canonical() -> None:
    assert to_json({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'
    assert from_json('{"a":1}') == {"a": 1}


def test_half_characters_are_not_json() -> None:
    with pytest.raises(TypeError):
        to_json("\ud800")


@pytest.mark.parametrize(("text", "kept"), [("plain é", "plain é"), ("a\0b", "a␀b"), ("a\ud800b", "a\\ud800b")])
def test_what_cannot_be_stored_is_made_visible(text: str, kept: str) -> None:
    assert storable(text) == kept
