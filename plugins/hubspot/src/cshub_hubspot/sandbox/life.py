"""What people do with whole records: delete them, merge them, bring them back."""

from __future__ import annotations

from .merging import merge_records
from .portal import Portal
from .records import Table
from .refusals import Refused

#: HubSpot merges records of these types alone.
MERGEABLE = ("companies", "contacts", "deals", "tickets")


def archive(portal: Portal, object_type: str, record_id: int) -> None:
    """Move a record to the archived ones and end its associations. Raises KeyError when it is not live."""
    portal.tables[object_type].archive(record_id, portal.clock.now_ms())
    portal.links.drop(object_type, record_id)


def merge(portal: Portal, object_type: str, record_id: int, into: int) -> int:
    """The id that lives on. Raises KeyError for a record that is not live, ValueError where HubSpot merges nothing."""
    table = portal.tables[object_type]
    if object_type not in MERGEABLE:
        raise ValueError(f"{object_type} cannot be merged")
    for number in (record_id, into):
        if number not in table.live:
            raise KeyError(number)
    try:
        return merge_records(portal, table, into, record_id).id
    except Refused as refused:
        raise ValueError(refused.message) from refused


def restore(portal: Portal, object_type: str, record_id: int) -> None:
    """Bring an archived record back, without its associations.

    Raises KeyError when it is not archived, ValueError while another record holds one of its unique values.
    """
    table = portal.tables[object_type]
    _forbid_twice(table, record_id)
    record = table.restore(record_id)
    if portal.behaviour.restored == "stamped":
        record.modified_ms = max(portal.clock.now_ms(), record.modified_ms + 1)
    portal.publish(table, record)


def _forbid_twice(table: Table, record_id: int) -> None:
    record = table.archived[record_id]
    for name in table.schema.unique_names():
        value = record.values.get(name)
        if value and table.holder(name, value) is not None:
            raise ValueError(f"another record has the {name} {value!r}")
