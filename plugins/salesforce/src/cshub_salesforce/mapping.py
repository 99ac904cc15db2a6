"""Salesforce records → rows. Pure: what depends on the org comes in as `record_types`, and `Unmappable` says why a record has no row."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from cshub import JSON, Column, Row, Scalar, Type

from .ids import ACCOUNT_PREFIX, CONTACT_PREFIX, full
from .objects import ObjectType
from .records import Record, Unmappable
from .settings import SalesforceSettings
from .values import PARSERS, flag, items, plain, time

#: Part of every stream's shape: raise it when the same record becomes another row.
VERSION = 1

_BEFORE_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@]*@)?|^www\.")

Values: TypeAlias = Mapping[str, JSON]
#: Reads one column out of a record's values. Raises ValueError or Unmappable.
Reader: TypeAlias = Callable[[Values], object]
_Parse: TypeAlias = Callable[[JSON], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Makes the rows of one object, after the settings it was built from."""

    columns: tuple[Reader | None, ...]
    extras: tuple[tuple[str, Reader], ...]

    def row(self, record: Record) -> Row:
        """The record's row, in its kind's column order. Raises Unmappable."""
        values = record.values
        try:
            read = [reader(values) if reader else None for reader in self.columns]
            extra = {name: cast(Scalar, reader(values)) for name, reader in self.extras} or None
        except ValueError as error:
            raise Unmappable(str(error)) from error
        return (record.id, record.changed_at, *read, extra)


def mapper(object_type: ObjectType, settings: SalesforceSettings, record_types: Mapping[str, str]) -> Mapper:
    """The mapper of an object under these settings. `record_types` leads from the names and ids the org knows to ids."""
    given = settings.fields(object_type.settings)
    named = {column: field for column, field in given.items() if isinstance(field, str)}
    fields = {column: named.get(column, object_type.fields.get(column)) for column in object_type.kind.names}
    special = _special(object_type, fields, settings, record_types)
    own = {name: read for name, read in special.items() if name not in named or name in _TABLES}
    columns = (own.get(column.name) or _plain(column, fields[column.name]) for column in object_type.kind.columns)
    extras = settings.extras(object_type.name)
    return Mapper(
        columns=tuple(columns), extras=tuple((name, _extra(field, type)) for name, (field, type) in extras.items())
    )


def lower(value: JSON) -> str | None:
    """Text in lower case without blanks around it, None when nothing is left of it."""
    return (plain(value) or "").strip().lower() or None


def domain(address: str) -> str | None:
    """The bare domain of what people type into a web field: no scheme, no `www.`, no path, no port; None for nothing."""
    host = address.strip().lower()
    for _ in range(2):
        host = _BEFORE_HOST.sub("", host)
    return re.split(r"[/?#:]", host, maxsplit=1)[0].strip(".") or None


def domains(value: JSON) -> tuple[str, ...]:
    """The bare domains of a web field, which may hold several with `;` between them, in order, once each."""
    found = (domain(part) for part in items(value))
    return tuple(dict.fromkeys(filter(None, found)))


def reference(value: JSON) -> str | None:
    """The id of another record in its long form."""
    text = plain(value)
    return None if text is None else full(text)


#: Columns whose text has one spelling everywhere, whatever field they come from.
_SPELLED: Mapping[str, _Parse] = {
    "email": lower,
    "contact_email": lower,
    "channel": lower,
    "domains": domains,
    "account_domain": lambda value: domain(plain(value) or ""),
    "parent": reference,
    "owner": reference,
    "account_id": reference,
    "contact_id": reference,
}
#: Columns that know only certain words: Salesforce's are translated, whichever field they stand in.
_TABLES = frozenset({"purpose", "priority"})


def _plain(column: Column, field: str | None) -> Reader | None:
    """The reader of a column that one field fills."""
    return None if field is None else _parsed(field, _SPELLED.get(column.name) or PARSERS[column.type])


def _parsed(field: str, parse: _Parse) -> Reader:
    def read(values: Values) -> object:
        value = values.get(field)
        if value is None or value == "":
            return None
        try:
            return parse(value)
        except ValueError as error:
            raise Unmappable(f"{field}: {error}") from error

    return read


def _extra(field: str, type: Type) -> Reader:
    """The reader of an extra field; a date stays text, as extras know no dates of their own."""
    if type is Type.DATE:
        return _parsed(field, lambda value: str(PARSERS[Type.DATE](value)))
    return _parsed(field, PARSERS[type])


def _special(
    object_type: ObjectType,
    fields: Mapping[str, str | None],
    settings: SalesforceSettings,
    record_types: Mapping[str, str],
) -> Mapping[str, Reader]:
    """Readers of columns that take more than one field or a table; where YAML names a field, it fills the column alone."""
    if object_type.name == "contacts":
        return {"name": _person}
    if object_type.name == "deals":
        return {"purpose": _purpose(fields["purpose"] or "", settings, record_types)}
    if object_type.name == "tickets":
        priority = _looked_up(fields["priority"] or "", settings.priorities)
        return {"priority": priority, "is_open": _is_open(settings.closed_statuses)}
    if object_type.name == "events":
        return {"name": _activity, "at": _happened, "account_id": _about_account, "contact_id": _about_contact}
    return {}


def _person(values: Values) -> str | None:
    parts = [plain(values.get(name)) for name in ("FirstName", "LastName")]
    return " ".join(part.strip() for part in parts if part and part.strip()) or None


def _is_open(closed_statuses: frozenset[str] | None) -> Reader:
    """By the configured statuses, else as Salesforce says."""

    def read(values: Values) -> bool | None:
        if closed_statuses is not None:
            status = plain(values.get("Status"))
            return None if status is None else status not in closed_statuses
        closed = values.get("IsClosed")
        return None if closed is None else not flag(closed)

    return read


def _purpose(field: str, settings: SalesforceSettings, record_types: Mapping[str, str]) -> Reader:
    """The record type's purpose, else the deal type's, else unknown."""
    by_id = {record_types.get(name, name): purpose for name, purpose in settings.record_types.items()}
    by_type = _looked_up(field, settings.deal_types)

    def read(values: Values) -> object:
        id = reference(values.get("RecordTypeId")) if by_id else None
        return by_id.get(id or "") or by_type(values)

    return read


def _looked_up(field: str, table: Mapping[str, str]) -> Reader:
    """By the words of a table, in any case: admins write `high` as well as `High`."""
    known = {word.lower(): meaning for word, meaning in table.items()}
    return lambda values: known.get(lower(values.get(field)) or "")


def _activity(values: Values) -> str:
    """A task's own type, else Salesforce's subtype (`call`, `email`), else `task`."""
    return lower(values.get("Type")) or lower(values.get("TaskSubtype")) or "task"


def _happened(values: Values) -> object:
    """When a task was completed, else the day it is due, else when it was made."""
    completed, due, made = (plain(values.get(name)) for name in ("CompletedDateTime", "ActivityDate", "CreatedDate"))
    found = completed or due or made
    return None if found is None else time(found)


def _about_account(values: Values) -> str | None:
    """The account a task is about; of one about a deal or case, the account that Salesforce derives."""
    what = reference(values.get("WhatId"))
    return what if what and what.startswith(ACCOUNT_PREFIX) else reference(values.get("AccountId"))


def _about_contact(values: Values) -> str | None:
    """The contact a task is with; leads are none."""
    who = reference(values.get("WhoId"))
    return who if who and who.startswith(CONTACT_PREFIX) else None
