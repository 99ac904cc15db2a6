"""What HubSpot's overlap gave already: records as `Seen` knows them, by id with their time of change in milliseconds.

Links may change without it; they have a stream of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cshub import Row, Seen

from .records import Record, Unmappable, changed_at
from .values import epoch_ms


def news_of(seen: Seen, records: Iterable[Record], changed: str) -> list[Record]:
    """Those of the records, whose time of change is in the property `changed`, that were not given as they are."""
    return [record for record in records if not seen.has(record.id, _stamp(record, changed))]


def stamped(rows: Iterable[Row]) -> Iterator[tuple[str, int]]:
    """The rows' ids and stamps."""
    return ((str(row[0]), epoch_ms(row[1])) for row in rows if isinstance(row[1], datetime))


def _stamp(record: Record, changed: str) -> int | None:
    try:
        return epoch_ms(changed_at(record, changed))
    except Unmappable:
        return None
