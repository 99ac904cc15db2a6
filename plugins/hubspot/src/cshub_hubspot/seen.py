"""The rows of the overlap that were given before: each pull finds them again, and nobody needs to hear of them twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from cshub import Row

from .records import Record, Unmappable, changed_at
from .values import epoch_ms, moment

#: More are not remembered (the cursor is small) but read again, which does no harm.
_MOST = 1_000


class Seen:
    """Ids with the time of change they were given with. Links may change without it; they have a stream of their own."""

    def __init__(self, before: Mapping[str, int], changed: str) -> None:
        self._known = dict(before)
        self._changed = changed

    def news(self, records: Iterable[Record]) -> list[Record]:
        """Those of the records that were not given as they are."""
        return [record for record in records if self._known.get(record.id) != self._stamp(record)]

    def note(self, rows: Iterable[Row], since_ms: int) -> None:
        """These rows are given now; of all, those changed since `since_ms` are worth remembering."""
        since = moment(since_ms)
        news = ((str(row[0]), row[1]) for row in rows if isinstance(row[1], datetime) and row[1] >= since)
        self._known.update((id, epoch_ms(at)) for id, at in news)
        recent = sorted(((ms, id) for id, ms in self._known.items() if ms >= since_ms), reverse=True)
        self._known = {id: ms for ms, id in recent[:_MOST]}

    @property
    def known(self) -> dict[str, int]:
        """What the cursor has to carry."""
        return dict(self._known)

    def _stamp(self, record: Record) -> int | None:
        try:
            return epoch_ms(changed_at(record, self._changed))
        except Unmappable:
            return None
