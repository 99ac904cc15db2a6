"""The lists HubSpot is read as, under given settings. Pure and offline; reading them is done elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from cshub import ASSOCIATION, OWNER, Incremental, Snapshot, Stream

from .mapping import VERSION, mapper
from .objects import FEEDBACK, OBJECTS, ObjectType
from .settings import HubSpotSettings


def streams(settings: HubSpotSettings) -> Sequence[Stream]:
    """Four or five lists by time of change, and two that are read whole because HubSpot tells no time of change for them."""
    links = tuple(dict.fromkeys(scope for each in OBJECTS.values() for scope in each.scopes))
    return (
        *(_changing(object_type, settings) for object_type in chosen(settings)),
        Snapshot(
            name="owners",
            kind=OWNER,
            shape=f"owners/{VERSION}",
            scopes=("crm.objects.owners.read",),
            every=timedelta(hours=24),
        ),
        Snapshot(
            name="associations",
            kind=ASSOCIATION,
            shape=f"associations/{VERSION}",
            scopes=links,
            every=timedelta(hours=6),
        ),
    )


def chosen(settings: HubSpotSettings) -> Sequence[ObjectType]:
    """The objects that are read under these settings."""
    return [*OBJECTS.values(), *([FEEDBACK] if settings.surveys else [])]


def _changing(object_type: ObjectType, settings: HubSpotSettings) -> Incremental:
    extras = settings.extras(object_type.settings)
    readers = mapper(object_type, settings).columns
    linked = (scope for name in object_type.links for scope in OBJECTS[name].scopes)
    return Incremental(
        name=object_type.name,
        kind=object_type.kind,
        shape=_shape(object_type, settings),
        extras={name: type for name, (_, type) in extras.items()},
        scopes=tuple(dict.fromkeys((*object_type.scopes, *linked))),
        sweeps=True,
        columns=frozenset(name for name, read in zip(object_type.kind.names, readers, strict=True) if read),
    )


def _shape(object_type: ObjectType, settings: HubSpotSettings) -> str:
    """Changes with anything that gives the same record another row."""
    given = settings.model_dump(mode="json", include={object_type.settings, *_TABLES.get(object_type.name, ())})
    if given.get("closed_stages"):
        given["closed_stages"] = sorted(given["closed_stages"])
    asked = mapper(object_type, settings).properties
    return json.dumps({"version": VERSION, "asked": asked, "settings": given}, sort_keys=True, separators=(",", ":"))


#: Settings besides the fields that decide what a row says.
_TABLES = {"deals": ("pipelines", "dealtypes"), "tickets": ("closed_stages", "priorities")}
