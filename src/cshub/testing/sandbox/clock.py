"""The sandbox's own clock: it drives stamps, search lag and rate windows, and tests may move it."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SandboxClock:
    """Real time plus an offset, or a time that stands still until it is moved.

    `start` is the first instant (aware; default: the machine's time). With `ticking=False` only `advance` and `set`
    move the clock, which makes every stamp of a test foreseeable.
    """

    def __init__(self, start: datetime | None = None, *, ticking: bool = True) -> None:
        self._ticking = ticking
        self._offset_ms = 0
        self._still_ms = int(time.time() * 1000)
        if start is not None:
            self.set(start)

    def now_ms(self) -> int:
        """The sandbox's time in epoch milliseconds."""
        return self._base_ms() + self._offset_ms

    def now(self) -> datetime:
        """The sandbox's time, aware, in UTC."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC)

    def advance(self, seconds: float) -> None:
        """Move the clock by `seconds`; a negative number turns it back."""
        self._offset_ms += round(seconds * 1000)

    def set(self, instant: datetime) -> None:
        """Move the clock to `instant`; a ticking clock goes on from there."""
        self._offset_ms = round(instant.timestamp() * 1000) - self._base_ms()

    def _base_ms(self) -> int:
        return int(time.time() * 1000) if self._ticking else self._still_ms
