"""Which record is associated with which, both ways, with the types of each association."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from .association_types import TYPES, default_type, primary_type

Pair = tuple[str, str]
#: These have one primary company each.
HAS_PRIMARY = ("contacts", "deals", "tickets")


class Links:
    """All associations of an account."""

    def __init__(self) -> None:
        self._by_pair: dict[Pair, dict[int, dict[int, set[int]]]] = defaultdict(dict)

    def add(self, source: str, source_id: int, target: str, target_id: int, types: Iterable[int] = ()) -> set[int]:
        """Associate two records; without types the default one, and the primary one for a first company."""
        wanted = set(types) or self._defaults(source, source_id, target, target_id)
        self._put(source, source_id, target, target_id, wanted)
        self._put(target, target_id, source, source_id, {TYPES[kind].mirror for kind in wanted})
        return wanted

    def remove(self, source: str, source_id: int, target: str, target_id: int) -> None:
        """End every association between two records."""
        self._by_pair[source, target].get(source_id, {}).pop(target_id, None)
        self._by_pair[target, source].get(target_id, {}).pop(source_id, None)

    def of(self, source: str, source_id: int, target: str) -> dict[int, set[int]]:
        """Id of the other record → types, in order of ids."""
        return dict(sorted(self._by_pair[source, target].get(source_id, {}).items()))

    def is_linked(self, source: str, source_id: int, target: str, target_id: int) -> bool:
        """Whether two records are associated."""
        return target_id in self._by_pair[source, target].get(source_id, {})

    def primary(self, source: str, source_id: int, target: str) -> int | None:
        """The record marked as primary."""
        kind = primary_type(source, target)
        return next(
            (other for other, types in self.of(source, source_id, target).items() if kind and kind.id in types), None
        )

    def move(self, object_type: str, old: int, new: int) -> None:
        """Hand all associations of one record to another."""
        for (source, target), ends in list(self._by_pair.items()):
            if source == object_type:
                for other, types in list(ends.get(old, {}).items()):
                    self.remove(source, old, target, other)
                    if other != new:
                        self.add(source, new, target, other, types)

    def drop(self, object_type: str, record_id: int) -> None:
        """End all associations of a record that is gone."""
        for (source, target), ends in list(self._by_pair.items()):
            if source == object_type:
                for other in list(ends.get(record_id, {})):
                    self.remove(source, record_id, target, other)

    def _put(self, source: str, source_id: int, target: str, target_id: int, types: set[int]) -> None:
        self._by_pair[source, target].setdefault(source_id, {}).setdefault(target_id, set()).update(types)

    def _defaults(self, source: str, source_id: int, target: str, target_id: int) -> set[int]:
        kind = default_type(source, target)
        if kind is None:
            raise KeyError(f"{source} to {target}")
        primary = primary_type(source, target)
        child, child_id, parent = (source, source_id, target) if source in HAS_PRIMARY else (target, target_id, source)
        if primary is None or self.primary(child, child_id, parent) is not None:
            return {kind.id}
        return {kind.id, primary.id}
