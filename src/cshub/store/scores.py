"""Scores as the store sees them: who is due, what was in force, what is saved. A score is saved only when it differs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from ..model import Kind, Reading, SavedScore, Scorecard
from . import score_rows
from .database import Cell, Database, Lease, Reader, Record, Transaction
from .score_detail import unpack_readings
from .score_rows import Before, Encoded, Past
from .statements import statements
from .values import from_ms_or_none, to_ms, to_ms_or_none

SQL = statements("scores")
#: Every saved score is kept this long; after it, the last one of each day.
HOURLY = timedelta(days=35)
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DueScores:
    """What is to be scored: how many customers, and the sequence the facts were read up to."""

    count: int
    seq: int


class Held(NamedTuple):
    """A score that still says the same: until when it holds, the age of its data, and whether that is of another day than before."""

    customer: str
    valid_until: datetime | None
    data_as_of: datetime | None
    is_new_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A stream that feeds some kind of rows: when it last went well, since when it fails (None: it does not)."""

    connection: str
    stream: str
    kind: str
    last_ok_at: datetime | None
    failing_since: datetime | None

    @property
    def name(self) -> str:
        """`connection.stream`."""
        return f"{self.connection}.{self.stream}"


class Child(NamedTuple):
    """A customer below another one: its score in force (None: there is none), and the currency of its account."""

    customer: str
    name: str | None
    micro: int | None
    is_frozen: bool
    currency: str | None
    readings: Mapping[str, Reading]


