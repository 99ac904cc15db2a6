"""G1: a position is typed, small, and never guessed; and rows of the overlap are told once."""

from __future__ import annotations

import pytest

from cshub import Cursor, Seen, StoreError
from cshub_salesforce.cursor import Changes, Full, Sweep, incremental
from cshub_salesforce.ids import full
from cshub_salesforce.records import record
from cshub_salesforce.seen import news_of, stamped

ID = full("001dM00003jU9Gx")
CURSORS = [
    Full(mark="m"),
    Full(mark="m", after=ID, since_ms=5, seen={ID: -7}),
    Full(mark="m", job="750x", locator="abc", rows=9, since_ms=5),
    Changes(at_ms=5, id=ID, refreshed_ms=1, mark="m", seen={ID: 7}),
]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_position_survives_being_saved(cursor: Full | Changes) -> None:
    assert incremental(cursor.dump(), "crm.accounts") == cursor


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        (
            (
                b'{"v":1,"read":"full","after":"001dM00003jU9GxQAK","rows":0,"since_ms":5,"mark":"m",'
                b'"seen":{"001dM00003jU9GxQAK":-7}}'
            ),
            Full(mark="m", after=ID, since_ms=5, seen={ID: -7}),
        ),
        (
            b'{"v":1,"read":"full","job":"750x","locator":"abc","rows":9,"since_ms":5,"mark":"m","seen":{}}',
            Full(mark="m", job="750x", locator="abc", rows=9, since_ms=5),
        ),
        (
            (
                b'{"v":1,"read":"changes","at_ms":5,"id":"001dM00003jU9GxQAK","refreshed_ms":1,"mark":"m",'
                b'"seen":{"001dM00003jU9GxQAK":7}}'
            ),
            Changes(at_ms=5, id=ID, refreshed_ms=1, mark="m", seen={ID: 7}),
        ),
        (b'{"v":1,"read":"sweep","after":"001dM00003jU9GxQAK","done":false}', Sweep(after=ID)),
        (b'{"v":1,"read":"sweep","done":true}', Sweep(done=True)),
    ],
)
def test_a_position_saved_by_version_0_1_can_be_read(text: bytes, cursor: Cursor) -> None:
    assert type(cursor).load(text, "crm.accounts") == cursor
    assert cursor.dump() == text


def test_a_sweep_survives_being_saved() -> None:
    assert Sweep.load(Sweep(after=ID).dump(), "x") == Sweep(after=ID)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"null",
        b"{}",
        b'"2026-01-01"',
        b'{"v":1,"read":"changes","at_ms":"5","refreshed_ms":1,"mark":"m"}',
        b'{"v":1,"read":"changes","at_ms":5,"refreshed_ms":1,"mark":"m","id":"\' OR"}',
        b'{"v":2,"read":"full","mark":"m"}',
        b'{"v":1,"read":"full","mark":"m","new":1}',
    ],
)
def test_anything_else_is_an_error(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"crm\.accounts: the saved position"):
        incremental(text, "crm.accounts")


def test_g1_the_largest_position_is_small() -> None:
    ids = [full(f"001dM{number:010d}") for number in range(1_000)]
    seen = dict.fromkeys(ids, -1_800_000_000_000)
    largest = Changes(at_ms=1_800_000_000_000, id=ID, refreshed_ms=1_800_000_000_000, mark="m" * 40, seen=seen)
    assert len(largest.dump()) < 40_000


def test_the_newest_thousand_are_remembered() -> None:
    stamps = [
        f"2026-05-06T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000+0000" for number in range(1_500)
    ]
    items = [{"Id": full(f"001dM{number:010d}"), "SystemModstamp": at} for number, at in enumerate(stamps)]
    records = [record(item, "SystemModstamp") for item in items]  # type: ignore[arg-type]  # test input as JSON
    seen = Seen({})
    seen.note(stamped(records, 1_900_000_000_000), 0)
    assert len(seen.known) == 1_000
    assert news_of(seen, records) == records[:500]
    assert news_of(Seen(seen.known), records) == records[:500]


def test_what_settled_is_forgotten() -> None:
    item = {"Id": ID, "SystemModstamp": "2026-05-06T11:29:24.000+0000"}
    seen = Seen({})
    settled = record(item, "SystemModstamp")  # type: ignore[arg-type]  # test input as JSON
    seen.note(stamped([settled], 2_000_000_000_000), 1_900_000_000_000)
    assert seen.known == {}


def test_what_was_read_right_after_its_change_is_given_again() -> None:
    item = {"Id": ID, "SystemModstamp": "2026-05-06T11:29:24.000+0000"}
    fresh = record(item, "SystemModstamp")  # type: ignore[arg-type]  # test input as JSON
    seen = Seen({})
    seen.note(stamped([fresh], 1_700_000_000_000), 0)
    assert news_of(seen, [fresh]) == [fresh]


def test_what_comes_back_from_the_bin_with_its_old_stamp_is_news() -> None:
    item = {"Id": ID, "SystemModstamp": "2026-05-06T11:29:24.000+0000", "IsDeleted": False}
    back = record(item, "SystemModstamp")  # type: ignore[arg-type]  # test input as JSON
    seen = Seen({})
    seen.note(stamped([back._replace(deleted=True)], 1_900_000_000_000), 0)
    assert news_of(seen, [back]) == [back]
