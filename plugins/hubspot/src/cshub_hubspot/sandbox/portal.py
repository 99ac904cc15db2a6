"""One HubSpot account (HubSpot says portal): its tables, associations, owners, and the time they live in."""

from __future__ import annotations

import heapq
import random
import uuid
from dataclasses import dataclass

from cshub.testing.sandbox import SandboxClock, WriteLog

from .behaviour import Behaviour
from .catalog import schema_of
from .generations import ALIASES, OBJECT_TYPES
from .links import Links
from .records import Record, Table
from .search_index import Hit
from .times import DAY_MS

#: Ids begin here and are larger than 32 bits.
FIRST_ID = {name: (90 + 7 * place) * 1_000_000_000 for place, name in enumerate(OBJECT_TYPES)}
RESTLESS_AFTER_MS = 2_000
#: Archived records can be restored so long, then they are gone.
ARCHIVE_DAYS = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A user who may own records. `id` is what `hubspot_owner_id` holds; `user_id` is another number."""

    id: str
    user_id: int
    email: str
    first_name: str
    last_name: str
    archived: bool = False


class Portal:
    """The state of the account; who may do what and how answers look is decided elsewhere."""

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int, own_properties: bool = True) -> None:
        self.clock = clock
        self.behaviour = behaviour
        self.random = random.Random(seed)
        self.id = 144_000_000 + seed
        self.born_ms = clock.now_ms() - 3 * 365 * 86_400_000
        self.writes = WriteLog()
        self.links = Links()
        self.owners: list[Owner] = []
        self.tables = {name: _table(name, own=own_properties) for name in OBJECT_TYPES}
        self._next_id = dict(FIRST_ID)
        self._restless: list[tuple[int, str, int]] = []

    def table(self, object_type: str) -> Table | None:
        """The table of a type, by any of its names."""
        return self.tables.get(ALIASES.get(object_type, ""))

    def new_id(self, object_type: str) -> int:
        """The next id of a type: rising, with gaps."""
        self._next_id[object_type] += self.random.randint(1, 9)
        return self._next_id[object_type]

    def correlation_id(self) -> str:
        """A fresh id for an error answer."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def settle(self) -> None:
        """Let happen what is due: stamps that move by themselves, changes that searches now see."""
        now = self.clock.now_ms()
        while self._restless and self._restless[0][0] <= now:
            due, name, record_id = heapq.heappop(self._restless)
            record = self.tables[name].live.get(record_id)
            if record:
                record.modified_ms = max(record.modified_ms, due)
                self.publish(self.tables[name], record, since_ms=due)
        for table in self.tables.values():
            table.index.settle(now)
            table.purge(now - ARCHIVE_DAYS * DAY_MS)

    def publish(self, table: Table, record: Record, *, since_ms: int | None = None) -> None:
        """Let searches see the record as it now is, once the lag since its change has passed."""
        lag_ms = self.behaviour.search_lag_s * 1000
        changed_ms = self.clock.now_ms() if since_ms is None else since_ms
        due = changed_ms + round(lag_ms * self.random.uniform(0.5, 1.0))
        table.index.note(Hit(record.modified_ms, record.id, record.values), due)

    def born(self, table: Table, record: Record) -> None:
        """A record was made: searches will see it, and a restless company will move its own stamp."""
        table.put(record)
        self.publish(table, record)
        if self.behaviour.restless and table.name == "companies":
            heapq.heappush(self._restless, (record.created_ms + RESTLESS_AFTER_MS, table.name, record.id))


def _table(name: str, *, own: bool) -> Table:
    stamp = "lastmodifieddate" if name == "contacts" else "hs_lastmodifieddate"
    created = "hs_createdate" if name in ("tasks", "notes") else "createdate"
    return Table(name, schema_of(name, own=own), stamp=stamp, created=created)
