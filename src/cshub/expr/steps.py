"""Steps of time: periods of one length from midnight UTC (weeks from Monday), and how old a fact is in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .dialect import Fragment
from .instant import DAY, to_ms

_MILLISECOND = timedelta(milliseconds=1)
#: 1970-01-05 was a Monday.
_MONDAY = 4 * DAY


@dataclass(frozen=True, slots=True)
class Steps:
    """Periods of `length` ms; `start` is the first ms of the one that `as_of` is in."""

    length: int
    start: int

    @property
    def end(self) -> int:
        """The first ms of the next period."""
        return self.start + self.length

    def age(self, at: Fragment) -> Fragment:
        """How many periods ago an instant (in ms, not after `as_of`) was: 0 is this one."""
        return Fragment(f"(({self.end - 1} - {at.sql}) / {self.length})", at.params)

    def before(self, count: int) -> int:
        """The first ms of the period so many before this one."""
        return self.start - count * self.length


def steps(as_of: datetime, length: timedelta) -> Steps:
    """The periods of a length around `as_of`."""
    now, ms = to_ms(as_of), length // _MILLISECOND
    return Steps(ms, now - (now - _MONDAY) % ms)
