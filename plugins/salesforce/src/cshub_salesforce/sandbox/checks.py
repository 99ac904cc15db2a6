"""Whether a write may be: rights, read-only and required fields, references, unique values, rules, duplicates, locks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cshub.testing.sandbox import JSON

from .fields import Field, Row, Value
from .grants import check_grant
from .org import Org
from .records import Table, object_of
from .refusals import Problem, Refused, bad
from .sight import Sight
from .soql import parse_condition
from .soql.select import condition_of
from .values import Unfit, stored

#: Written by nobody, not even by a person.
STAMPS = frozenset(
    {"Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp"}
)
SECURITY = "Please check the security settings of this field and verify that it is read/write for your profile or permission set."


def clean_values(sight: Sight, table: Table, values: Mapping[str, JSON], *, is_new: bool, by: str) -> Row:
    """The values as they will be kept. Raises Refused with every reason."""
    clean: Row = {}
    problems: list[Problem] = []
    sealed: list[str] = []
    for name, value in values.items():
        if name == "attributes":
            continue
        field = _field(sight, table, name, by)
        if by == "api" and not _is_open(sight, table, field, is_new=is_new):
            sealed.append(field.name)
            continue
        try:
            clean[field.name] = stored(field, value)
        except Unfit as unfit:
            problems.append(unfit.problem)
    if sealed:
        message = f"Unable to create/update fields: {', '.join(sealed)}. {SECURITY}"
        problems.insert(0, Problem(code="INVALID_FIELD_FOR_INSERT_UPDATE", message=message, fields=tuple(sealed)))
    if problems:
        raise Refused(400, tuple(problems))
    return clean


def check_whole(sight: Sight, table: Table, record_id: str, row: Row, changed: Row) -> None:
    """Raise Refused where the record as it would be cannot stand. `changed` are the fields being written."""
    org = sight.org
    if row.get("IsPersonAccount") and "Name" in changed:
        raise bad("INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: Name. {SECURITY}", ("Name",))
    _check_required(table, row)
    for name in changed:
        _check_reference(org, table, table.type.fields[name], changed[name])
        _check_unique(table, record_id, table.type.fields[name], changed[name])
    check_grant(org, table, record_id, row)
    problems = tuple(_broken_rules(sight, table, row))
    if problems:
        raise Refused(400, problems)


def check_locks(org: Org, table: Table, record_id: str, row: Row) -> None:
    """Raise Refused where somebody else is writing the record or its parent right now."""
    near = {record_id, row.get("AccountId"), row.get("ParentId"), row.get("WhatId")}
    unlucky = org.behaviour.lock_share > 0 and org.random.random() < org.behaviour.lock_share
    held = next((each for each in sorted(org.locked) if each in near), record_id if unlucky else None)
    if held:
        raise bad("UNABLE_TO_LOCK_ROW", f"unable to obtain exclusive access to this record or 1 records: {held}")


def check_duplicates(org: Org, table: Table, row: Row, *, allowed: bool) -> None:
    """Raise Refused where the duplicate rule finds the name; in alert mode the writer may insist."""
    rule = org.behaviour.duplicate_rule
    if rule == "off" or table.name != "Account" or (rule == "alert" and allowed):
        return
    if table.with_value("Name", row.get("Name")):
        raise bad("DUPLICATES_DETECTED", "Use one of these records?")


def _field(sight: Sight, table: Table, name: str, by: str) -> Field:
    found = table.type.field_named(name) if by == "human" else sight.field(table.name, name)
    if found is None:
        raise bad("INVALID_FIELD", f"No such column '{name}' on sobject of type {table.name}")
    if by == "human" and (found.calculated or found.name in STAMPS):
        raise bad("INVALID_FIELD_FOR_INSERT_UPDATE", f"Unable to create/update fields: {found.name}.", (found.name,))
    return found


def _is_open(sight: Sight, table: Table, field: Field, *, is_new: bool) -> bool:
    can = field.createable if is_new else field.updateable
    return can and sight.edits(table.name, field)


def _check_required(table: Table, row: Row) -> None:
    missing = [name for name, field in table.type.fields.items() if field.is_required and row.get(name) is None]
    if missing:
        raise bad("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)


def _check_reference(org: Org, table: Table, field: Field, value: Value) -> None:
    if not field.refers or value is None:
        return
    if object_of(str(value)) not in field.refers:
        raise bad("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", (field.name,))
    target = org.find(value)
    if target is None:
        raise bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if target.is_deleted:
        raise bad("ENTITY_IS_DELETED", "entity is deleted")


def _check_unique(table: Table, record_id: str, field: Field, value: Value) -> None:
    if not field.unique or value is None:
        return
    holder = next((each for each in table.with_value(field.name, value) if each.id != record_id), None)
    if holder:
        message = f"duplicate value found: {field.name} duplicates value on record with id: {holder.id[:15]}"
        raise bad("DUPLICATE_VALUE", message)


def _broken_rules(sight: Sight, table: Table, row: Row) -> Iterator[Problem]:
    for rule in sight.org.behaviour.validation_rules:
        if rule.object != table.name:
            continue
        if condition_of(_Whole(sight), table.name, parse_condition(rule.when), rule.when)(row):
            fields = (rule.field,) if rule.field else ()
            yield Problem(code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message=rule.message, fields=fields)


class _Whole(Sight):
    """The org as its own rules see it: every field."""

    def __init__(self, sight: Sight) -> None:
        super().__init__(sight.org)

    def field(self, object_type: str, name: str) -> Field | None:
        return self.org.tables[object_type].type.field_named(name)

    def fields(self, object_type: str) -> list[Field]:
        return list(self.org.tables[object_type].type.fields.values())
