"""The manual clock moves when somebody waits, and only then."""

from __future__ import annotations

from datetime import timedelta

from cshub.testing import ManualClock
from cshub.testing.sandbox import SandboxClock


def test_waiting_takes_no_time_and_is_remembered() -> None:
    clock = ManualClock()
    before = clock.now()
    clock.sleep(90)
    assert clock.now() - before == timedelta(seconds=90)
    assert clock.monotonic() == 90
    assert (clock.slept, clock.waited_s) == ([90], 90)


def test_time_that_passes_by_itself_is_no_waiting() -> None:
    clock = ManualClock()
    clock.advance(5)
    assert (clock.monotonic(), clock.waited_s) == (5, 0)


def test_the_time_of_day_knows_its_zone() -> None:
    assert ManualClock().now().utcoffset() == timedelta(0)


def test_a_sandbox_keeps_pace() -> None:
    clock = ManualClock()
    sandboxes = SandboxClock(clock.now(), ticking=False)
    clock.follow(sandboxes.advance)
    clock.sleep(3600)
    assert sandboxes.now() == clock.now()
