"""Which fields of an object are asked for: those the mapping wants, as far as the org has them and shows them to this user."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from cshub import ConfigError

from .asked import wanted
from .catalog import SObject
from .objects import DELETED, MASTER, PERSON, STAMPS, ObjectType
from .settings import SalesforceSettings
from .soql import every, flagged
from .values import COMPOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one reading asks for. `stamp` orders changes, None where nothing can; `shows` is the time of change that rows carry.

    `owned` are the fields cshub writes; `calculated` says that some value changes unseen; `mark` changes with the fields asked
    for, those of `owned` aside: rows read before then lack what came to light.
    """

    fields: tuple[str, ...]
    stamp: str | None
    shows: str | None
    owned: tuple[str, ...]
    calculated: bool
    deleted: bool
    where: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A field that the YAML names, with its place there and what stands against it (None: nothing)."""

    place: str
    field: str
    trouble: str | None
    near: str | None = None


def mapped(object_type: ObjectType, settings: SalesforceSettings, sobject: SObject) -> Iterator[Mapped]:
    """The fields the YAML names, each with what is wrong with it."""
    for name, given in settings.fields(object_type.settings).items():
        field = given if isinstance(given, str) else given.field
        place, found = f"{object_type.settings}.{name}", sobject.fields.get(field)
        if found is None:
            near = get_close_matches(field, list(sobject.fields), n=1)
            trouble = f"{sobject.name} has no field {field}, or the integration user may not see it"
            yield Mapped(place=place, field=field, trouble=trouble, near=near[0] if near else None)
        elif found.type in COMPOUND:
            trouble = f"{field} of {sobject.name} has several parts ({found.type}); map one of them"
            yield Mapped(place=place, field=field, trouble=trouble)
        else:
            yield Mapped(place=place, field=field, trouble=None)


def select(
    object_type: ObjectType, settings: SalesforceSettings, sobject: SObject, owned: Sequence[str], where: str
) -> Selection:
    """What to ask for. Raises ConfigError, at `where`, for a field of the YAML that is not there."""
    for each in mapped(object_type, settings, sobject):
        if each.trouble is not None:
            meant = f"did you mean {each.near}? " if each.near else ""
            hint = f"{meant}correct {each.place}, or give the integration user access to the field"
            raise ConfigError(f"{each.place}: {each.trouble}", where=where, hint=hint)
    known = sobject.fields
    asked = [name for name in wanted(object_type, settings) if name in known]
    stamp = cursor_field(sobject)
    shows = stamp or next((name for name in STAMPS if name in known), None)
    system = ["Id", *filter(None, [shows]), *(name for name in (DELETED, MASTER) if name in known)]
    fields = tuple(dict.fromkeys((*system, *asked)))
    condition = _people(object_type, settings, sobject)
    ours = tuple(name for name in owned if name in known)
    return Selection(
        fields=tuple(dict.fromkeys((*fields, *ours))),
        stamp=stamp,
        shows=shows,
        owned=ours,
        calculated=any(known[name].calculated for name in asked),
        deleted=DELETED in known,
        where=condition,
        mark=hashlib.blake2b("\n".join((*fields, condition)).encode(), digest_size=6).hexdigest(),
    )


def cursor_field(sobject: SObject) -> str | None:
    """The best field to find changes by that can be filtered and sorted; None where the object has none.

    See https://github.com/estuary/connectors/issues/3493 for objects whose SystemModstamp cannot be filtered.
    """
    found = (sobject.fields.get(name) for name in STAMPS)
    return next((each.name for each in found if each and each.filterable and each.sortable), None)


def living(selection: Selection) -> str:
    """The condition for records that are not in the recycle bin."""
    return every(selection.where, flagged(DELETED, as_=False) if selection.deleted else "")


def unmapped(object_type: ObjectType, settings: SalesforceSettings, sobject: SObject) -> list[str]:
    """Custom fields of the org that nothing asks for, for those who look for a new one."""
    asked: Mapping[str, None] = dict.fromkeys(wanted(object_type, settings))
    return sorted(each.name for each in sobject.fields.values() if each.custom and each.name not in asked)


def _people(object_type: ObjectType, settings: SalesforceSettings, sobject: SObject) -> str:
    """Person accounts are people: left out unless wanted. The field is there only where the org knows such accounts."""
    if object_type.name != "accounts" or settings.person_accounts or PERSON not in sobject.fields:
        return ""
    return flagged(PERSON, as_=False)
