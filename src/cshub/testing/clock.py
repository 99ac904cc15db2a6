"""A clock on which waiting takes no time, for tests of everything that waits or looks at the time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

#: Where a manual clock begins unless told otherwise: a Tuesday, far from any change of clocks.
START = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)


class ManualClock:
    """Moves only when something waits on it or a test advances it. Safe to share between threads.

    `slept` holds every wait in seconds.
    """

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._elapsed_s = 0.0
        self._followers: list[Callable[[float], object]] = []
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The time of day, aware, in UTC."""
        with self._lock:
            return self._now

    def monotonic(self) -> float:
        """Seconds since this clock was made."""
        with self._lock:
            return self._elapsed_s

    def sleep(self, seconds: float) -> None:
        """Move the clock by `seconds` at once, and remember it."""
        with self._lock:
            self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody waiting."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._elapsed_s += seconds
        for follow in self._followers:
            follow(seconds)

    def follow(self, advance: Callable[[float], object]) -> None:
        """Have another clock told of each step in seconds, so that it keeps pace (`SandboxClock.advance`)."""
        self._followers.append(advance)

    @property
    def waited_s(self) -> float:
        """How long everybody has waited so far, in seconds."""
        with self._lock:
            return sum(self.slept)
