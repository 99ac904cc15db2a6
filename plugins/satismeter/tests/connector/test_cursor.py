"""A position is typed, small, and never guessed."""

from __future__ import annotations

import pytest

from cshub import Cursor, StoreError
from cshub_satismeter.cursor import Position, Span, Sweep


@pytest.mark.parametrize(
    ("text", "cursor"),
    [
        (b'{"v":1,"read_ms":5,"whole_ms":3,"given":{}}', Position(read_ms=5, whole_ms=3)),
        (
            (
                b'{"v":1,"read_ms":5,"whole_ms":3,"span":{"v":1,"since_ms":1,"until_ms":9,"after":"x"},'
                b'"given":{"2026-01-02":{"a b":["r1","r2"]}}}'
            ),
            Position(
                read_ms=5,
                whole_ms=3,
                span=Span(since_ms=1, until_ms=9, after="x"),
                given={"2026-01-02": {"a b": ["r1", "r2"]}},
            ),
        ),
        (
            b'{"v":1,"until_ms":9,"span":{"v":1,"since_ms":1,"until_ms":5},"again":true}',
            Sweep(until_ms=9, span=Span(since_ms=1, until_ms=5), again=True),
        ),
        (b'{"v":1,"until_ms":9,"again":false}', Sweep(until_ms=9)),
    ],
)
def test_a_position_saved_by_version_0_1_can_be_read(text: bytes, cursor: Cursor) -> None:
    assert type(cursor).load(text, "surveys.responses") == cursor
    assert cursor.dump() == text


@pytest.mark.parametrize(
    "text",
    [b"", b"7", b"{}", b'{"v":1,"read_ms":-1,"whole_ms":3}', b'{"v":1,"read_ms":5,"whole_ms":3,"span":{"since_ms":1}}'],
)
def test_anything_else_is_an_error(text: bytes) -> None:
    with pytest.raises(StoreError, match=r"surveys\.responses: the saved position .* --full"):
        Position.load(text, "surveys.responses")
