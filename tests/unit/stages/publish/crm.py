"""A CRM of a few records in memory: a real Destination with a will of its own (refusals, silences, people who edit)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cshub.errors import VendorTrouble
from cshub.model import FieldSpec, Outcome, Provisioned, TargetField, Value, WriteBatch, WriteState


@dataclass
class Crm:
    """`records` by id and field; `refuse` and `lose` name records; `log` is the CRM's own log of writes."""

    records: dict[str, dict[str, Value]] = field(default_factory=dict)
    refuse: set[str] = field(default_factory=set)
    lose: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    break_after: int | None = None
    calls: int = 0
    log: list[tuple[str, str, Value]] = field(default_factory=list)
    reads: int = 0

    def field_name(self, standard: str) -> str:
        return standard

    def describe(self, target: str) -> Sequence[TargetField]:
        return ()

    def provision(self, target: str, fields: Sequence[FieldSpec]) -> Sequence[Provisioned]:
        return ()

    def read(self, target: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        self.reads += 1
        return {id: {name: self.records[id].get(name) for name in fields} for id in ids if id in self.records}

    def write(self, batch: WriteBatch) -> Iterator[Outcome]:
        for record in batch.records:
            self.calls += 1
            if record.id in self.gone:
                yield Outcome(id=record.id, state=WriteState.GONE, code="NOT_FOUND", message="it is deleted")
                continue
            if self.break_after is not None and len(self.log) >= self.break_after:
                raise VendorTrouble("the CRM went away")
            if record.id in self.refuse:
                yield Outcome(id=record.id, state=WriteState.REJECTED, code="VALIDATION_ERROR", message="no")
                continue
            for name, value in record.values.items():
                self.records[record.id][name] = value
                self.log.append((record.id, name, value))
            if record.id in self.lose:
                yield Outcome(id=record.id, state=WriteState.UNKNOWN, message="no answer")
            else:
                yield Outcome(id=record.id, state=WriteState.WRITTEN, request_id="r1")
