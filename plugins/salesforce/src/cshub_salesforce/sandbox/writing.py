"""Making, changing, deleting and bringing back records, with their stamps and the log of every field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from cshub.testing.sandbox import JSON, WriteEntry

from .checks import check_duplicates, check_locks, check_whole, clean_values
from .effects import derive, roll_up
from .fields import Row, Value
from .org import Org
from .records import Record, Table
from .refusals import bad, refused
from .sight import Sight
from .values import told

Who = Literal["api", "human"]
#: The objects whose records go with their account into the recycle bin; the others only lose it.
CHILDREN = ("Contact", "Opportunity", "Task")


def create(
    sight: Sight, table: Table, values: Mapping[str, JSON], by: Who = "api", *, allow_duplicates: bool = False
) -> Record:
    """Make a record. Raises Refused."""
    org = sight.org
    if not table.type.createable and by == "api":
        raise refused(405, "METHOD_NOT_ALLOWED", f"{table.name} cannot be created")
    clean = clean_values(sight, table, values, is_new=True, by=by)
    record = Record(org.new_id(table.name), {})
    row = {**_defaults(org, table, by), **clean, **_stamps(org, by, is_new=True), "Id": record.id, "IsDeleted": False}
    row |= derive(org, table.name, row)
    check_locks(org, table, record.id, row)
    check_duplicates(org, table, row, allowed=allow_duplicates)
    check_whole(sight, table, record.id, row, clean)
    record.values = row
    org.add(table, record, by)
    _log(org, table, record.id, {}, row, clean, by)
    roll_up(org, table, row)
    return record


def update(sight: Sight, table: Table, record: Record, values: Mapping[str, JSON], by: Who = "api") -> None:
    """Change a record; its stamps move even when no value does. Raises Refused."""
    org, before = sight.org, record.values
    if record.is_deleted:
        raise refused(404, "ENTITY_IS_DELETED", "entity is deleted")
    clean = clean_values(sight, table, values, is_new=False, by=by)
    row = {**before, **clean, **_stamps(org, by, is_new=False)}
    row |= derive(org, table.name, row)
    check_locks(org, table, record.id, row)
    check_whole(sight, table, record.id, row, clean)
    org.put(table, record, row, by)
    _log(org, table, record.id, before, row, clean, by)
    roll_up(org, table, before, row)


def delete(org: Org, table: Table, record: Record, by: Who = "api") -> None:
    """Move a record into the recycle bin, and with an account what hangs on it. Raises Refused."""
    if not table.type.deletable:
        raise bad("INSUFFICIENT_ACCESS_OR_READONLY", f"{table.name} cannot be deleted")
    if record.is_deleted:
        raise refused(404, "ENTITY_IS_DELETED", "entity is deleted")
    check_locks(org, table, record.id, record.values)
    bin_record(org, table, record, by)
    if table.name == "Account":
        _take_along(org, record, by)
    roll_up(org, table, record.values)


def bin_record(org: Org, table: Table, record: Record, by: Who, **more: Value) -> None:
    """Mark a record as deleted now; `more` are further fields that say why."""
    row = {**record.values, "IsDeleted": True, **_stamps(org, by, is_new=False), **more}
    if table.type.replicateable:
        org.put(table, record, row, by)
        record.deleted_ms = org.clock.now_ms()
    else:
        # Permissions have no recycle bin.
        table.drop(record.id)
        org.undo(lambda: table.add(record))


def undelete(org: Org, table: Table, record: Record) -> None:
    """Bring a record back out of the recycle bin with what went along with it. After a merge its children stay where they went.

    See https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_undelete.htm.
    """
    _bring_back(org, table, record)
    for name in CHILDREN:
        for child in list(org.tables[name].records.values()):
            if child.is_deleted and child.deleted_with == record.id:
                _bring_back(org, org.tables[name], child)
    roll_up(org, table, record.values)


def _bring_back(org: Org, table: Table, record: Record) -> None:
    stamps = _stamps(org, "human", is_new=False) if org.behaviour.undelete_stamps else {}
    forgets = record.values.get("MasterRecordId") and not org.behaviour.undelete_keeps_master
    master: Row = {"MasterRecordId": None} if forgets else {}
    org.put(table, record, {**record.values, "IsDeleted": False, **stamps, **master}, "human")
    record.deleted_ms = record.deleted_with = None


def _take_along(org: Org, account: Record, by: Who) -> None:
    for name in CHILDREN:
        for child in org.tables[name].with_value("AccountId", account.id):
            bin_record(org, org.tables[name], child, by)
            child.deleted_with = account.id
    cases = org.tables["Case"]
    for child in cases.with_value("AccountId", account.id):
        org.put(cases, child, {**child.values, "AccountId": None, **_stamps(org, by, is_new=False)}, by)
    accounts = org.tables["Account"]
    for child in accounts.with_value("ParentId", account.id):
        org.put(accounts, child, {**child.values, "ParentId": None, **_stamps(org, by, is_new=False)}, by)


def user_of(org: Org, by: Who) -> str:
    """Who writes: the app's user, or an administrator of the org."""
    return org.integration_user if by == "api" else org.administrator


def _stamps(org: Org, by: Who, *, is_new: bool) -> Row:
    now, user = org.now_ms, user_of(org, by)
    changed: Row = {"LastModifiedDate": now, "LastModifiedById": user, "SystemModstamp": now}
    return {**changed, "CreatedDate": now, "CreatedById": user} if is_new else changed


def _defaults(org: Org, table: Table, by: Who) -> Row:
    row: Row = {name: field.default for name, field in table.type.fields.items() if field.default is not None}
    if "OwnerId" in table.type.fields:
        row["OwnerId"] = user_of(org, by)
    if table.name == "Case":
        row["CaseNumber"] = f"{len(table.records) + 1_000:08d}"
    return row


def _log(org: Org, table: Table, record_id: str, before: Row, row: Row, clean: Row, by: Who) -> None:
    for name in clean:
        old, new = told(before.get(name)), told(row.get(name))
        at = org.clock.now()
        org.note(WriteEntry(at=at, object=table.name, id=record_id, field=name, old=old, new=new, by=by))


def existing(table: Table, record_id: object) -> Record:
    """The record a write is meant for. Raises Refused where it is deleted or was never there."""
    record = table.records.get(str(record_id))
    if record is None:
        raise refused(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if record.is_deleted:
        raise refused(404, "ENTITY_IS_DELETED", "entity is deleted")
    return record
