"""Walking through a query's result by (time of change, id) or by id alone. What is asked for and what becomes of it is decided elsewhere.

A result's pages are fetched by the link Salesforce gives. When that has died, or the query runs for too long, the walk asks anew from the
last record it gave, in the second case for less at a time; the place is one of the keyset, so no record is missed or waited for twice.
See https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from cshub import JSON, Answer, PageLoop, Reject, VendorTrouble

from .api import Api, listed
from .explain import LocatorGone, QueryTooHeavy
from .records import Record

#: How many records to ask for at a time when Salesforce finds a query too heavy: first, then less.
_SMALLER = (2_000, 500, 100)


@dataclass(frozen=True, slots=True)
class Place:
    """Behind the record `id`; where changes are walked, that record changed at `at`, and without `id` that instant is still to be read."""

    id: str | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Some records in order, those that could not be read, the place behind them, and whether they are the last."""

    records: Sequence[Record]
    rejects: Sequence[Reject]
    place: Place
    answer: Answer
    last: bool


Ask: TypeAlias = Callable[[Place, int], str]
Read: TypeAlias = Callable[[Sequence[JSON]], tuple[list[Record], list[Reject]]]


class Walk:
    """One walk from `start`. `ask` makes the query for what lies behind a place, at most so many records (0: all)."""

    def __init__(self, api: Api, ask: Ask, read: Read, start: Place) -> None:
        self._api = api
        self._ask = ask
        self._read = read
        self._place = start
        self._limit = 0
        self._links: set[str] = set()

    def __iter__(self) -> Iterator[Found]:
        """The pages up to the last. Raises PageLoop and VendorTrouble where Salesforce gets no further."""
        while True:
            start = self._place
            try:
                if (yield from self._result()):
                    return
            except QueryTooHeavy as error:
                self._limit = self._smaller(error)
                continue
            except LocatorGone:
                if self._place == start:
                    raise
            if self._place == start:
                raise VendorTrouble("none of these records has an id to go on from", hint="a later run tries again")

    def _result(self) -> Generator[Found, None, bool]:
        """The pages of one query; returns whether nothing lies behind them."""
        answer = self._api.query(self._ask(self._place, self._limit), deleted=True)
        count = 0
        while True:
            items, link = listed(answer)
            count += len(items)
            last = link is None and (not self._limit or count < self._limit)
            yield self._found(answer, items, last=last)
            if link is None:
                return last
            if link in self._links:
                raise PageLoop("the list never ends: it names the same next page again", where=answer.where)
            self._links.add(link)
            answer = self._api.more(link)

    def _found(self, answer: Answer, items: Sequence[JSON], *, last: bool) -> Found:
        records, rejects = self._read(items)
        if records:
            self._place = Place(records[-1].id, records[-1].changed_at)
        return Found(records=records, rejects=rejects, place=self._place, answer=answer, last=last)

    def _smaller(self, error: QueryTooHeavy) -> int:
        """How many records to ask for next; the error itself when less is not possible."""
        smaller = [limit for limit in _SMALLER if not self._limit or limit < self._limit]
        if not smaller:
            raise error
        return smaller[0]
