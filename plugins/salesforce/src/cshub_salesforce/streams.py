"""The lists Salesforce is read as, under given settings. Pure and offline; reading them is done elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cshub import Incremental, Stream

from .asked import wanted
from .mapping import VERSION, mapper
from .objects import OBJECTS, ObjectType
from .settings import SalesforceSettings

#: Settings besides the fields that decide what a row says, or whether there is one.
_TABLES = {
    "accounts": ("person_accounts",),
    "deals": ("record_types", "deal_types"),
    "tickets": ("closed_statuses", "priorities"),
}


def streams(settings: SalesforceSettings) -> Sequence[Stream]:
    """Six lists by time of change."""
    return [_stream(object_type, settings) for object_type in OBJECTS.values()]


def _stream(object_type: ObjectType, settings: SalesforceSettings) -> Incremental:
    extras = settings.extras(object_type.name)
    readers = mapper(object_type, settings, {}).columns
    return Incremental(
        name=object_type.name,
        kind=object_type.kind,
        shape=_shape(object_type, settings),
        extras={name: type for name, (_, type) in extras.items()},
        scopes=(f"{object_type.sobject}: read",),
        sweeps=True,
        columns=frozenset(name for name, read in zip(object_type.kind.names, readers, strict=True) if read),
    )


def _shape(object_type: ObjectType, settings: SalesforceSettings) -> str:
    """Changes with anything that gives the same record another row; how it is read does not."""
    keys = {*filter(None, [object_type.settings]), *_TABLES.get(object_type.name, ())}
    given = settings.model_dump(mode="json", include=keys)
    if given.get("closed_statuses"):
        given["closed_statuses"] = sorted(given["closed_statuses"])
    asked = wanted(object_type, settings)
    return json.dumps({"version": VERSION, "asked": asked, "settings": given}, sort_keys=True, separators=(",", ":"))
