"""The memory of what was given: what vanished, what is forgotten, what the cursor can carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cshub_satismeter.cursor import Given, Position
from cshub_satismeter.given import Memory

from .conftest import hex24, question

DAY = datetime(2026, 9, 1, 8, tzinfo=UTC)


def test_only_what_was_given_can_vanish() -> None:
    memory = Memory({})
    memory.note("r", DAY, ["a", "b"])
    assert memory.vanished("r", ["b", "c"]) == ["a"]
    assert memory.vanished("r", ["a", "b"]) == []
    assert memory.vanished("s", []) == []


def test_a_response_without_answers_is_forgotten() -> None:
    memory = Memory({"2026-09-01": {"a": ["r"]}})
    memory.note("r", DAY, [])
    assert memory.kept == {}


def test_an_unreadable_time_leaves_the_day_as_it_was() -> None:
    memory = Memory({"2026-09-01": {"a": ["r"]}})
    memory.note("r", None, ["a", "b"])
    memory.note("s", None, ["a"])
    memory.forget_before("2026-09-01")
    assert memory.kept == {"2026-09-01": {"a b": ["r"]}}


def test_what_is_read_no_more_is_forgotten() -> None:
    memory = Memory({"2026-08-31": {"a": ["old"]}, "2026-09-01": {"a": ["new"]}})
    memory.forget_before("2026-09-01")
    assert memory.vanished("old", []) == []
    assert memory.kept == {"2026-09-01": {"a": ["new"]}}


def test_a_position_comes_back_as_it_went() -> None:
    given: Given = {"2026-09-01": {f"{question(1)} {question(2)}": [hex24(1), hex24(2)], question(1): [hex24(3)]}}
    position = Position(read_ms=5, whole_ms=4, given=given)
    assert Position.load(position.dump(), "survey.responses") == position
    memory = Memory(given)
    again = Memory(memory.kept)
    assert all(again.vanished(hex24(id), []) == memory.vanished(hex24(id), []) for id in (1, 2, 3))


def test_of_too_many_the_newest_are_kept() -> None:
    memory = Memory({})
    for number in range(5_000):
        memory.note(
            "x" * 60 + f"{number:04d}", DAY - timedelta(hours=number), [question(n) for n in range(number % 7 + 1)]
        )
    kept = memory.kept
    size = len(Position(read_ms=2**52, whole_ms=2**52, given=kept).dump())
    assert 40_000 < size <= 60_000
    assert "2026-09-01" in kept
    assert "x" * 60 + "0000" in kept["2026-09-01"][question(0)]
    assert min(kept) > "2026-03-01"
