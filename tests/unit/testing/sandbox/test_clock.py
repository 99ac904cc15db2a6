from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cshub.testing.sandbox import SandboxClock

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_still_clock_moves_only_when_told() -> None:
    clock = SandboxClock(START, ticking=False)
    assert clock.now() == clock.now() == START
    clock.advance(90)
    assert clock.now() == START + timedelta(seconds=90)
    clock.set(START)
    assert clock.now_ms() == int(START.timestamp() * 1000)


def test_a_ticking_clock_goes_on_from_where_it_was_set() -> None:
    clock = SandboxClock(START)
    assert START <= clock.now() < START + timedelta(seconds=5)
    clock.advance(-3600)
    assert clock.now() < START
