"""Landing beside the simplest possible model of it: a dict that takes pages one record at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import ClassVar, TypeAlias

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from cshub.connector import Page
from cshub.store import Lease, Store
from tests.contract.store.world import Crm, contact, page

#: Ids and versions: of `a` and `b` the vendor tells when they changed, of `c` and `d` it does not.
ROWS = st.tuples(st.sampled_from("abcd"), st.integers(0, 5))
#: A record of a page: a row, or an id alone for a tombstone.
RECORDS = st.lists(st.one_of(ROWS, st.sampled_from("abcd")), max_size=5)
Records: TypeAlias = "list[tuple[str, int] | str]"


class Landings(RuleBasedStateMachine):
    """Pages of rows and tombstones, several landed together, against `model`: id → (changed_at, name, is alive)."""

    store: ClassVar[Store]
    lease: ClassVar[Lease]
    numbers: ClassVar[Iterator[int]]

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, tuple[datetime | None, str, bool]] = {}
        self.records = 0
        self.crm = Crm(store=self.store, lease=self.lease, connection=f"crm{next(self.numbers)}")
        self.crm.begin()

    @rule(batch=st.lists(RECORDS, min_size=1, max_size=3))
    def land(self, batch: list[Records]) -> None:
        pages = [paged(records) for records in batch]
        counts = self.crm.land(*pages)
        self.records += sum(len(made.rows) + len(made.tombstones) for made in pages)
        assert counts.extracted == sum(len(made.rows) + len(made.tombstones) for made in pages)
        for made in pages:
            for row in made.rows:
                self.model_row(*row[:2], row[3])
            for id in made.tombstones:
                self.model_tombstone(id)

    def model_row(self, id: str, changed_at: datetime | None, name: str) -> None:
        before_at = self.model[id][0] if id in self.model else None
        is_late = changed_at is not None and before_at is not None and changed_at < before_at
        if not is_late:
            self.model[id] = (changed_at, name, True)

    def model_tombstone(self, id: str) -> None:
        if id in self.model:
            self.model[id] = (*self.model[id][:2], False)

    @invariant()
    def the_living_rows_are_the_models(self) -> None:
        assert self.crm.alive() == {id: name for id, (_, name, is_alive) in self.model.items() if is_alive}

    @invariant()
    def the_counters_add_up(self) -> None:
        (report,) = self.store.streams.report(self.crm.run)
        parts = report.new + report.changed + report.unchanged + report.deleted + report.rejected
        assert report.extracted == parts == self.records


def paged(records: Records) -> Page:
    """A page in which each id is either in rows or in tombstones, as the contract wants it; each version has a name of its own."""
    dead = {record for record in records if isinstance(record, str)}
    alive = [record for record in records if isinstance(record, tuple) and record[0] not in dead]
    rows = [contact(id, version if id in "ab" else None, f"{id}, version {version}") for id, version in alive]
    return page(*rows, tombstones=tuple(sorted(dead)))


def test_landing_leaves_what_a_dict_would_hold(store: Store) -> None:
    with store.leases.take("pull crm") as lease:
        machine = type("Machine", (Landings,), {"store": store, "lease": lease, "numbers": count()})
        run_state_machine_as_test(machine, settings=settings(max_examples=40, stateful_step_count=10))
    with store.db.read() as reader:
        assert reader.one("select count(*) from run_stream") != (0,)
