"""The lists Intercom is read as, under given settings. Pure and offline; reading them is done elsewhere."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

from cshub import ASSOCIATION, OWNER, Incremental, Snapshot, Stream

from .mapping import VERSION, asks_tags
from .objects import CHANGING, COMPANIES, CONTACTS, ONE_PERSON, PEOPLE, TAGS, ObjectType
from .settings import IntercomSettings


def streams(settings: IntercomSettings) -> Sequence[Stream]:
    """Three lists by time of change, and three that are read whole because Intercom tells no time of change for them."""
    return (
        Snapshot(
            name="companies",
            kind=COMPANIES.kind,
            shape=_shape(COMPANIES, settings),
            extras={name: type for name, (_, type) in settings.extras("companies").items()},
            scopes=COMPANIES.scopes,
            every=timedelta(hours=1),
        ),
        *(_changing(object_type, settings) for object_type in CHANGING.values()),
        Snapshot(
            name="admins",
            kind=OWNER,
            shape=f"admins/{VERSION}",
            scopes=("Read admins",),
            every=timedelta(hours=24),
        ),
        Snapshot(
            name="associations",
            kind=ASSOCIATION,
            shape=f"associations/{VERSION}",
            scopes=(PEOPLE, ONE_PERSON),
            every=timedelta(hours=6),
        ),
    )


def _changing(object_type: ObjectType, settings: IntercomSettings) -> Incremental:
    tagged = (ONE_PERSON, TAGS) if object_type is CONTACTS and asks_tags(settings, object_type) else ()
    return Incremental(
        name=object_type.name,
        kind=object_type.kind,
        shape=_shape(object_type, settings),
        extras={name: type for name, (_, type) in settings.extras(object_type.name).items()},
        scopes=(*object_type.scopes, *tagged),
        sweeps=True,
    )


def _shape(object_type: ObjectType, settings: IntercomSettings) -> str:
    """Changes with anything that gives the same object another row; the API version decides what some fields say."""
    given = settings.model_dump(mode="json", include={object_type.name, *_TABLES.get(object_type.name, ())})
    asked = {**object_type.fields, **{name: path for name, (path, _) in object_type.extras.items()}}
    return json.dumps({"version": VERSION, "asked": asked, "settings": given}, sort_keys=True, separators=(",", ":"))


#: Settings besides the fields that decide what a row says.
_TABLES = {"conversations": ("priorities", "version"), "tickets": ("priorities", "version"), "contacts": ("version",)}
