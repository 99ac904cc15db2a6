"""The rows of the overlap that were given before: each pull finds them again, and nobody needs to hear of them twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .records import Record
from .values import epoch_ms

#: More are not remembered (the cursor is small) but given again, which does no harm.
_MOST = 1_000


class Seen:
    """Ids with the time of change they were given with, negative for a deletion: what comes back from the bin is news."""

    def __init__(self, before: Mapping[str, int]) -> None:
        self._known = dict(before)

    def news(self, records: Iterable[Record]) -> list[Record]:
        """Those of the records that were not given as they are."""
        return [
            record for record in records if record.changed_at is None or self._known.get(record.id) != _sign(record)
        ]

    def note(self, records: Iterable[Record], since_ms: int, fresh_ms: int) -> None:
        """These records are given now; of all, those changed since `since_ms` are worth remembering.

        Not those changed after `fresh_ms`, just before they were read: stamps are whole seconds, so such a record may change
        again and keep its stamp.
        """
        signs = ((record.id, _sign(record)) for record in records)
        self._known.update((id, sign) for id, sign in signs if since_ms <= abs(sign) <= fresh_ms)
        recent = sorted(((abs(ms), id) for id, ms in self._known.items() if abs(ms) >= since_ms), reverse=True)
        self._known = {id: self._known[id] for _, id in recent[:_MOST]}

    @property
    def known(self) -> dict[str, int]:
        """What the cursor has to carry."""
        return dict(self._known)


def _sign(record: Record) -> int:
    """The time of change, negative for a deletion; the first instant where nothing tells it."""
    ms = 0 if record.changed_at is None else epoch_ms(record.changed_at)
    return -ms if record.deleted else ms
