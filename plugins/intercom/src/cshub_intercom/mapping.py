"""Intercom objects → rows. Pure: what a row needs from other calls was put into the object before (`parts.py`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from cshub import JSON, OWNER, Column, Kind, Row, Scalar, Type

from .objects import ObjectType
from .records import Item, Unmappable, changed_at, id_of, look, looker, part
from .settings import IntercomSettings, path_of
from .values import CONVERT, Convert, text

#: Part of every stream's shape: raise it when the same object becomes another row.
VERSION = 1

Reader: TypeAlias = Callable[[Item], object]

_BEFORE_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@]*@)?|^www\.")
#: A company made in Intercom's own pages gets such an id, which is nobody's.
_GENERATED = re.compile(r"^[0-9a-f]+-qualification-company$", re.IGNORECASE)
#: Where a conversation began → channel; other words (email, sms, whatsapp, …) are kept.
_CHANNELS: Mapping[str, str | None] = {
    "conversation": "chat",
    "phone_call": "phone",
    "phone_switch": "phone",
    "unknown": None,
}
_RESOLVED = "resolved"
#: Nobody: 0 from version 2.16 on, null before, "0" on tickets before 2.16.
_NOBODY = (None, "0")
_PEOPLE = ("owner_id", "admin_assignee_id", "team_assignee_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Makes the rows of one object, after the settings it was built from."""

    kind: Kind
    prefix: str
    columns: tuple[Reader | None, ...]
    extras: tuple[tuple[str, Reader], ...]

    def row(self, item: Item) -> Row:
        """The object's row, in its kind's column order. Raises Unmappable."""
        values = [read(item) if read else None for read in self.columns]
        extra = {name: cast(Scalar, read(item)) for name, read in self.extras} or None
        return (f"{self.prefix}{id_of(item)}", changed_at(item), *values, extra)


def mapper(object_type: ObjectType, settings: IntercomSettings) -> Mapper:
    """The mapper of an object under these settings. Where YAML names a field, it fills the column alone."""
    own = {name: path_of(given) for name, given in settings.fields(object_type.name).items()}
    fields = {**object_type.fields, **own}
    special = {name: read for name, read in _SPECIAL.get(object_type.name, {}).items() if name not in own}
    special |= _tables(fields, settings)
    columns = (
        special.get(column.name) or _plain(column, fields.get(column.name)) for column in object_type.kind.columns
    )
    extras = settings.extras(object_type.name).items()
    return Mapper(
        kind=object_type.kind,
        prefix=object_type.prefix,
        columns=tuple(columns),
        extras=tuple((name, _extra(path, type)) for name, (path, type) in extras),
    )


def asks_tags(settings: IntercomSettings, object_type: ObjectType) -> bool:
    """Whether the rows of this object show its tags."""
    return any(path_of(given) == "tags" for given in settings.fields(object_type.name).values())


def owner(item: Item) -> Row:
    """The row of an admin; the id is text, as owners and assignees are here."""
    return OWNER.row(
        id=str(id_of(item)),
        changed_at=None,
        email=_parsed("email", lower)(item),
        name=_parsed("name", text)(item),
    )


def lower(value: JSON) -> str | None:
    """An e-mail address in lower case, None when nothing is left of it."""
    found = text(value)
    return (found.strip().lower() or None) if found else None


def domain(value: JSON) -> str | None:
    """The bare domain of what people type as a website: no scheme, no `www.`, no path, no port; None for nothing."""
    host = (text(value) or "").strip().lower()
    for _ in range(2):
        host = _BEFORE_HOST.sub("", host)
    return re.split(r"[/?#:]", host, maxsplit=1)[0].strip(".") or None


def domains(value: JSON) -> tuple[str, ...]:
    """The domain of a website as a list."""
    found = domain(value)
    return (found,) if found else ()


def company_ids(item: Item) -> list[str]:
    """The companies of a contact, once each. Raises Unmappable for one without an id."""
    found = [id_of(stub) for stub in part(item, "companies")[0]]
    if None in found:
        raise Unmappable("it belongs to a company without an id")
    return list(dict.fromkeys(id for id in found if id is not None))


def ticket_state(item: Item) -> str | None:
    """The category a ticket's state belongs to: an object from 2.12 on, a text before."""
    state = item.get("ticket_state")
    found = state.get("category") if isinstance(state, dict) else state
    return found if isinstance(found, str) and found else None


