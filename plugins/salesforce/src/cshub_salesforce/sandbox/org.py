"""One Salesforce org: its tables, its people, the time they live in, and the journal that lets a call be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cshub.testing.sandbox import SandboxClock, WriteEntry, WriteLog

from .behaviour import Behaviour
from .catalog import currency_field, person_fields
from .fields import Field, Row, Value
from .formulas import FORMULAS
from .ids import make_id
from .records import Record, Table, object_of
from .setup_objects import data_objects, tooling_objects
from .times import whole_second

MINUTE_MS = 60_000
Undo = Callable[[], object]


class RolledBack(Exception):
    """Raised inside a transaction to take back all it did."""


class Org:
    """The state of the org; who may do what and how answers look is decided elsewhere."""

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int) -> None:
        self.clock = clock
        self.behaviour = behaviour
        self.random = random.Random(seed)
        self.writes = WriteLog()
        self.tables = {name: Table(each) for name, each in data_objects().items()}
        self._add_features()
        self.tooling = {name: Table(each) for name, each in tooling_objects().items()}
        self.id = make_id("Organization", seed + 1)
        #: Rows that somebody else is writing right now, and parents of such rows.
        self.locked: set[str] = set()
        #: Fields that the user of the API is not let see, as `Account.Industry`.
        self.hidden_fields = set(behaviour.hidden_fields)
        #: When a describe last changed.
        self.schema_ms = whole_second(clock.now_ms())
        self._settled_minute = 0
        self._numbers: dict[str, int] = {}
        self._journal: list[Undo] | None = None
        self._entries: list[WriteEntry] = []
        self.integration_user = self.new_id("User")
        self.administrator = self.new_id("User")

    @property
    def now_ms(self) -> int:
        """The time as stamps have it: in whole seconds."""
        return whole_second(self.clock.now_ms())

    def new_id(self, object_type: str) -> str:
        """The next id of an object: rising, with gaps."""
        number = self._numbers.get(object_type, 100_000) + self.random.randint(1, 9)
        self._numbers[object_type] = number
        return make_id(object_type, number)

    def find(self, record_id: Value) -> Record | None:
        """The record of that id, deleted or not, whatever its object."""
        name = object_of(record_id) if isinstance(record_id, str) else None
        table = self.tables.get(name or "") or self.tooling.get(name or "")
        return table.records.get(str(record_id)) if table else None

    def seen(self, record_id: Value) -> Row | None:
        """What a query sees of that record."""
        record = self.find(record_id)
        return record.seen(self.clock.now_ms()) if record else None

    def value(self, object_type: str, row: Row, field: Field) -> Value:
        """What a field of a row shows: a formula is worked out when somebody looks, and moves no stamp."""
        formula = FORMULAS.get((object_type, field.name))
        if formula is not None:
            return formula(self, row)
        # A checkbox is never null, also where it was added after the row.
        return row.get(field.name, field.default if field.type == "boolean" else None)

    def visible_ms(self, by: str) -> int:
        """When queries see what is written now: at once through the API, after the lag of a long transaction else."""
        lag_ms = self.behaviour.visibility_lag_s * 1000 if by == "human" else 0.0
        return self.clock.now_ms() + round(lag_ms * self.random.uniform(0.5, 1.0))

    def settle(self) -> None:
        """Let happen what is due: the recycle bin forgets. It is looked through once a minute."""
        minute = self.clock.now_ms() // MINUTE_MS
        if minute == self._settled_minute:
            return
        self._settled_minute = minute
        for table in self.tables.values():
            table.purge(self.clock.now_ms())

    def put(self, table: Table, record: Record, values: Row, by: str) -> None:
        """Write a record's values; a transaction can take it back."""
        before, versions, deleted = record.values, list(record.versions), record.deleted_ms
        record.put(values, self.visible_ms(by))
        table.reindex(record.id, before, values)
        self.undo(lambda: self._restore(table, record, before, versions, deleted))

    def add(self, table: Table, record: Record, by: str) -> None:
        """Take a new record in; a transaction can take it back."""
        record.put(record.values, self.visible_ms(by), is_new=True)
        table.add(record)
        self.undo(lambda: table.drop(record.id))

    def undo(self, step: Undo) -> None:
        """Remember how to take back what was just done."""
        if self._journal is not None:
            self._journal.append(step)

    def note(self, entry: WriteEntry) -> None:
        """Log a written field, at the end of the transaction if there is one."""
        if self._journal is None:
            self.writes.add(entry)
        else:
            self._entries.append(entry)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is taken back when `RolledBack` is raised, which ends here."""
        is_outer = self._journal is None
        journal: list[Undo] = [] if self._journal is None else self._journal
        done, noted = len(journal), len(self._entries)
        self._journal = journal
        try:
            yield
        except RolledBack:
            while len(journal) > done:
                journal.pop()()
            del self._entries[noted:]
        finally:
            if is_outer:
                self._commit()

    def _commit(self) -> None:
        entries, self._journal, self._entries = self._entries, None, []
        for entry in entries:
            self.writes.add(entry)

    def _add_features(self) -> None:
        if self.behaviour.multi_currency:
            for name in ("Account", "Contact", "Opportunity"):
                self.tables[name].type.add(currency_field())
        if self.behaviour.person_accounts:
            self.tables["Account"].type.add(*person_fields())

    def _restore(
        self, table: Table, record: Record, values: Row, versions: list[tuple[int, Row]], deleted_ms: int | None
    ) -> None:
        table.reindex(record.id, record.values, values)
        record.values, record.versions, record.deleted_ms = values, versions, deleted_ms
