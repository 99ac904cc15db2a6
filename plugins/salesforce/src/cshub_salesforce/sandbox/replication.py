"""What was deleted and what was updated between two instants, from the logs kept for those who keep a copy."""

from __future__ import annotations

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .records import Table
from .refusals import bad, refused
from .times import DAY_MS, parse_instant, rest_text

UPDATED_DAYS = 30
MINUTE_MS = 60_000
MOST_IDS = 600_000


def deleted(call: Call) -> Response:
    """The records deleted in a window of at most 15 days back, as far as the delete log reaches."""
    table, (start, end) = _replicated(call), _window(call)
    earliest = call.org.clock.now_ms() - call.org.behaviour.deleted_days * DAY_MS
    if start < earliest - MINUTE_MS:
        raise bad("INVALID_REPLICATION_DATE", f"startDate before earliest date available: {rest_text(earliest)}")
    found: list[JSON] = [
        {"id": record.id, "deletedDate": rest_text(record.deleted_ms)}
        for record in table.records.values()
        if record.is_deleted and record.deleted_ms is not None and start <= record.deleted_ms < end
    ]
    covered = {"earliestDateAvailable": rest_text(earliest), "latestDateCovered": rest_text(_covered(call, end))}
    return json_response({"deletedRecords": found, **covered})


def updated(call: Call) -> Response:
    """The ids of the records made or changed in a window of at most 30 days back."""
    table, (start, end) = _replicated(call), _window(call)
    if start < call.org.clock.now_ms() - UPDATED_DAYS * DAY_MS - MINUTE_MS:
        raise bad("INVALID_REPLICATION_DATE", f"startDate must be within the last {UPDATED_DAYS} days")
    now = call.org.clock.now_ms()
    seen = (record.seen(now) for record in table.records.values())
    found: list[JSON] = [row["Id"] for row in seen if row and not row["IsDeleted"] and _within(row["SystemModstamp"], start, end)]  # fmt: skip
    if len(found) > MOST_IDS:
        raise bad("EXCEEDED_ID_LIMIT", f"too many ids: {MOST_IDS} at most")
    return json_response({"ids": found, "latestDateCovered": rest_text(_covered(call, end))})


def _within(stamp: object, start: int, end: int) -> bool:
    return isinstance(stamp, int) and start <= stamp < end


def _replicated(call: Call) -> Table:
    table = call.table()
    if not table.type.replicateable:
        raise refused(400, "INVALID_TYPE", f"{table.name} is not replicateable")
    return table


def _window(call: Call) -> tuple[int, int]:
    """The instants asked for, their seconds ignored. Raises Refused."""
    try:
        # A plus sign that was not written as %2B arrives as a blank.
        start, end = (parse_instant(str(call.request.arg(name))) for name in ("start", "end"))
    except ValueError:
        raise bad("INVALID_REPLICATION_DATE", "start and end must be ISO instants") from None
    start, end = (instant // MINUTE_MS * MINUTE_MS for instant in (start, end))
    if end - start < MINUTE_MS:
        raise bad("INVALID_REPLICATION_DATE", "endDate must be at least one minute after startDate")
    return start, end


def _covered(call: Call, end: int) -> int:
    return min(end, call.org.now_ms)
