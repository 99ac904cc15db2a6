"""A merge of two records: the survivor's values win, the loser's id lives on in a list."""

from __future__ import annotations

from .portal import Portal
from .records import Record, Table
from .refusals import bad_request, not_found

MERGE_LIMIT = 250
MERGED = "hs_merged_object_ids"


def merge_records(portal: Portal, table: Table, primary_id: int, other_id: int) -> Record:
    """Merge `other` into `primary`; both ids then answer with the survivor. Raises Refused."""
    primary, other = table.live.get(primary_id), table.live.get(other_id)
    if primary is None or other is None:
        raise not_found(str(primary_id if primary is None else other_id))
    if primary is other:
        raise bad_request("Cannot merge a record with itself")
    merged = _merged_ids(primary) + [str(primary.id)] * _makes_new(portal) + [str(other.id)] + _merged_ids(other)
    if len(merged) > MERGE_LIMIT:
        raise bad_request(f"A record cannot take part in more than {MERGE_LIMIT} merges")
    survivor = _survivor(portal, table, primary, other)
    survivor.values = other.values | primary.values | {MERGED: ";".join(dict.fromkeys(merged))}
    survivor.modified_ms = max(portal.clock.now_ms(), primary.modified_ms + 1)
    for loser in (primary, other):
        if loser.id != survivor.id:
            portal.links.move(table.name, loser.id, survivor.id)
            table.merge_away(loser.id, survivor.id)
    table.remember_unique(survivor)
    portal.publish(table, survivor)
    return survivor


def _makes_new(portal: Portal) -> bool:
    return portal.behaviour.merge_ids == "new"


def _survivor(portal: Portal, table: Table, primary: Record, other: Record) -> Record:
    if not _makes_new(portal):
        return primary
    now = portal.clock.now_ms()
    survivor = Record(portal.new_id(table.name), {}, min(primary.created_ms, other.created_ms), now)
    table.put(survivor)
    return survivor


def _merged_ids(record: Record) -> list[str]:
    return [part for part in record.values.get(MERGED, "").split(";") if part]
