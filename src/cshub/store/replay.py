"""The store as it was: the same parts over temporary tables. Nothing that is done through it reaches the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from .database import Cut, Database, Lease, Reader, Stray, Transaction
from .past import SQL, forget_future, make_room
from .store import Store
from .values import from_ms_or_none, to_ms

#: Earlier scores are at hand for so long, unless something looks back further.
LOOKING_BACK = timedelta(days=35)


class PastDatabase:
    """A `Database` over the one connection of a replay. Leases are not looked at: nobody else sees what is written here."""

    def __init__(self, past: Transaction, now: Database) -> None:
        self.url = now.url
        self._past = past
        self._now = now

    @contextmanager
    def transaction(self, *leases: Lease) -> Iterator[Transaction]:
        yield self._past

    @contextmanager
    def read(self) -> Iterator[Reader]:
        yield self._past

    def replay(self, cut: Cut | None, strays: Sequence[Stray] = ()) -> AbstractContextManager[Transaction]:
        return self._now.replay(cut, strays)

    def close(self) -> None:
        """Nothing is closed here: the replay ends with its block."""


@contextmanager
def replayed(
    store: Store,
    cut: Cut | None,
    *,
    as_of: datetime,
    fresh: bool = False,
    only_past: bool = False,
    strays: Sequence[Stray] = (),
    looking_back: timedelta = LOOKING_BACK,
) -> Iterator[Store]:
    """The store at a cut (None: as it is now), ready to be scored at `as_of`, with the scores in force before; none of them with `fresh`.

    Earlier scores are at hand for `looking_back`. `only_past` also leaves out facts dated after `as_of`.
    Raises StoreError, as when the disk has no room for the temporary tables.
    """
    with store.db.replay(cut, strays) as past:
        make_room(past, cut, as_of, fresh=fresh, looking_back=looking_back)
        if only_past and cut is not None:
            forget_future(past, as_of)
        yield Store(PastDatabase(past, store.db), store.locks)


class Outcome(NamedTuple):
    """What a replay gave one customer; all but the customer and its name are None where its model failed."""

    customer: str
    name: str | None
    micro: int | None
    band: str | None
    coverage: float | None
    reason: str | None
    scorecard: str | None
    risk: int | None


def everybody(store: Store) -> Iterator[Outcome]:
    """Of a replayed store that has been scored: the outcome of everybody it looked at, by customer, in flat memory."""
    with store.db.read() as reader:
        for record in reader.each(SQL["outcomes"]):
            yield Outcome(*record)  # type: ignore[arg-type]  # as the schema says


def cut_of_run(store: Store, run: int) -> Cut:
    """What the scoring of a run knew. Exact, unless something landed in the seconds between its first look and its first saved score."""
    with store.db.read() as reader:
        found = reader.one(SQL["run_cut"], {"run": run})
    seq, ended = found or (None, None)
    return Cut(at=from_ms_or_none(cast("int | None", ended)), seq=cast("int | None", seq), run=run)


def cut_of_score(store: Store, customer: str, as_of: datetime) -> Cut:
    """What was known when a kept score was made."""
    with store.db.read() as reader:
        found = reader.one(SQL["run_of_score"], {"customer": customer, "as_of": to_ms(as_of)})
    return cut_of_run(store, cast(int, found[0])) if found else Cut(at=as_of)
