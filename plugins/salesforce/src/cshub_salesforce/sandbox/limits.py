"""What may be asked of the org: calls in any 24 hours, long ones at once, Bulk jobs in 24 hours; and how it is told."""

from __future__ import annotations

from collections import deque

from cshub.testing.sandbox import JSON

from .org import Org
from .refusals import Headers, bad, refused
from .times import DAY_MS

#: What the header and the limits page say where nothing limits: a number no share of which is ever reached.
ENDLESS = 5_000_000
BULK_STORAGE_MB = 976_562
BULK_BATCHES = 15_000


class Meter:
    """Counts calls and refuses those over a limit; a refused call does not count."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.limits = org.behaviour.limits
        #: Requests of everybody that run for more than 20 seconds right now.
        self.running = 0
        self._calls: deque[int] = deque()
        self._jobs: deque[int] = deque()

    @property
    def used(self) -> int:
        """The calls of the last 24 hours, everybody's."""
        return self.limits.used + _recent(self._calls, self._org.clock.now_ms())

    def count(self) -> None:
        """Count one call. Raises Refused with 403."""
        if self.limits.concurrent is not None and self.running >= self.limits.concurrent:
            raise refused(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded.")
        if self.limits.daily is not None and self.used >= self.limits.daily:
            raise refused(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self._calls.append(self._org.clock.now_ms())

    def count_job(self) -> None:
        """Count one Bulk query job. Raises Refused."""
        most = self.limits.bulk_jobs
        if most is not None and _recent(self._jobs, self._org.clock.now_ms()) >= most:
            raise bad("EXCEEDED_QUOTA", f"Max bulk v2 query jobs ({most}) per 24 hrs has been reached")
        self._jobs.append(self._org.clock.now_ms())

    def headers(self) -> Headers:
        """What stands on every answer."""
        usage = f"api-usage={self.used}/{self.limits.daily or ENDLESS}"
        if self.limits.per_app is not None:
            usage += f", per-app-api-usage={self.used - self.limits.used}/{self.limits.per_app}(appName=cshub)"
        return (("Sforce-Limit-Info", usage),)

    def table(self) -> dict[str, JSON]:
        """The limits page."""
        now = self._org.clock.now_ms()
        return {
            "DailyApiRequests": _line(self.limits.daily, self.used),
            "DailyBulkApiBatches": _line(BULK_BATCHES, 0),
            "DailyBulkV2QueryFileStorageMB": _line(BULK_STORAGE_MB, 0),
            "DailyBulkV2QueryJobs": _line(self.limits.bulk_jobs, _recent(self._jobs, now)),
        }


def _line(most: int | None, used: int) -> JSON:
    allowed = most or ENDLESS
    return {"Max": allowed, "Remaining": max(0, allowed - used)}


def _recent(calls: deque[int], now_ms: int) -> int:
    while calls and calls[0] <= now_ms - DAY_MS:
        calls.popleft()
    return len(calls)
