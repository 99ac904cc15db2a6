"""Intercom's call limit: windows of ten seconds that begin on the clock, not with the first call."""

from __future__ import annotations

from cshub.testing.sandbox import SandboxClock

from .behaviour import Limits
from .refusals import Headers, Refused, rate_limit

WINDOW_S = 10


class Meter:
    """Counts calls and refuses those over the limit."""

    def __init__(self, clock: SandboxClock, limits: Limits) -> None:
        self._clock = clock
        self._limit = limits.ten_secondly
        self._window = 0
        self._used = 0

    def count(self) -> Headers:
        """Count one call; the headers to answer with. Raises Refused with 429 and the same headers."""
        if self._limit is None:
            return ()
        self._roll()
        if self._used >= self._limit:
            raise self.refusal(self._limit)
        self._used += 1
        return self._headers(self._limit, self._limit - self._used, self._reset())

    def refusal(self, limit: int | None = None, retry_after: str | None = None) -> Refused:
        """The 429, whose only word on when to come back is `X-RateLimit-Reset`, unless a fault says more."""
        self._roll()
        limit = limit or self._limit or Limits().ten_secondly or 0
        refused = rate_limit(limit)
        now = self._clock.now_ms() // 1000
        wait = retry_after or ""
        reset = now + int(wait) if wait.isdigit() else self._reset()
        extra = (("Retry-After", wait),) if wait else ()
        refused.headers = (*self._headers(limit, 0, reset), *extra)
        return refused

    def _roll(self) -> None:
        window = self._clock.now_ms() // (WINDOW_S * 1000)
        if window != self._window:
            self._window, self._used = window, 0

    def _reset(self) -> int:
        return (self._window + 1) * WINDOW_S

    def _headers(self, limit: int, remaining: int, reset: int) -> Headers:
        return (
            ("X-RateLimit-Limit", str(limit)),
            ("X-RateLimit-Remaining", str(remaining)),
            ("X-RateLimit-Reset", str(reset)),
        )
