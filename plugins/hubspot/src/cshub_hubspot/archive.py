"""What lies in HubSpot's archive, from one look at it to the next. A record that left it was brought back, often without a word.

Archived records can be restored for 90 days. A restored one may come back under its old time of change, which no search for
changes finds; so the newest of those that were seen in the archive are remembered, and looked up when they are no longer there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import JSON

from .batch import id_of
from .objects import MERGED
from .values import epoch_ms, items, time

#: More are not remembered, because the cursor is small; the sweep finds the others.
MOST = 500
_DAYS_MS = 90 * 86_400_000


class Archive:
    """One look at the archive. `known` are ids seen there before, with when they were put there."""

    def __init__(self, known: Mapping[str, int], since_ms: int) -> None:
        self._known = dict(known)
        self._since_ms = since_ms
        self._left = set(known)

    def note(self, found: Iterable[JSON]) -> list[str]:
        """The ids that are gone with the elements put there since the last look.

        Those merged into them are gone as well: nobody hears of a merge whose survivor was deleted before it was read.
        """
        news: list[str] = []
        for item in found:
            id = id_of(item)
            if id is None:
                continue
            at_ms = _archived_ms(item)
            self._left.discard(id)
            self._known[id] = self._since_ms if at_ms is None else at_ms
            if at_ms is None or at_ms >= self._since_ms:  # when it does not say, it may have been
                news += (id, *_merged(item))
        return news

    @property
    def left(self) -> list[str]:
        """Once all pages were noted: the ids that were there before and are no longer."""
        return sorted(self._left)

    def forget(self, ids: Iterable[str]) -> None:
        """These live again."""
        for id in ids:
            self._known.pop(id, None)

    @property
    def known(self) -> dict[str, int]:
        """What the cursor has to carry: the newest that can still come back."""
        newest = sorted(((ms, id) for id, ms in self._known.items()), reverse=True)[:MOST]
        return {id: ms for ms, id in newest if ms >= self._since_ms - _DAYS_MS}


def _merged(item: JSON) -> tuple[str, ...]:
    properties = item.get("properties") if isinstance(item, dict) else None
    listed = properties.get(MERGED) if isinstance(properties, dict) else None
    return items(listed) if isinstance(listed, str) else ()


def _archived_ms(item: JSON) -> int | None:
    at = item.get("archivedAt") if isinstance(item, dict) else None
    try:
        return epoch_ms(time(at)) if isinstance(at, str) else None
    except ValueError:
        return None
