"""A position is typed, small, and never guessed; and objects of the overlap are told once."""

from __future__ import annotations

import pytest

from cshub import JSON, Cursor, Seen, StoreError
from cshub_intercom.cursor import Changes, Listing, Whole, incremental, whole
from cshub_intercom.seen import news_of, stamped

NOW_S = 1_772_323_200


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        (
            b'{"v":1,"read":"list","after":"WzE2","since_s":7,"seen":{"6422":9}}',
            Listing(after="WzE2", since_s=7, seen={"6422": 9}),
        ),
        (
            b'{"v":1,"read":"search","at_s":5,"checked_s":3,"rechecking":false,"deleting":false,"seen":{}}',
            Changes(at_s=5, checked_s=3),
        ),
        (
            (
                b'{"v":1,"read":"search","at_s":5,"checked_s":3,"rechecking":true,"deleting":true,"settled_s":6,"after":"x",'
                b'"seen":{"6422":6}}'
            ),
            Changes(at_s=5, checked_s=3, rechecking=True, deleting=True, settled_s=6, after="x", seen={"6422": 6}),
        ),
        (
            b'{"v":1,"read":"whole","after":"x","since_s":4,"closing":true,"done":false}',
            Whole(after="x", since_s=4, closing=True),
        ),
        (b'{"v":1,"read":"whole","closing":false,"done":true}', Whole(done=True)),
    ],
)
def test_a_position_saved_by_version_0_1_can_be_read(text: bytes, cursor: Cursor) -> None:
    assert type(cursor).load(text, "support.contacts") == cursor
    assert cursor.dump() == text


@pytest.mark.parametrize("cursor", [Listing(since_s=7), Changes(at_s=5, checked_s=3)])
def test_a_position_survives_being_saved(cursor: Listing | Changes) -> None:
    assert incremental(cursor.dump(), "support.contacts") == cursor


@pytest.mark.parametrize(
    "text", [b"", b"7", b"{}", b'{"v":1,"read":"whole"}', b'{"v":1,"read":"search","at_s":5.5,"checked_s":3}']
)
def test_anything_else_is_an_error(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"support\.contacts: the saved position .* --full"):
        incremental(text, "support.contacts")


def test_a_list_that_is_through_begins_anew() -> None:
    assert whole(Whole(after="x", done=True).dump(), "support.admins") == whole(None, "support.admins") == Whole()


def test_what_changed_at_the_present_second_is_given_again() -> None:
    items: list[JSON] = [{"id": str(second), "updated_at": NOW_S - second} for second in range(3)]
    seen = Seen({})
    seen.note(stamped(items, NOW_S), 0)
    assert news_of(seen, items, 0) == items[:1]


def test_what_tells_no_time_of_change_is_always_news() -> None:
    items: list[JSON] = [
        {"id": "1"},
        {"id": "2", "updated_at": "soon"},
        {"updated_at": NOW_S},
        {"id": "4", "updated_at": 9},
    ]
    seen = Seen({})
    seen.note(stamped(items, NOW_S + 1), 0)
    assert seen.known == {"4": 9}
    assert news_of(seen, items, 10) == items[:3]
