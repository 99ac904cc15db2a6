"""The shop's connector, broken in one way at a time: how it makes fields and how it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from cshub import (
    JSON,
    Connector,
    CredentialsError,
    FieldSpec,
    Outcome,
    Provision,
    Provisioned,
    RecordWrite,
    RequestRefused,
    TargetField,
    Value,
    VendorTrouble,
    WriteBatch,
    WriteState,
)
from tests.contract.connectors.demo.connector import BATCH, CONNECTOR, ShopConnection

#: The rule → the connector that breaks it.
BROKEN: dict[str, Connector[Any]] = {}


def breaks(rule: str) -> Callable[[type[ShopConnection]], type[ShopConnection]]:
    """Marks a connection as breaking this rule."""

    def mark(kind: type[ShopConnection]) -> type[ShopConnection]:
        BROKEN[rule] = replace(CONNECTOR, open=kind)
        return kind

    return mark


# --- fields

BROKEN["field_names_are_told_offline"] = replace(CONNECTOR, field_name=lambda standard: "cshub")


@breaks("missing_fields_are_made")
class Backwards(ShopConnection):
    def provision(self, target: str, fields: Sequence[FieldSpec]) -> Sequence[Provisioned]:
        return [*reversed(super().provision(target, fields))]


@breaks("existing_fields_are_left_alone")
class Rebuilding(ShopConnection):
    def provided(self, target: str, spec: FieldSpec, found: TargetField | None) -> Provisioned:
        return super().provided(target, spec, None)


@breaks("a_field_of_another_type_is_left_alone")
class Content(ShopConnection):
    def provided(self, target: str, spec: FieldSpec, found: TargetField | None) -> Provisioned:
        made = super().provided(target, spec, found)
        return replace(made, state=Provision.EXISTS) if found else made


@breaks("an_unknown_object_is_refused")
class Obliging(ShopConnection):
    def describe(self, target: str) -> Sequence[TargetField]:
        try:
            return super().describe(target)
        except RequestRefused:
            return []


# --- writes


@breaks("every_record_has_one_outcome")
class Short(ShopConnection):
    def chunks(self, records: Sequence[RecordWrite]) -> list[Sequence[RecordWrite]]:
        return [records[:BATCH]]


@breaks("what_is_written_is_read_back")
class Rounding(ShopConnection):
    def text(self, value: JSON) -> Value:
        found = super().text(value)
        return f"{float(found):.1f}" if found and found.isdigit() else found


@breaks("writing_again_changes_nothing")
class Counting(ShopConnection):
    written = 0

    def values(self, record: RecordWrite) -> dict[str, JSON]:
        self.written += 1
        return {name: f"{value} ({self.written})" for name, value in record.values.items()}


@breaks("nothing_else_is_written")
class Generous(ShopConnection):
    def values(self, record: RecordWrite) -> dict[str, JSON]:
        return {**super().values(record), "last_touched_by": "cshub"}


@breaks("a_refused_value_stops_no_other")
class AllOrNothing(ShopConnection):
    def send(self, target: str, chunk: Sequence[RecordWrite]) -> list[Outcome]:
        outcomes = super().send(target, chunk)
        if any(each.state is WriteState.REJECTED for each in outcomes):
            return [replace(each, state=WriteState.REJECTED) for each in outcomes]
        return outcomes


@breaks("a_record_that_is_gone_is_told")
class Confusing(ShopConnection):
    def outcome(self, item: dict[str, JSON]) -> Outcome:
        found = super().outcome(item)
        return replace(found, state=WriteState.REJECTED) if found.state is WriteState.GONE else found


@breaks("nothing_to_write_sends_nothing")
class Polite(ShopConnection):
    def chunks(self, records: Sequence[RecordWrite]) -> list[Sequence[RecordWrite]]:
        return super().chunks(records) or [[]]


@breaks("a_lost_answer_is_no_failure")
class Pessimistic(ShopConnection):
    def send(self, target: str, chunk: Sequence[RecordWrite]) -> list[Outcome]:
        body: JSON = {"records": [{"id": record.id, "values": self.values(record)} for record in chunk]}
        self.client.post(f"/{target}/write", json=body, label="write", repeatable=False)
        return super().send(target, chunk)

    def lost(self, chunk: Sequence[RecordWrite], error: VendorTrouble) -> list[Outcome]:
        return [Outcome(id=record.id, state=WriteState.FAILED) for record in chunk]


@breaks("trouble_gives_outcomes_too")
class Optimistic(ShopConnection):
    def lost(self, chunk: Sequence[RecordWrite], error: VendorTrouble) -> list[Outcome]:
        return [Outcome(id=record.id, state=WriteState.WRITTEN) for record in chunk]


@breaks("a_refused_token_stops_the_write")
class Stoic(ShopConnection):
    def write(self, batch: WriteBatch) -> Iterator[Outcome]:
        try:
            yield from super().write(batch)
        except CredentialsError:
            yield from (Outcome(id=record.id, state=WriteState.FAILED) for record in batch.records)
