"""A merge: the loser goes into the recycle bin pointing at its master, and its children move without a word."""

from __future__ import annotations

from .fields import Row
from .org import Org
from .records import Record, Table
from .writing import bin_record

STANDING = frozenset({"Id", "IsDeleted", "CreatedDate", "CreatedById", "MasterRecordId"})


def merge_records(org: Org, table: Table, loser: Record, master: Record) -> None:
    """Merge `loser` into `master`: the master keeps its values and takes those it lacks. Raises ValueError."""
    if not table.type.mergeable:
        raise ValueError(f"{table.name} records cannot be merged")
    if loser is master:
        raise ValueError("a record cannot be merged with itself")
    taken: Row = {
        name: value
        for name, value in loser.values.items()
        if value is not None and master.values.get(name) is None and name not in STANDING
    }
    bin_record(org, table, loser, "human", MasterRecordId=master.id)
    stamps: Row = {"LastModifiedDate": org.now_ms, "LastModifiedById": org.administrator, "SystemModstamp": org.now_ms}
    org.put(table, master, {**master.values, **taken, **stamps}, "human")
    _move_children(org, table, loser.id, master.id)


def _move_children(org: Org, table: Table, loser: str, master: str) -> None:
    for child_table in org.tables.values():
        for field in child_table.type.fields.values():
            if table.name not in field.refers or field.name == "MasterRecordId":
                continue
            for child in child_table.with_value(field.name, loser):
                _point(org, child_table, child, field.name, master)


def _point(org: Org, table: Table, child: Record, name: str, master: str) -> None:
    stamps: Row = {"SystemModstamp": org.now_ms} if org.behaviour.merge_stamps_children else {}
    parent: Row = {} if child.id == master else {name: master}
    org.put(table, child, {**child.values, **parent, **stamps}, "human")
