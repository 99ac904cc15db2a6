"""Which fields the mapping looks at, told from the settings alone: `selection.py` keeps those the org has."""

from __future__ import annotations

from .objects import ObjectType
from .settings import SalesforceSettings


def wanted(object_type: ObjectType, settings: SalesforceSettings) -> tuple[str, ...]:
    """Every field the mapping looks at under these settings, whether the org has it or not."""
    given = settings.fields(object_type.settings)
    named = [field if isinstance(field, str) else field.field for field in given.values()]
    usual = [field for column, field in object_type.fields.items() if column not in given]
    return tuple(dict.fromkeys((*usual, *object_type.also, *_of_tables(object_type, settings), *named)))


def _of_tables(object_type: ObjectType, settings: SalesforceSettings) -> tuple[str, ...]:
    """The fields that only a table of the settings makes worth asking for."""
    if object_type.name == "deals" and settings.record_types:
        return ("RecordTypeId",)
    return ("Status",) if object_type.name == "tickets" and settings.closed_statuses is not None else ()
