"""HubSpot's call limits: a rolling window of ten seconds per app, a second for searches per account, a day."""

from __future__ import annotations

from collections import defaultdict, deque

from .access import Token
from .portal import Portal
from .refusals import rate_limit, search_limit
from .times import DAY_MS

Headers = tuple[tuple[str, str], ...]
WINDOW_MS, SECOND_MS = 10_000, 1_000


class Meter:
    """Counts calls and refuses those over a limit; a refused call does not count."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._limits = portal.behaviour.limits
        self._calls: dict[str, deque[int]] = defaultdict(deque)
        self._searches: deque[int] = deque()
        self._day, self._today = 0, 0

    @property
    def today(self) -> int:
        """The calls of today."""
        return self._today

    def count_search(self) -> None:
        """Count one search. Raises Refused with 429 and no header."""
        used, limit = _waiting(self._searches, self._now() - SECOND_MS), self._limits.search_secondly
        if limit is not None and used >= limit:
            raise search_limit()
        self._searches.append(self._now())

    def count(self, token: Token) -> Headers:
        """Count one other call; the headers to answer with. Raises Refused with 429."""
        now, limit = self._now(), self._limit(token)
        calls = self._calls[token.text]
        used = _waiting(calls, now - WINDOW_MS)
        if limit is not None and used >= limit:
            raise rate_limit()
        self._count_day(token, now)
        calls.append(now)
        return self._headers(token, limit, used + 1)

    def _limit(self, token: Token) -> int | None:
        return self._limits.ten_secondly if token.is_static else self._limits.oauth_ten_secondly

    def _count_day(self, token: Token, now: int) -> None:
        if now // DAY_MS != self._day:
            self._day, self._today = now // DAY_MS, 0
        if token.is_static and self._limits.daily is not None and self._today >= self._limits.daily:
            raise rate_limit("DAILY")
        self._today += 1

    def _headers(self, token: Token, limit: int | None, used: int) -> Headers:
        if limit is None:
            return ()
        headers = (
            ("X-HubSpot-RateLimit-Interval-Milliseconds", str(WINDOW_MS)),
            ("X-HubSpot-RateLimit-Max", str(limit)),
            ("X-HubSpot-RateLimit-Remaining", str(limit - used)),
            ("X-HubSpot-RateLimit-Secondly", str(limit // 10)),
            ("X-HubSpot-RateLimit-Secondly-Remaining", str(max(0, limit // 10 - used))),
        )
        daily = self._limits.daily
        if daily is None or not token.is_static:
            return headers
        remaining = ("X-HubSpot-RateLimit-Daily-Remaining", str(daily - self._today))
        return (*headers, ("X-HubSpot-RateLimit-Daily", str(daily)), remaining)

    def _now(self) -> int:
        return self._portal.clock.now_ms()


def _waiting(calls: deque[int], since_ms: int) -> int:
    while calls and calls[0] <= since_ms:
        calls.popleft()
    return len(calls)