#: Columns whose text has one spelling everywhere, whatever field they come from.
_SPELLED: Mapping[str, Convert] = {
    "email": lower,
    "contact_email": lower,
    "domains": domains,
    "account_domain": domain,
}


def _plain(column: Column, path: str | None) -> Reader | None:
    """The reader of a column that one field fills."""
    return _parsed(path, _SPELLED.get(column.name) or CONVERT[column.type]) if path else None


def _parsed(path: str, convert: Convert) -> Reader:
    look_at = looker(path)

    def read(item: Item) -> object:
        value = look_at(item)
        try:
            return None if value is None or value == "" else convert(value)
        except ValueError as error:
            raise Unmappable(f"{path} {error}") from error

    return read


_COMPANY_ID = _parsed("company_id", text)
_LAST_CLOSE = _parsed("statistics.last_close_at", CONVERT[Type.TIME])
_SOURCE_TYPE = looker("source.type")
_RATING = looker("conversation_rating.rating")
_CONTACTS = looker("contacts.contacts")


def _extra(path: str, type: Type) -> Reader:
    """The reader of an extra field; a date stays text, as extras know no dates of their own."""
    if path in _PEOPLE:
        return _person(path)
    if path == "ticket_state":
        return ticket_state
    if type is Type.DATE:
        return _parsed(path, lambda value: str(CONVERT[Type.DATE](value)))
    return _parsed(path, CONVERT[type])


def _person(path: str) -> Reader:
    """The id of an owner or assignee as text, however Intercom writes that there is none."""
    read = _parsed(path, text)
    return lambda item: None if (found := read(item)) in _NOBODY else found


def _tables(fields: Mapping[str, str], settings: IntercomSettings) -> Mapping[str, Reader]:
    """Priorities are translated, whichever field they stand in."""
    path = fields.get("priority")
    if path is None:
        return {}
    word = _parsed(path, text)
    return {"priority": lambda item: settings.priorities.get(cast("str | None", word(item)) or "")}


def _external_id(item: Item) -> str | None:
    found = cast("str | None", _COMPANY_ID(item))
    return None if found is None or _GENERATED.match(found) else found


def _only_company(item: Item) -> str | None:
    """The one company of a contact; several decide nothing, their associations do."""
    return company_ids(item)[0] if part(item, "companies")[1] == 1 else None


def _channel(item: Item) -> str | None:
    found = _SOURCE_TYPE(item)
    return _CHANNELS.get(found, found) if isinstance(found, str) and found else None


def _is_open(item: Item) -> bool | None:
    """A snoozed conversation is open: somebody still has to answer."""
    state = item.get("state")
    if state in ("open", "snoozed"):
        return True
    return False if state == "closed" else _open_flag(item)


def _ticket_is_open(item: Item) -> bool | None:
    said = _open_flag(item)
    state = ticket_state(item)
    return said if said is not None or state is None else state != _RESOLVED


def _open_flag(item: Item) -> bool | None:
    found = item.get("open")
    return found if isinstance(found, bool) else None


def _closed_at(item: Item) -> object:
    return None if _is_open(item) else _LAST_CLOSE(item)


def _ticket_closed_at(item: Item) -> object:
    """When its state last became resolved, by the newest such part; parts are only looked through, never kept."""
    parts = look(item, "ticket_parts.ticket_parts")
    if _ticket_is_open(item) is not False or not isinstance(parts, list):
        return None
    times = [each.get("created_at") for each in parts if isinstance(each, dict) and _resolves(each)]
    known = [at for at in times if isinstance(at, int)]
    return CONVERT[Type.TIME](max(known)) if known else None


def _resolves(ticket_part: Item) -> bool:
    return ticket_part.get("ticket_state") == _RESOLVED != ticket_part.get("previous_ticket_state")


def _rating(item: Item) -> object:
    """The score given; before 2.15 a rating that was only asked for can stand there, without one."""
    found = _RATING(item)
    return found if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= 5 else None


def _first_contact(item: Item) -> str | None:
    found = _CONTACTS(item)
    return id_of(found[0]) if isinstance(found, list) and found else None


#: Columns that take more than the value of one field.
_SPECIAL: Mapping[str, Mapping[str, Reader]] = {
    "companies": {"external_id": _external_id},
    "contacts": {"account_id": _only_company},
    "conversations": {
        "channel": _channel,
        "is_open": _is_open,
        "closed_at": _closed_at,
        "rating": _rating,
        "contact_id": _first_contact,
    },
    "tickets": {"is_open": _ticket_is_open, "closed_at": _ticket_closed_at, "contact_id": _first_contact},
}
