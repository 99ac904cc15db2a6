"""Positions between pulls: typed, versioned, never guessed; and rows of an overlap are told once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Literal

import pytest

from cshub import Cursor, Seen, StoreError


class Listing(Cursor):
    read: Literal["list"] = "list"
    after: str | None = None


class Changes(Cursor):
    read: Literal["search"] = "search"
    at_ms: int
    id: str | None = None


def test_a_position_is_small_versioned_json_without_what_is_none() -> None:
    assert Changes(at_ms=5).dump() == b'{"v":1,"read":"search","at_ms":5}'


def test_a_position_survives_being_saved() -> None:
    assert Changes.load(Changes(at_ms=5, id="7").dump(), "crm.deals") == Changes(at_ms=5, id="7")


@pytest.mark.parametrize("position", [Listing(after="x"), Changes(at_ms=5)])
def test_two_kinds_are_told_apart_by_what_they_read(position: Cursor) -> None:
    assert Cursor.either(position.dump(), "crm.deals", Listing, Changes) == position


UNREADABLE = (
    b"",
    b"\xff",
    b"null",
    b"[]",
    b'"list"',
    b'{"v":1,"read":"search","at_ms":1',
    b'{"v":1,"read":"search","at_ms":"1"}',
    b'{"v":1,"read":"search","at_ms":1.5}',
    b'{"v":1,"read":"search","at_ms":1,"new":1}',
    b'{"v":2,"read":"search","at_ms":1}',
    b'{"v":1,"read":"list","after":5}',
    b'{"v":1,"read":"sweep","at_ms":1}',
    b'{"v":1,"read":["list"],"at_ms":1}',
)


@pytest.mark.parametrize("text", UNREADABLE)
def test_anything_else_is_an_error_that_says_how_to_go_on(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"crm\.deals: the saved position .* --full"):
        Cursor.either(text, "crm.deals", Listing, Changes)


def test_threads_may_be_the_first_to_use_a_kind_of_position() -> None:
    """The streams of a connection are read in threads, and none of the kinds is built before."""
    for _ in range(20):

        class Fresh(Cursor):
            at_ms: int
            seen: dict[str, int]

        barrier = Barrier(4)

        def load(number: int, kind: type[Fresh] = Fresh, barrier: Barrier = barrier) -> int:
            barrier.wait()
            return kind.load(b'{"v":1,"at_ms":%d,"seen":{}}' % number, "crm.deals").at_ms

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(load, range(4))) == [0, 1, 2, 3]


def test_of_a_long_text_only_the_beginning_is_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Listing.load(b"x" * 60_000, "crm.deals")
    assert len(str(caught.value)) < 300


def test_what_was_given_is_known_as_it_was_given() -> None:
    seen = Seen({"a": 5})
    assert seen.has("a", 5)
    assert not seen.has("a", 6)
    assert not seen.has("b", 5)


def test_what_has_no_stamp_is_always_news() -> None:
    assert not Seen({"a": 5}).has("b", None)


def test_the_newest_thousand_are_remembered() -> None:
    seen = Seen({})
    seen.note(((str(number), number) for number in range(1_500)), 0)
    assert list(seen.known.values()) == list(range(1_499, 499, -1))


def test_what_lies_before_the_next_overlap_is_forgotten() -> None:
    seen = Seen({"old": 5, "edge": 10})
    seen.note([("new", 11), ("late", 9)], 10)
    assert seen.known == {"new": 11, "edge": 10}


def test_what_was_given_last_counts_even_if_it_is_too_old_to_be_remembered() -> None:
    """Else an answer from a slower server would stay as it is stored, the newer one being taken for known."""
    seen = Seen({"a": 12})
    seen.note([("a", 9)], 10)
    assert not seen.has("a", 12)


def test_a_negative_stamp_is_as_old_as_a_positive_one_and_not_the_same() -> None:
    seen = Seen({})
    seen.note([("gone", -20), ("old", -5)], 10)
    assert seen.known == {"gone": -20}
    assert not seen.has("gone", 20)


def test_later_changes_of_the_memory_leave_what_was_handed_out_alone() -> None:
    before = {"a": 5}
    seen = Seen(before)
    known = seen.known
    seen.note([("b", 6)], 0)
    assert (before, known) == ({"a": 5}, {"a": 5})
