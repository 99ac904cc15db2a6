"""How fast one vendor account may be called: rate windows, pauses and concurrency, shared by all its threads."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ..errors import PluginError, RateLimited
from .clock import NOTICE_S, SYSTEM_CLOCK, Clock, heed, rest


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` requests in any `period_s` seconds."""

    limit: int
    period_s: float


@dataclass(slots=True)
class _Lane:
    """One group: for each window the moments of its newest requests, and until when the vendor closed it."""

    windows: list[tuple[float, deque[float]]]
    closed_until: float = 0.0
    open_again: float = 0.0  # the vendor's own word, when it is longer than anybody waits

    def book(self, now: float) -> float:
        """The earliest moment at which one more request may go, now taken."""
        moment = max(now, self.closed_until)
        for period_s, taken in self.windows:
            if len(taken) == taken.maxlen:
                moment = max(moment, taken[0] + period_s)
        for _, taken in self.windows:
            taken.append(moment)
        return moment


class Budget:
    """Named groups of rate windows; each request belongs to one group and takes a place in all its windows.

    Places are given in the order of asking. `concurrency` limits how many requests of the account are under way.
    After `pause` a group rests; a pause longer than `patience_s` makes requests fail with RateLimited instead.
    """

    def __init__(
        self,
        windows: Mapping[str, Sequence[Window]] | None = None,
        clock: Clock = SYSTEM_CLOCK,
        concurrency: int | None = None,
        patience_s: float = 900,
    ) -> None:
        self._clock = clock
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._lanes = {name: _lane(group) for name, group in {"default": (), **(windows or {})}.items()}
        self._slots = threading.BoundedSemaphore(concurrency) if concurrency else None
        self.concurrency = concurrency

    def take(
        self, group: str = "default", *, stopping: Callable[[], bool] | None = None, where: str = "request"
    ) -> None:
        """Wait for this group's turn. Raises RateLimited rather than wait out a long pause, Interrupted on `stopping`."""
        lane = self._lane(group)
        with self._lock:
            self._refuse_if_closed(lane, where)
            wait = lane.book(self._clock.monotonic()) - self._clock.monotonic()
        while wait > 0:
            rest(self._clock, wait, stopping, where)
            with self._lock:  # a pause may have begun meanwhile
                self._refuse_if_closed(lane, where)
                wait = lane.closed_until - self._clock.monotonic()

    def pause(self, group: str, seconds: float) -> None:
        """The vendor said to leave this group alone for `seconds`; at most `patience_s` of it is believed without asking."""
        lane = self._lane(group)
        with self._lock:
            now = self._clock.monotonic()
            lane.closed_until = max(lane.closed_until, now + min(seconds, self._patience_s))
            if seconds > self._patience_s:
                lane.open_again = now + seconds

    @contextmanager
    def slot(self, *, stopping: Callable[[], bool] | None = None, where: str = "request") -> Iterator[None]:
        """Hold one of the `concurrency` places for the time of one exchange with the vendor."""
        if self._slots is None:
            yield
            return
        while not self._slots.acquire(timeout=NOTICE_S):
            heed(stopping, where)
        try:
            yield
        finally:
            self._slots.release()

    def _lane(self, group: str) -> _Lane:
        try:
            return self._lanes[group]
        except KeyError:
            raise PluginError(f"the budget has no group {group!r}", hint=f"it has {', '.join(self._lanes)}") from None

    def _refuse_if_closed(self, lane: _Lane, where: str) -> None:
        now = self._clock.monotonic()
        if now < lane.closed_until and lane.open_again > lane.closed_until:
            seconds = lane.open_again - now
            raise RateLimited(f"the vendor asked to wait {seconds:.0f} s", where=where, retry_after_s=seconds)


def _lane(group: Sequence[Window]) -> _Lane:
    return _Lane(windows=[(window.period_s, deque(maxlen=window.limit)) for window in group])