class Scores:
    """The scores in force, every score that was saved, and who is due for the next one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def choose_due(
        self,
        *,
        scope: str,
        cards: Sequence[Scorecard],
        as_of: datetime,
        lease: Lease,
        everybody: bool = False,
        customers: Sequence[str] | None = None,
        parents: bool = False,
    ) -> DueScores:
        """Set down who is due: touched since the watermark of `scope`, fallen due by `as_of`, or scored with none of `cards`.

        `customers` narrows it; `everybody` takes all active ones; with `parents`, all that are above somebody due are due as well. The
        scorecards' texts are kept first, because a score must never be without its own. Raises LeaseLost.
        """
        with self._db.transaction(lease) as tx:
            found = tx.one(SQL["watermark"], {"scope": scope})
            newest = tx.one(SQL["newest_seq"])
            since = -1 if everybody or found is None else cast(int, found[0])
            tx.many(SQL["keep_scorecard"], [(card.hash, card.name, card.text, to_ms(as_of)) for card in cards])
            tx.run(SQL["clear_due"])
            tx.run(
                SQL["fill_due"],
                {"seq": since, "as_of": to_ms(as_of), "hashes": json.dumps([card.hash for card in cards])},
            )
            if customers is not None:
                tx.run(SQL["keep_due"], {"customers": json.dumps(list(customers))})
            if parents:
                tx.run(SQL["add_parents"], {"seq": since if customers is None else None})
            count = tx.one(SQL["count_due"])
        return DueScores(count=cast(int, count[0]) if count else 0, seq=cast(int, newest[0]) if newest else 0)

    def due(
        self, reader: Reader, *, then: datetime, readings: bool = False
    ) -> Iterator[tuple[str, Before | None, Past]]:
        """Due customers in order, each with what is needed of the score in force (its readings only when asked for) and that of `then`."""
        for record in reader.each(SQL["due_scores"], {"readings": int(readings), "then": to_ms(then)}):
            customer, micro, next_at, *before = record
            past = Past(cast("int | None", micro), from_ms_or_none(cast("int | None", next_at)))
            yield cast(str, customer), None if before[0] is None else score_rows.decode_before(tuple(before)), past

    def due_churned(self, reader: Reader) -> frozenset[str]:
        """Due customers that the CRM calls churned."""
        return frozenset(cast(str, id) for (id,) in reader.each(SQL["due_churned"]))

    def due_parents(self, reader: Reader) -> dict[str, str | None]:
        """Due customers with active ones below them, and whom each of them is below itself."""
        return {cast(str, id): cast("str | None", parent) for id, parent in reader.each(SQL["due_parents"])}

    def children(
        self, reader: Reader, customers: Sequence[str], *, readings: bool = False
    ) -> Iterator[tuple[str, Child]]:
        """The active customers below some customers, each with whom it is below; its readings only when asked for."""
        rows = reader.each(SQL["children_of"], {"customers": json.dumps(list(customers)), "readings": int(readings)})
        for parent, id, name, micro, is_frozen, currency, detail in rows:
            yield (
                cast(str, parent),
                Child(
                    customer=cast(str, id),
                    name=cast("str | None", name),
                    micro=None if micro is None else int(micro),
                    is_frozen=is_frozen == 1,
                    currency=cast("str | None", currency),
                    readings={} if detail is None else unpack_readings(detail),
                ),
            )

    def said(self, reader: Reader, value: str, reason: str, until: str) -> Iterator[Record]:
        """What the named extra fields of due customers' accounts hold: customer, connection, value, reason, until, time of the change."""
        paths = {"value": f'$."{value}"', "reason": f'$."{reason}"', "until": f'$."{until}"'}
        yield from reader.each(SQL["said"], dict(paths))

    def daily(self, customer: str, at: datetime, days: int) -> list[tuple[int, int]]:
        """The score in force at the same time of each of the last days, as (day, micro-points); days without one are left out."""
        with self._db.read() as reader:
            rows = reader.all(SQL["daily_scores"], {"customer": customer, "at": to_ms(at), "days": days})
        return [(cast(int, day), cast(int, micro)) for day, micro in rows if micro is not None]

    def active(self, reader: Reader) -> Iterator[str]:
        """Every active customer, in order."""
        for record in reader.each(SQL["active_customers"]):
            yield cast(str, record[0])

    def rows(self, reader: Reader, kind: Kind) -> Iterator[Record]:
        """The living rows of a kind that belong to due customers, by customer, newest first.

        Columns: customer, id, connection, changed_at, observed_at, the kind's own, extra.
        """
        newest = kind.at or "changed_at"
        yield from reader.each(SQL.fill("rows_of_kind", kind=kind.name, columns=", ".join(kind.names), newest=newest))

    def has_several(self, reader: Reader) -> bool:
        """Whether some customer has several accounts of one connection: only a person's word does that."""
        return reader.one(SQL["any_mapped"]) is not None

    def feeds(self, kinds: Sequence[str]) -> list[Feed]:
        """The streams that feed these kinds."""
        with self._db.read() as reader:
            rows = reader.all(SQL["streams_of_kinds"], {"kinds": json.dumps(list(kinds))})
        return [
            Feed(
                connection=cast(str, connection),
                stream=cast(str, stream),
                kind=cast(str, kind),
                last_ok_at=from_ms_or_none(cast("int | None", last_ok_at)),
                failing_since=from_ms_or_none(cast("int | None", failing_since)),
            )
            for connection, stream, kind, last_ok_at, failing_since in rows
        ]

    def save(self, changed: Sequence[Encoded], held: Sequence[Held], *, run: int, lease: Lease) -> None:
        """Keep the scores that differ, with their explanations where those do, and for the others only how long they hold."""
        refreshed = [one for one in held if one.is_new_day]
        details = [one.detail() if one.keeps is None else b"" for one in changed]
        with self._db.transaction(lease) as tx:
            first = tx.next_seq(len(changed) + len(refreshed)) if changed or refreshed else 0
            _save_changed(tx, list(enumerate(changed, first)), details, run)
            tx.many(SQL["still_holds"], [(*_until(one), one.customer) for one in held if not one.is_new_day])
            tx.many(
                SQL["still_holds_today"],
                [(*_until(one), seq, one.customer) for seq, one in enumerate(refreshed, first + len(changed))],
            )

    def finish(self, scope: str, seq: int, as_of: datetime, *, lease: Lease) -> None:
        """Everybody due has been scored with the facts up to `seq`; history that has become old is thinned out."""
        before = to_ms(as_of - HOURLY) // DAY_MS * DAY_MS
        with self._db.transaction(lease) as tx:
            tx.run(SQL["set_watermark"], {"scope": scope, "seq": seq})
            tx.run(SQL["forget_watermarks"], {"scope": scope})
            _drop_details(tx, {cast(int, number) for (number,) in tx.all(SQL["thin_history"], {"before": before})})
            tx.run(SQL["set_thinned"], {"before": before})

    # Reading for people

    def in_force(self, customer: str) -> SavedScore | None:
        """The score of a customer now."""
        with self._db.read() as reader:
            found = reader.one(SQL["score_in_force"], {"customer": customer})
        return score_rows.decode(found) if found else None

    def at(self, customer: str, at: datetime) -> SavedScore | None:
        """The score that was in force at an instant."""
        with self._db.read() as reader:
            found = reader.one(SQL["score_at"], {"customer": customer, "at": to_ms(at)})
        return score_rows.decode(found) if found else None

    def most_at_risk(self, limit: int) -> list[tuple[str, SavedScore]]:
        """Names and scores of active customers, lowest score first."""
        with self._db.read() as reader:
            rows = reader.all(SQL["most_at_risk"], {"limit": limit})
        return [(cast("str | None", row[-1]) or cast(str, row[0]), score_rows.decode(row[:-1])) for row in rows]

    def count_bands(self) -> dict[str | None, int]:
        """How many active customers stand in each band; None: not enough data."""
        with self._db.read() as reader:
            return {cast("str | None", band): cast(int, count) for band, count in reader.all(SQL["count_bands"])}

    def scorecard_text(self, scorecard_hash: str) -> str | None:
        """The scorecard with that hash, as canonical text."""
        with self._db.read() as reader:
            found = reader.one(SQL["scorecard_text"], {"hash": scorecard_hash})
        return cast(str, found[0]) if found else None


def _save_changed(tx: Transaction, changed: Sequence[tuple[int, Encoded]], details: Sequence[bytes], run: int) -> None:
    """Explanations take the sequence of the score that says them first as their number."""
    tx.many(
        SQL["save_detail"],
        [(seq, detail) for (seq, one), detail in zip(changed, details, strict=True) if one.keeps is None],
    )
    records = [
        (*one.cells, one.digest, seq if one.keeps is None else one.keeps, run, seq, one.said, int(one.is_frozen))
        for seq, one in changed
    ]
    tx.many(SQL["save_score"], records)
    tx.many(SQL["save_history"], [record[:-2] for record in records])
    _drop_details(tx, {one.spoils for _, one in changed if one.spoils is not None})


def _drop_details(tx: Transaction, numbers: Collection[int]) -> None:
    """Explanations that may be without a score by now."""
    tx.many(SQL["drop_detail"], [(number, number, number) for number in sorted(numbers)])


def _until(held: Held) -> tuple[Cell, Cell]:
    return to_ms_or_none(held.valid_until), to_ms_or_none(held.data_as_of)
