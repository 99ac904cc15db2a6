"""The rows of the overlap that were given before: each pull finds them again, and nobody needs to hear of them twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import JSON

from .records import Unmappable, changed_at, id_of
from .values import epoch_s

#: More are not remembered (the cursor is small) but read again, which does no harm.
_MOST = 1_000


class Seen:
    """Ids with the time of change they were given with. Links may change without it; they have a stream of their own."""

    def __init__(self, before: Mapping[str, int]) -> None:
        self._known = dict(before)

    def news(self, items: Iterable[JSON], since_s: int) -> list[JSON]:
        """Those changed at `since_s` or later that were not given as they are; what tells no time of change is always news."""
        return [item for item in items if self._is_news(item, stamp(item), since_s)]

    def note(self, items: Iterable[JSON], since_s: int, now_s: int) -> None:
        """These are given now; of all, those changed since `since_s` are worth remembering.

        What changed at Intercom's present second may change again within it, and would show the same time.
        """
        for item in items:
            id, at = id_of(item), stamp(item)
            if id is not None and at is not None and since_s <= at < now_s:
                self._known[id] = at
        recent = sorted(((at, id) for id, at in self._known.items() if at >= since_s), reverse=True)
        self._known = {id: at for at, id in recent[:_MOST]}

    @property
    def known(self) -> dict[str, int]:
        """What the cursor has to carry."""
        return dict(self._known)

    def _is_news(self, item: JSON, at: int | None, since_s: int) -> bool:
        return at is None or (at >= since_s and self._known.get(id_of(item) or "") != at)


def stamp(item: JSON) -> int | None:
    """The time of change of an object in Unix seconds, None where it tells none that can be read."""
    try:
        at = changed_at(item) if isinstance(item, dict) else None
    except Unmappable:
        return None
    return None if at is None else epoch_s(at)
