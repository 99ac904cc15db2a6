"""What Salesforce's overlap gave already: records as `Seen` knows them, by id with their time of change in milliseconds.

It is negative for a deletion: what comes back from the recycle bin under its old stamp is news.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cshub import Seen

from .records import Record
from .values import epoch_ms


def news_of(seen: Seen, records: Iterable[Record]) -> list[Record]:
    """Those of the records that were not given as they are."""
    return [record for record in records if not seen.has(record.id, _sign(record))]


def stamped(records: Iterable[Record], fresh_ms: int) -> Iterator[tuple[str, int]]:
    """The records' ids and stamps, without those changed after `fresh_ms`, just before they were read.

    Stamps are whole seconds, so such a record may change again and keep its stamp.
    """
    signs = ((record.id, _sign(record)) for record in records)
    return ((id, sign) for id, sign in signs if sign is not None and abs(sign) <= fresh_ms)


def _sign(record: Record) -> int | None:
    if record.changed_at is None:
        return None
    ms = epoch_ms(record.changed_at)
    return -ms if record.deleted else ms
