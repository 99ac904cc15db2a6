"""The texts of searches: filters, order and fields, within HubSpot's limits. Walking through their results is `search.py`'s part."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cshub import JSON

from .objects import SEARCH_BODY, SEARCH_LIMIT

_ID = "hs_object_id"
_MS_DIGITS = 13
_ID_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Query:
    """Searches by one time-of-change property for some properties."""

    changed: str
    properties: tuple[str, ...]

    @classmethod
    def of(cls, changed: str, properties: tuple[str, ...]) -> Query:
        """Asks for all `properties` if the longest body stays within the limit, else for ids and times alone (`is_lean`)."""
        full = cls(changed, properties)
        longest = full.instant(10**_MS_DIGITS - 1, "9" * _ID_DIGITS)
        return full if len(json.dumps(longest, separators=(",", ":"))) <= SEARCH_BODY else cls(changed, (changed,))

    def lacks(self, properties: tuple[str, ...]) -> bool:
        """Whether the values of these properties have to be read separately."""
        return self.properties != properties

    def window(self, from_ms: int, to_ms: int | None, offset: int = 0) -> JSON:
        """Changes from `from_ms` to `to_ms`, both included, oldest first."""
        filters = [self._time("GTE", from_ms)]
        if to_ms is not None:
            filters.append(self._time("LTE", to_ms))
        return self._body(filters, self.changed, offset)

    def instant(self, at_ms: int, after_id: str) -> JSON:
        """Changes within one millisecond, by id; a range, because `EQ` misses stamps that HubSpot keeps more finely."""
        newer: JSON = {"propertyName": _ID, "operator": "GT", "value": after_id}
        return self._body([self._time("GTE", at_ms), self._time("LT", at_ms + 1), newer], _ID, 0)

    def _time(self, operator: str, ms: int) -> JSON:
        return {"propertyName": self.changed, "operator": operator, "value": str(ms)}

    def _body(self, filters: list[JSON], order: str, offset: int) -> JSON:
        body: dict[str, JSON] = {
            "filterGroups": [{"filters": filters}],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": [*self.properties],
            "limit": SEARCH_LIMIT,
        }
        return {**body, "after": str(offset)} if offset else body
