"""Reading responses: once from the beginning, then again and again the time in which answers may still change, now and then everything.

SatisMeter has no list of what changed: a response is found by when it was recorded, and answers are completed and edited later.
Nothing here relies on the order of a list, on the exactness of its bounds, or on a record coming only once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from cshub import JSON, Answer, AnswerError, Page, Reject, RequestRefused, Row, walk_cursor

from .client import Api, listed
from .cursor import Position, Span, Sweep
from .given import Memory
from .mapping import Mapper, row_id
from .records import Unmappable
from .settings import SatisMeterSettings
from .values import epoch_ms, moment

#: Whether the bounds of a list belong to it is not documented, and clocks disagree a little: each list reaches over them.
EDGE = timedelta(minutes=1)
#: So often a list is begun before a cursor of it that is refused counts as a refusal.
BEGINNINGS = 4
#: The ids are listed in parts of this length, so that a sweep that was cut off goes on in the same part.
PART = timedelta(days=365)


class Pull:
    """One reading of the responses, from a position up to `until`."""

    def __init__(
        self, api: Api, mapper: Mapper, settings: SatisMeterSettings, start: Position | None, until: datetime
    ) -> None:
        self._api = api
        self._mapper = mapper
        self._begins = settings.begins
        self._reread = settings.reread
        self._refresh = settings.refresh
        self._until = until
        self._at = start or Position(read_ms=0, whole_ms=0)

    def pages(self) -> Iterator[Page]:
        """The pages after the position; the last one's is where the next reading begins.

        A reading that was cut off is finished first, and what came since is read behind it.
        """
        span = self._at.span or self._next()
        yield from self._span(span)
        if moment(span.until_ms) + EDGE < self._until:
            yield from self._span(self._next())

    def _next(self) -> Span:
        """The list to begin: everything when that is due, else as far back as answers may have changed."""
        since = max(self._begins, min(moment(self._at.read_ms), self._until) - self._reread)
        if self._until - moment(self._at.whole_ms) >= self._refresh:
            since = self._begins
            self._at = self._at.model_copy(update={"whole_ms": epoch_ms(self._until)})
        return Span(since_ms=epoch_ms(min(since, self._until)), until_ms=epoch_ms(self._until))

    def _span(self, span: Span) -> Iterator[Page]:
        """The pages of one list."""
        memory = Memory(self._at.given)
        still_read = (moment(span.until_ms) - self._reread).date().isoformat()
        for items, after in listing(self._api, span):
            rows, tombstones, rejects = self._found(items, memory)
            memory.forget_before(still_read)
            self._at = Position(
                read_ms=self._at.read_ms if after else span.until_ms,
                whole_ms=self._at.whole_ms,
                span=span.model_copy(update={"after": after}) if after else None,
                given=memory.kept,
            )
            yield Page(rows=rows, tombstones=tombstones, rejects=rejects, cursor=self._at.dump())

    def _found(self, items: Sequence[JSON], memory: Memory) -> tuple[list[Row], list[str], list[Reject]]:
        """What the responses of a page come to: rows, rows that vanished from them, rejects."""
        rows: list[Row] = []
        tombstones: list[str] = []
        rejects: list[Reject] = []
        for item in items:
            mapped = self._mapper.mapped(item)
            rows += mapped.rows
            rejects += mapped.rejects
            if mapped.id is None:
                continue
            tombstones += (row_id(mapped.id, answer) for answer in memory.vanished(mapped.id, mapped.measured))
            memory.note(mapped.id, mapped.created, mapped.measured)
        given = {row[0] for row in rows}  # a page may hold a response twice, as it was and as it is
        return rows, [id for id in tombstones if id not in given], rejects


def ids(api: Api, mapper: Mapper, start: Sweep, where: str) -> Iterator[tuple[list[str], bytes]]:
    """The ids of all rows with the place after each lot, part by part; complete only when it ends by itself.

    A part of several pages is listed twice. Absence is concluded from these lists, and what is deleted meanwhile may let
    the rest move up past the end of a page that was read: to be missed both times, a response would have to do so twice.
    """
    step = start
    while (span := step.span) is not None:
        for items, after in listing(api, span):
            within = span.model_copy(update={"after": after})
            step = step.model_copy(update={"span": within}) if after else _ahead(step, within)
            yield _ids(mapper, items, where), step.dump()


def sweep(begins: datetime, now: datetime) -> Sweep:
    """Where a sweep of everything up to now begins."""
    until_ms = epoch_ms(now)
    return Sweep(until_ms=until_ms, span=_part(min(epoch_ms(begins), until_ms), until_ms))


def listing(api: Api, span: Span) -> Iterator[tuple[Sequence[JSON], str | None]]:
    """Pages of a list with the cursor of the next one; from the list's beginning where its place is no longer known.

    How long SatisMeter remembers a page's cursor is not documented, nor whether one outlives the response it was made from.
    """
    since, until = moment(span.since_ms) - EDGE, moment(span.until_ms) + EDGE
    asked: list[str | None] = []

    def fetch(after: str | None) -> Answer:
        asked[:] = [after]
        return api.responses(since, until, after)

    start = span.after
    for left in reversed(range(BEGINNINGS)):
        try:
            yield from walk_cursor(fetch, listed, start)
        except RequestRefused:
            if asked == [None] or not left:
                raise
            start = None
        else:
            return


def _ids(mapper: Mapper, items: Sequence[JSON], where: str) -> list[str]:
    try:
        return [id for item in items for id in mapper.ids(item)]
    except Unmappable as error:
        raise AnswerError(
            f"a response cannot be told from one that is gone: {error}",
            where=where,
            hint="the sweep is given up, and nothing counts as gone; `cshub failed` shows the response",
        ) from error


def _ahead(step: Sweep, part: Span) -> Sweep:
    """Where a sweep that stands at `step` goes on when the part is listed to its end."""
    if step.span and step.span.after and not step.again:
        return Sweep(until_ms=step.until_ms, span=part, again=True)
    following = _part(part.until_ms, step.until_ms) if part.until_ms < step.until_ms else None
    return Sweep(until_ms=step.until_ms, span=following)


def _part(since_ms: int, until_ms: int) -> Span:
    return Span(since_ms=since_ms, until_ms=min(until_ms, since_ms + PART // timedelta(milliseconds=1)))
