"""Scores as the store sees them: who is due, what was in force, what is saved. A score is saved only when it differs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from ..model import Kind, SavedScore, Scorecard
from . import score_rows
from .database import Cell, Database, Lease, Reader, Record
from .statements import statements
from .values import from_ms_or_none, to_ms, to_ms_or_none

SQL = statements("scores")
#: Every saved score is kept this long; after it, the last one of each day.
HOURLY = timedelta(days=35)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueScores:
    """What is to be scored: how many customers, and the sequence the facts were read up to."""

    count: int
    seq: int


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


class Scores:
    """The scores in force, every score that was saved, and who is due for the next one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def choose_due(
        self,
        *,
        scope: str,
        scorecard_hash: str,
        as_of: datetime,
        lease: Lease,
        everybody: bool = False,
        customers: Sequence[str] | None = None,
    ) -> DueScores:
        """Set down who is due: touched since the watermark of `scope`, fallen due by `as_of`, or scored with another scorecard.

        `customers` narrows it; `everybody` takes all active ones. Raises LeaseLost.
        """
        with self._db.transaction(lease) as tx:
            found = tx.one(SQL["watermark"], {"scope": scope})
            newest = tx.one(SQL["newest_seq"])
            seq = cast(int, newest[0]) if newest else 0
            tx.run(SQL["clear_due"])
            tx.run(
                SQL["fill_due"],
                {
                    "seq": cast(int, found[0]) if found else 0,
                    "as_of": to_ms(as_of),
                    "scorecard_hash": scorecard_hash,
                    "everybody": int(everybody),
                },
            )
            if customers is not None:
                tx.run(SQL["keep_due"], {"customers": json.dumps(list(customers))})
            count = tx.one(SQL["count_due"])
        return DueScores(count=cast(int, count[0]) if count else 0, seq=seq)

    def due(self, reader: Reader) -> Iterator[tuple[str, SavedScore | None]]:
        """Due customers in order, each with the score in force."""
        for record in reader.each(SQL["due_scores"]):
            yield cast(str, record[0]), None if record[1] is None else score_rows.decode(record[1:])

    def rows(self, reader: Reader, kind: Kind) -> Iterator[Record]:
        """The living rows of a kind that belong to due customers, by customer, newest first.

        Columns: customer, id, connection, changed_at, observed_at, the kind's own, extra.
        """
        newest = kind.at or "changed_at"
        yield from reader.each(SQL.fill("rows_of_kind", kind=kind.name, columns=", ".join(kind.names), newest=newest))

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

    def save(self, changed: Sequence[SavedScore], held: Sequence[SavedScore], *, run: int, lease: Lease) -> None:
        """Keep the scores that differ, and for those that do not only when they fall due next."""
        with self._db.transaction(lease) as tx:
            first = tx.next_seq(len(changed)) if changed else 0
            records: list[tuple[Cell, ...]] = [
                (*score_rows.encode(score), run, first + offset) for offset, score in enumerate(changed)
            ]
            tx.many(SQL["save_score"], records)
            tx.many(SQL["save_history"], records)
            tx.many(SQL["still_holds"], [(to_ms_or_none(score.valid_until), score.customer) for score in held])

    def finish(self, scope: str, seq: int, card: Scorecard, as_of: datetime, *, lease: Lease) -> None:
        """Everybody due has been scored with the facts up to `seq`; old history is thinned out."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["set_watermark"], {"scope": scope, "seq": seq})
            tx.run(SQL["forget_watermarks"], {"scope": scope})
            tx.run(SQL["keep_scorecard"], {"hash": card.hash, "name": card.name, "text": card.text, "at": to_ms(as_of)})
            tx.run(SQL["thin_history"], {"before": to_ms(as_of - HOURLY)})

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
