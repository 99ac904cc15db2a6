"""How many of the org's daily calls are used, as every answer tells, and when reading has to leave the rest to others."""

from __future__ import annotations

import re
import threading

from cshub import Answer, Clock, RateLimited, VendorError, Wait

from .explain import explain

HEADER = "Sforce-Limit-Info"
_USAGE = re.compile(r"api-usage=(?P<used>[0-9]+)/(?P<most>[0-9]+)")
#: Calls come back hour by hour; after so long one request may look again.
_OLD_S = 900.0


class Quota:
    """The org's calls of the last 24 hours. Reading stops when only the share `reserve` is left; writing never asks.

    See https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_api_usage.htm.
    """

    def __init__(self, clock: Clock, reserve: float) -> None:
        self._clock = clock
        self._reserve = reserve
        self._lock = threading.Lock()
        self._used: tuple[int, int] | None = None
        self._noted_s = 0.0

    @property
    def usage(self) -> tuple[int, int] | None:
        """(used, allowed) by the newest answer; None before there was one."""
        return self._used

    def note(self, answer: Answer) -> Answer:
        """Remember what this answer says, and give it back."""
        found = _USAGE.search(answer.headers.get(HEADER, ""))
        if found and int(found["most"]) > 0:
            with self._lock:
                self._used = int(found["used"]), int(found["most"])
                self._noted_s = self._clock.monotonic()
        return answer

    def explain(self, answer: Answer) -> VendorError | Wait | None:
        """What a refusal means; it too tells how many calls are used."""
        return explain(self.note(answer))

    def require_room(self, where: str) -> None:
        """Raises RateLimited when reading would eat into the reserve."""
        with self._lock:
            if self._used is None or self._clock.monotonic() - self._noted_s > _OLD_S:
                return
            used, most = self._used
        if used >= most * (1 - self._reserve):
            raise RateLimited(
                f"{used} of the org's {most} API calls of 24 hours are used; the rest is kept for writing and others",
                where=where,
                hint="the next run goes on where this one stopped; `reserve` says how much is kept",
                retry_after_s=_OLD_S,
            )
