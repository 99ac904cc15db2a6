"""Leaving air: a tenth of each rate window is kept free for the workspace's other apps, by Intercom's own count."""

from __future__ import annotations

from cshub import Answer, Clock

from .explain import WINDOW_S, until_reset_s

#: Of a window; below it calls rest until the window refills.
KEPT_FREE = 0.1


class Pace:
    """Watches `X-RateLimit-*` on each answer; shared by all threads of a connection."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until = 0.0

    def heed(self, answer: Answer) -> None:
        """Take note of what is left. Plans differ, so nothing is assumed where the headers are missing."""
        limit, left = (answer.headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining"))
        if limit.isdigit() and left.isdigit() and int(left) <= KEPT_FREE * int(limit):
            rest_s = min(until_reset_s(answer), 2 * WINDOW_S)
            self._until = max(self._until, self._clock.monotonic() + rest_s)

    def rest(self) -> None:
        """Wait until the window refills, if too little is left of it; twenty seconds at most."""
        wait_s = self._until - self._clock.monotonic()
        if wait_s > 0:
            self._clock.sleep(wait_s)
