"""The lists and searches of one object, and their order: everything, or what changed since, newest first.

Newest first, because what is edited while one pages moves to the front: then rows repeat, and none is skipped.
See https://developers.intercom.com/docs/references/rest-api/api.intercom.io/contacts/searchcontacts.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cshub import JSON, Answer

from .api import Api
from .explain import skew, vendor_time_s
from .objects import ObjectType
from .pages import Fetch, listed, walk
from .seen import stamp
from .values import epoch_s

_DAY_S = 86_400
#: Longer than a change made in one moment may take to be told in another.
_SURE_S = 30


class Lists:
    """How one object is listed and searched."""

    def __init__(self, api: Api, object_type: ObjectType) -> None:
        self._api = api
        self._type = object_type
        self.read = listed(object_type.list_key)

    def page(self, after: str | None) -> Answer:
        """One page of everything. Tickets have no list, only a search."""
        if self._type.name == "contacts":
            return self._api.contacts(after)
        if self._type.name == "conversations":
            return self._api.conversations(after)
        return self._search(1)(after)

    def changed(self, since_s: int, start: str | None) -> Iterator[tuple[list[JSON], str | None, Answer]]:
        """Pages of what changed at `since_s` or later, from the place `start`, with the answers; older ones may be among them.

        It ends where the older ones begin, as long as the list keeps the order it was asked for.
        """
        answers: list[Answer] = []

        def ask(after: str | None) -> Answer:
            answers[:] = [self._search(since_s)(after)]
            return answers[0]

        order = _Order()
        for found, after in walk(ask, self.read, start):
            over = order.ends(found, since_s)
            yield found, None if over else after, answers[0]
            if over:
                return

    def _search(self, since_s: int) -> Fetch:
        body = query(self._type.name, since_s, to_the_day=not self._api.version.searches_contacts_to_the_second)
        return lambda after: self._api.search(self._type.name, body, after)


class _Order:
    """Whether a list keeps to newest first; one disorder, and its end is not believed any more."""

    def __init__(self) -> None:
        self._least: int | None = None
        self._kept = True

    def ends(self, found: list[JSON], since_s: int) -> bool:
        """True when this page ends with something older than `since_s`, so that all that follows is older as well."""
        times = [stamp(item) for item in found]
        known = [at for at in times if at is not None]
        before = [self._least] if self._least is not None else []
        self._kept = (
            self._kept and len(known) == len(times) and (before + known) == sorted(before + known, reverse=True)
        )
        self._least = min(known, default=self._least)
        return self._kept and bool(known) and known[-1] < since_s


def query(object_type: str, since_s: int, *, to_the_day: bool) -> dict[str, JSON]:
    """The search for what changed at `since_s` or later, newest first.

    Contacts are compared by calendar day in the workspace's time zone (up to 2.16): asked is from a day earlier on, that day included. In the
    other searches `>` may mean "or equal".
    """
    least = since_s - 1
    filters: list[JSON] = [{"field": "updated_at", "operator": ">", "value": least}]
    if object_type == "contacts" and to_the_day:
        day = max(0, since_s - _DAY_S)
        filters = [{"field": "updated_at", "operator": operator, "value": day} for operator in (">", "=")]
    return {
        "query": {"operator": "OR" if len(filters) > 1 else "AND", "value": filters},
        "sort": {"field": "updated_at", "order": "descending"},
    }


def sure_s(answer: Answer, until: datetime) -> int:
    """What changed before this second was read as it will stay at that second; where nobody tells the time, by `until`.

    Stamps are whole seconds, and an answer tells when it was ready, not when its rows were read.
    """
    theirs = vendor_time_s(answer)
    present = epoch_s(until) if theirs is None else min(theirs, epoch_s(until + skew(answer)))
    return present - _SURE_S


def settled_s(answer: Answer, until: datetime, overlap: timedelta) -> int:
    """Where the next reading begins after one that goes up to `until`: by the slower of the two clocks, less the overlap."""
    return max(1, epoch_s(min(until, until + skew(answer)) - overlap))
