"""How values leave the org: as JSON of the REST API, nested where a query went through references, and as text for CSV."""

from __future__ import annotations

from collections.abc import Iterable

from cshub.testing.sandbox import JSON

from .fields import NUMERIC, Field, Row, Value
from .records import object_of
from .sight import Sight
from .soql import Selection
from .soql.chains import Chain
from .times import csv_text, rest_text

ADDRESS_PARTS = ("City", "Country", "Latitude", "Longitude", "PostalCode", "State", "Street")


def shown(field: Field, value: Value) -> JSON:
    """A value as REST shows it: numbers with decimals, stamps with their offset, empty text as null."""
    if value is None or value == "":
        return None
    if field.type == "datetime" and isinstance(value, int):
        return rest_text(value)
    if field.type == "int":
        return int(value)
    if field.type in NUMERIC:
        return float(value)
    return value


def csv_shown(field: Field, value: Value) -> str:
    """A value as Bulk writes it; empty is null."""
    if value is None:
        return ""
    if field.type == "datetime" and isinstance(value, int):
        return csv_text(value)
    said = shown(field, value)
    return "" if said is None else str(said).lower() if isinstance(said, bool) else str(said)


def attributes(object_type: str, record_id: Value, version: str) -> JSON:
    """What every record carries: its object and its own address."""
    return {"type": object_type, "url": f"/services/data/v{version}/sobjects/{object_type}/{record_id}"}


def whole_row(sight: Sight, object_type: str, row: Row, fields: Iterable[Field], version: str) -> dict[str, JSON]:
    """A record with these fields."""
    made: dict[str, JSON] = {"attributes": attributes(object_type, row.get("Id"), version)}
    for field in fields:
        made[field.name] = field_shown(sight, object_type, row, field)
    return made


def selected_row(sight: Sight, selection: Selection, row: Row, version: str) -> dict[str, JSON]:
    """A record as a query asked for it; a related record is an object of its own, null where there is none."""
    made: dict[str, JSON] = {"attributes": attributes(selection.object_type, row.get("Id"), version)}
    for chain in selection.chains:
        _place(sight, made, chain, selection.object_type, row, version)
    return made


def field_shown(sight: Sight, object_type: str, row: Row, field: Field) -> JSON:
    """One field of a row; an address is put together from its parts."""
    if field.is_compound:
        return _address(row, field.name.removesuffix("Address"))
    return shown(field, sight.value(object_type, row, field))


def _place(sight: Sight, made: dict[str, JSON], chain: Chain, object_type: str, row: Row | None, version: str) -> None:
    at = made
    for hop in chain.hops:
        target = row.get(hop.name) if row else None
        row, object_type = sight.seen(target), object_of(str(target)) or ""
        name = str(hop.relationship)
        if row is None:
            at.setdefault(name, None)
            return
        inner = at.setdefault(name, {"attributes": attributes(object_type, row.get("Id"), version)})
        if not isinstance(inner, dict):
            return
        at = inner
    if row is not None:
        at[chain.field.name] = field_shown(sight, object_type, row, chain.field)


def _address(row: Row, prefix: str) -> JSON:
    parts = {part: row.get(f"{prefix}{part}") for part in ADDRESS_PARTS}
    if not any(parts.values()):
        return None
    made: dict[str, JSON] = {part[0].lower() + part[1:]: value for part, value in parts.items()}
    return {**made, "geocodeAccuracy": None}
