"""Time as a parameter: the clock that everything in `http/` waits by and looks at. Schedules and `as_of` live elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from ..errors import Interrupted

#: How long a request to stop may go unnoticed while something waits, in seconds.
NOTICE_S = 0.2


class Clock(Protocol):
    """What waits and what is late is decided by one of these; tests pass one that never sleeps."""

    def now(self) -> datetime:
        """The time of day, an aware UTC datetime."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never runs backwards."""

    def sleep(self, seconds: float) -> None:
        """Return after `seconds`."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The machine's time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic clock, in seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block this thread for `seconds`."""
        time.sleep(seconds)


SYSTEM_CLOCK: Clock = SystemClock()


def rest(clock: Clock, seconds: float, stopping: Callable[[], bool] | None, who: str) -> None:
    """Wait `seconds`, but raise Interrupted within `NOTICE_S` once `stopping()` turns true."""
    if stopping is None:
        clock.sleep(max(0.0, seconds))
        return
    while seconds > 0:
        heed(stopping, who)
        clock.sleep(min(seconds, NOTICE_S))
        seconds -= NOTICE_S


def heed(stopping: Callable[[], bool] | None, who: str) -> None:
    """Raise Interrupted if somebody asked to stop."""
    if stopping is not None and stopping():
        raise Interrupted("asked to stop while a request was waiting", where=who)
