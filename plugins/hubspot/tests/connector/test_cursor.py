"""H11 and G1: a position is typed, small, and never guessed."""

from __future__ import annotations

import pytest

from cshub import Cursor, StoreError
from cshub_hubspot.cursor import Changes, Listing, Sweep, incremental


@pytest.mark.parametrize(
    "cursor",
    [
        Listing(since_ms=7),
        Listing(after="x", since_ms=7, seen={"1": 2}),
        Changes(at_ms=1, checked_ms=2, id="3", rechecking=True, archived="4"),
    ],
)
def test_a_position_survives_being_saved(cursor: Listing | Changes) -> None:
    assert incremental(cursor.dump(), "crm.companies") == cursor


def test_a_list_read_whole_has_positions_too() -> None:
    assert Sweep.load(Sweep(part=1, after="7").dump(), "crm.owners") == Sweep(part=1, after="7")


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        (
            b'{"v":1,"read":"list","after":"NTI1","since_ms":1772323200000,"seen":{"101":1772323200123}}',
            Listing(after="NTI1", since_ms=1_772_323_200_000, seen={"101": 1_772_323_200_123}),
        ),
        (
            b'{"v":1,"read":"search","at_ms":1772323200000,"checked_ms":1772236800000,"rechecking":false,"seen":{},"gone":{}}',
            Changes(at_ms=1_772_323_200_000, checked_ms=1_772_236_800_000),
        ),
        (
            (
                b'{"v":1,"read":"search","at_ms":1,"id":"3","checked_ms":2,"rechecking":true,"archived":"4","seen":{"101":5},'
                b'"gone":{"102":6}}'
            ),
            Changes(at_ms=1, id="3", checked_ms=2, rechecking=True, archived="4", seen={"101": 5}, gone={"102": 6}),
        ),
        (b'{"v":1,"read":"sweep","part":1,"after":"7","done":false}', Sweep(part=1, after="7")),
        (b'{"v":1,"read":"sweep","part":3,"done":true}', Sweep(part=3, done=True)),
    ],
)
def test_a_position_saved_by_version_0_1_can_be_read(text: bytes, cursor: Cursor) -> None:
    assert type(cursor).load(text, "crm.companies") == cursor
    assert cursor.dump() == text


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"2026-03-01T00:00:00Z",
        b"1772323200000",
        b'""',
        b"null",
        b"[]",
        b"{}",
        b'{"v":2,"read":"search","at_ms":1,"checked_ms":1}',
        b'{"v":1,"read":"search","at_ms":"2026-03-01T00:00:00Z","checked_ms":1}',
        b'{"v":1,"read":"search","at_ms":"","checked_ms":1}',
        b'{"v":1,"read":"search","at_ms":1.5,"checked_ms":1}',
        b'{"v":1,"read":"search","at_ms":1,"checked_ms":1,"id":"x"}',
        b'{"v":1,"read":"search","at_ms":1,"checked_ms":1,"new":1}',
        b'{"v":1,"read":"list","since_ms":1,"after":""}',
        b'{"v":1,"read":"list","since_ms":1',
    ],
)
def test_h11_a_position_that_cannot_be_read_is_an_error(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"crm\.companies: the saved position .* --full"):
        incremental(text, "crm.companies")


def test_g1_a_position_stays_below_64_kilobytes() -> None:
    seen = {f"{10**18 + number}": 1_789_464_000_000 for number in range(1_000)}
    assert len(Changes(at_ms=1, checked_ms=1, archived="9" * 4096, seen=seen).dump()) < 64 * 1024
    with pytest.raises(ValueError, match="at most 1000"):
        Changes(at_ms=1, checked_ms=1, seen={**seen, "1": 1})
