"""What Intercom's overlap gave already: objects as `Seen` knows them, by id with their time of change in Unix seconds.

Links may change without it; they have a stream of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cshub import JSON, Seen

from .records import Unmappable, changed_at, id_of
from .values import epoch_s


def news_of(seen: Seen, items: Iterable[JSON], since_s: int) -> list[JSON]:
    """Those changed at `since_s` or later that were not given as they are; what tells no time of change is always news."""
    stamps = ((item, stamp(item)) for item in items)
    return [item for item, at in stamps if at is None or (at >= since_s and not seen.has(id_of(item) or "", at))]


def stamped(items: Iterable[JSON], before_s: int) -> Iterator[tuple[str, int]]:
    """The objects' ids and stamps, without those changed at `before_s` or later: so new that they may have changed again.

    A stamp is a whole second; whoever changes twice within one shows the same time.
    """
    stamps = ((id_of(item), stamp(item)) for item in items)
    return ((id, at) for id, at in stamps if id is not None and at is not None and at < before_s)


def stamp(item: JSON) -> int | None:
    """The time of change of an object in Unix seconds, None where it tells none that can be read."""
    try:
        at = changed_at(item) if isinstance(item, dict) else None
    except Unmappable:
        return None
    return None if at is None else epoch_s(at)
