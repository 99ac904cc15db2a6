"""Where customers stand and stood: stage, segments, scorecard, milestone. A row is added for each entry; it ends once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, cast

import orjson

from .database import Cell, Database, Lease, Reader, Record, Transaction
from .statements import statements
from .values import from_ms, from_ms_or_none, to_ms, to_ms_or_none

SQL = statements("segments")
#: What a membership is about, and its name.
Place: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """Where a customer stands. `treatment` is scored, frozen or ignored; `reason` names rules that could not be judged."""

    stage: str
    segments: tuple[str, ...]
    scorecard: str | None
    treatment: str
    reason: str | None
    valid_until: datetime | None

    def places(self) -> tuple[Place, ...]:
        """Every membership of it."""
        card = () if self.scorecard is None else (("scorecard", self.scorecard),)
        return (("stage", self.stage), *(("segment", name) for name in self.segments), *card)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When the milestone was reached, and whole days from the start to it (None: the start was not known)."""

    at: datetime
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A stage, segment or scorecard (`sort`) that a customer was in from `since` to `until` (None: it is)."""

    sort: str
    name: str
    since: datetime
    until: datetime | None
    run: int
    until_run: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A customer that stands elsewhere, says another reason, or reached its milestone (`reached`, when it is new)."""

    customer: str
    before: Stood | None
    after: Stood
    reached: Reached | None = None


class Segments:
    """Placements now, and the history of memberships."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of_due(self, reader: Reader) -> Iterator[tuple[str, Stood | None, Reached | None]]:
        """Due customers in order, with where they stood."""
        for record in reader.each(SQL["placements_of_due"]):
            yield cast(str, record[0]), _stood(record[1:7]), _reached(record[7:])

    def save(
        self,
        moves: Sequence[Move],
        held: Sequence[tuple[str, datetime | None]],
        *,
        run: int,
        as_of: datetime,
        lease: Lease,
    ) -> None:
        """Keep what moved at `as_of`, and for those that stand where they stood only how long they will. Raises LeaseLost."""
        with self._db.transaction(lease) as tx:
            tx.many(SQL["still_stands"], [(to_ms_or_none(until), customer) for customer, until in held])
            if moves:
                _move(tx, moves, run=run, at=to_ms(as_of))

    def leave(self, *, run: int, as_of: datetime, lease: Lease) -> None:
        """End what customers were that are none any more; what they reached goes with them into the customer they became part of."""
        with self._db.read() as reader:
            stay = reader.one(SQL["any_left"]) is None and reader.one(SQL["any_to_follow"]) is None
        if stay:
            return
        with self._db.transaction(lease) as tx:
            wanted: dict[str, Cell] = {"run": run, "as_of": to_ms(as_of), "seq": tx.next_seq()}
            tx.run(SQL["end_left"], wanted)
            tx.run(SQL["drop_left"])
            tx.run(SQL["follow"], {"run": run, "seq": wanted["seq"]})

    # Reading for people

    def of(self, customer: str) -> tuple[Stood | None, Reached | None]:
        """Where a customer stands, and its milestone."""
        with self._db.read() as reader:
            found = reader.one(SQL["placement"], {"customer": customer})
        return (None, None) if found is None else (_stood(found[:6]), _reached(found[6:]))

    def history(self, customer: str) -> list[Membership]:
        """All that a customer was and is, by sort, oldest first."""
        with self._db.read() as reader:
            return [_membership(row) for row in reader.all(SQL["memberships"], {"customer": customer})]

    def changes(self, reader: Reader, seq: int) -> Iterator[tuple[str, Membership, int]]:
        """Customers that entered or left something after a sequence, with what, in the order in which it was seen."""
        for customer, *row, at in reader.each(SQL["membership_changes"], {"seq": seq}):
            yield cast(str, customer), _membership(tuple(row)), cast(int, at)

    def counts(self) -> dict[str, dict[str, int]]:
        """How many customers are in each stage and in each segment now."""
        found: dict[str, dict[str, int]] = {"stage": {}, "segment": {}}
        with self._db.read() as reader:
            for sort, name, count in reader.all(SQL["count_members"]):
                found[cast(str, sort)][cast(str, name)] = cast(int, count)
        return found


def _move(tx: Transaction, moves: Sequence[Move], *, run: int, at: int) -> None:
    first = tx.next_seq(len(moves))
    ended: list[Record] = []
    begun: list[Record] = []
    for seq, move in enumerate(moves, first):
        before, after = set(move.before.places() if move.before else ()), set(move.after.places())
        ended += [(at, run, seq, move.customer, *place) for place in sorted(before - after)]
        begun += [(move.customer, *place, at, run, seq) for place in sorted(after - before)]
    tx.many(SQL["leave"], ended)
    tx.many(SQL["enter"], begun)
    tx.many(SQL["save_placement"], _placed(moves, run, first))
    tx.many(
        SQL["save_milestone"],
        [
            (m.customer, to_ms(m.reached.at), m.reached.days, run, seq)
            for seq, m in enumerate(moves, first)
            if m.reached
        ],
    )


def _placed(moves: Sequence[Move], run: int, first: int) -> Iterable[Record]:
    for seq, move in enumerate(moves, first):
        after = move.after
        names = orjson.dumps(after.segments).decode()
        told = (after.stage, names, after.scorecard, after.treatment, after.reason, to_ms_or_none(after.valid_until))
        yield (move.customer, *told, run, seq)


def _stood(record: Record) -> Stood | None:
    stage, segments, scorecard, treatment, reason, until = record
    if stage is None:
        return None
    return Stood(
        stage=cast(str, stage),
        segments=tuple(orjson.loads(cast(str, segments))),
        scorecard=cast("str | None", scorecard),
        treatment=cast(str, treatment),
        reason=cast("str | None", reason),
        valid_until=from_ms_or_none(cast("int | None", until)),
    )


def _reached(record: Record) -> Reached | None:
    at, days = record
    return None if at is None else Reached(at=from_ms(cast(int, at)), days=cast("int | None", days))


def _membership(record: Record) -> Membership:
    sort, name, since, until, run, until_run = record
    return Membership(
        sort=cast(str, sort),
        name=cast(str, name),
        since=from_ms(cast(int, since)),
        until=from_ms_or_none(cast("int | None", until)),
        run=cast(int, run),
        until_run=cast("int | None", until_run),
    )
