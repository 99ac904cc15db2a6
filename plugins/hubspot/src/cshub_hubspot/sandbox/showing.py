"""How a record looks in an answer: text or null for each property asked for, nothing for unknown ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cshub.testing.sandbox import JSON

from .association_types import TYPES
from .catalog import DEFAULTS
from .generations import ALIASES, TYPE_ID
from .links import Links
from .portal import Portal
from .records import Record, Table, Version
from .times import iso


def show(
    portal: Portal, table: Table, record: Record, properties: Sequence[str] = (), history: Sequence[str] = ()
) -> dict[str, JSON]:
    """A record as HubSpot shows it."""
    body = show_values(table, record.id, record.values, record.created_ms, record.modified_ms, properties)
    body |= {"archived": record.archived_ms is not None, "url": _url(portal, table, record.id)}
    if record.archived_ms is not None:
        body["archivedAt"] = iso(record.archived_ms)
    if history:
        body["propertiesWithHistory"] = {name: _versions(record, name) for name in history if name in record.values}
    return body


def show_values(
    table: Table,
    record_id: int,
    values: Mapping[str, str],
    created_ms: int,
    modified_ms: int,
    properties: Sequence[str],
) -> dict[str, JSON]:
    """The part of a record that searches show too."""
    created, modified = iso(created_ms), iso(modified_ms)
    known = table.schema.properties
    shown: dict[str, JSON] = {
        name: values.get(name) for name in (properties or DEFAULTS.get(table.name, ())) if name in known
    }
    shown |= {table.created: created, table.stamp: modified, "hs_object_id": str(record_id)}
    if "hs_lastmodifieddate" in properties:
        shown["hs_lastmodifieddate"] = modified
    if "createdate" in properties:
        shown["createdate"] = created
    return {
        "id": str(record_id),
        "properties": shown,
        "createdAt": created,
        "updatedAt": modified,
        "archived": False,
    }


def show_links(links: Links, table: Table, record: Record, asked: Iterable[str], page: int) -> dict[str, JSON]:
    """The first page of a record's associations per type asked for; a type without any is left out."""
    shown: dict[str, JSON] = {}
    for name in asked:
        target = ALIASES.get(name)
        found = links.of(table.name, record.id, target) if target else {}
        if target and found:
            shown[target] = _inlined(table, record, target, found, page)
    return shown


def _inlined(table: Table, record: Record, target: str, found: dict[int, set[int]], page: int) -> dict[str, JSON]:
    rows: list[JSON] = [
        {"id": str(other), "type": TYPES[kind].name} for other in list(found)[:page] for kind in sorted(found[other])
    ]
    block: dict[str, JSON] = {"results": rows}
    if len(found) > page:
        after = str(list(found)[page])
        link = f"https://api.hubapi.com/crm/v3/objects/{table.name}/{record.id}/associations/{target}?after={after}"
        block["paging"] = {"next": {"after": after, "link": link}}
    return block


def _url(portal: Portal, table: Table, record_id: int) -> str:
    return f"https://app-eu1.hubspot.com/contacts/{portal.id}/record/{TYPE_ID[table.name]}/{record_id}"


def _versions(record: Record, name: str) -> list[JSON]:
    versions = record.history.get(name) or [Version(record.values[name], record.created_ms)]
    return [
        {"value": version.value, "timestamp": iso(version.at_ms), "sourceType": "API"} for version in reversed(versions)
    ]
