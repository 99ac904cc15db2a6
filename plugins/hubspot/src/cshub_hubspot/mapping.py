"""HubSpot records → rows. Pure: what a row needs from elsewhere comes in as `Facts`, and `Unmappable` says why a record has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from cshub import JSON, OWNER, Column, Row, Scalar, Type

from .objects import MERGED, ObjectType
from .records import Record, Unmappable, changed_at, text
from .settings import HubSpotSettings
from .values import PARSERS, items

#: Part of every stream's shape: raise it when the same record becomes another row.
VERSION = 1

#: What a survey asked; a custom one asked something else.
_METRICS = {"NPS": "nps", "CSAT": "csat", "CES": "ces"}
_BEFORE_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//(?:[^/@]*@)?|^www\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rows of a page need from elsewhere.

    `closed` says of (pipeline, stage) whether its tickets are closed; `references` gives (account, contact) by record id.
    """

    closed: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    references: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


Reader: TypeAlias = Callable[[Record, Facts], object]
_Parse: TypeAlias = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapper:
    """Makes the rows of one object, after the settings it was built from. `properties` are all it looks at."""

    changed: str
    properties: tuple[str, ...]
    columns: tuple[Reader | None, ...]
    extras: tuple[tuple[str, Reader], ...]

    def row(self, record: Record, facts: Facts) -> Row:
        """The record's row, in its kind's column order. Raises Unmappable."""
        values = [read(record, facts) if read else None for read in self.columns]
        extra = {name: cast(Scalar, read(record, facts)) for name, read in self.extras} or None
        return (record.id, changed_at(record, self.changed), *values, extra)


def mapper(object_type: ObjectType, settings: HubSpotSettings) -> Mapper:
    """The mapper of an object under these settings."""
    named = {key: given for key, given in settings.fields(object_type.settings).items() if isinstance(given, str)}
    fields = {name: named.get(name, object_type.fields.get(name)) for name in object_type.kind.names}
    extras = settings.extras(object_type.settings)
    special = _special(object_type, fields, settings)
    columns = (special.get(column.name) or _plain(column, fields[column.name]) for column in object_type.kind.columns)
    asked = (object_type.changed, *fields.values(), *object_type.also, *(name for name, _ in extras.values()), MERGED)
    return Mapper(
        changed=object_type.changed,
        properties=tuple(dict.fromkeys(filter(None, asked))),
        columns=tuple(columns),
        extras=tuple((name, _extra(given, type)) for name, (given, type) in extras.items()),
    )


def owner(item: JSON) -> Row:
    """The row of an owner, archived or not; the id is the one `hubspot_owner_id` holds. Raises Unmappable."""
    id = item.get("id") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(id, str | int) or id == "":
        raise Unmappable("the owner has no id")
    email = item.get("email")
    names = [part for part in (item.get("firstName"), item.get("lastName")) if isinstance(part, str)]
    address = lower(email) if isinstance(email, str) else None
    return OWNER.row(id=str(id), changed_at=None, email=address, name=_joined(names))


def lower(address: str) -> str | None:
    """An e-mail address in lower case, None when nothing is left of it."""
    return address.strip().lower() or None


def domain(address: str) -> str | None:
    """The bare domain of what people type into a domain field: no scheme, no `www.`, no path, no port; None for nothing."""
    host = address.strip().lower()
    for _ in range(2):
        host = _BEFORE_HOST.sub("", host)
    return re.split(r"[/?#:]", host, maxsplit=1)[0].strip(".") or None


def domains(*texts: str | None) -> tuple[str, ...]:
    """The bare domains of several `;`-separated lists, in order, once each."""
    found = (domain(part) for given in texts if given for part in items(given))
    return tuple(dict.fromkeys(filter(None, found)))


#: Columns whose text has one spelling everywhere, whatever property they come from.
_SPELLED: Mapping[str, _Parse] = {
    "email": lower,
    "contact_email": lower,
    "domains": domains,
    "account_domain": domain,
}


def _plain(column: Column, name: str | None) -> Reader | None:
    """The reader of a column that one property fills."""
    if name is None:
        return None
    if column.type is Type.TEXT and column.name not in _SPELLED:
        return lambda record, _: text(record, name)
    return _parsed(name, _SPELLED.get(column.name) or PARSERS[column.type])


def _parsed(name: str, parse: _Parse) -> Reader:
    def read(record: Record, _: Facts) -> object:
        value = text(record, name)
        try:
            return None if value is None else parse(value)
        except ValueError as error:
            raise Unmappable(f"{name}: {error}") from error

    return read


def _extra(name: str, type: Type) -> Reader:
    """The reader of an extra field; a date stays text, as extras know no dates of their own."""
    if type is Type.DATE:
        return _parsed(name, lambda value: str(PARSERS[Type.DATE](value)))
    return _parsed(name, PARSERS[type])


def _special(
    object_type: ObjectType, fields: Mapping[str, str | None], settings: HubSpotSettings
) -> Mapping[str, Reader]:
    """Readers of columns that take more than one property or a table; where YAML names a property, it fills the column alone."""
    usual: dict[str, Reader] = {}
    if object_type.name == "companies":
        usual = {"domains": _domains}
    elif object_type.name == "contacts":
        usual = {"name": _name}
    elif object_type.name == "tickets":
        usual = {"is_open": _is_open(settings.closed_stages)}
    if object_type.links:
        usual |= {"account_id": _reference(0), "contact_id": _reference(1)}
    own = settings.fields(object_type.settings)
    usual = {name: read for name, read in usual.items() if name not in own}
    return {**usual, **_tables(object_type, fields, settings)}


def _tables(
    object_type: ObjectType, fields: Mapping[str, str | None], settings: HubSpotSettings
) -> Mapping[str, Reader]:
    """Readers of columns that know only certain words: HubSpot's are translated, whichever property they stand in."""
    if object_type.name == "deals":
        return {"purpose": _purpose(fields["purpose"] or "", settings)}
    if object_type.name == "tickets":
        return {"priority": _looked_up(fields["priority"] or "", settings.priorities)}
    if object_type.name == "feedback_submissions":
        return {"metric": _looked_up(fields["metric"] or "", _METRICS)}
    return {}


def _domains(record: Record, _: Facts) -> tuple[str, ...]:
    return domains(text(record, "domain"), text(record, "hs_additional_domains"))


def _name(record: Record, _: Facts) -> str | None:
    return _joined([text(record, "firstname"), text(record, "lastname")])


def _joined(parts: Sequence[str | None]) -> str | None:
    return " ".join(part.strip() for part in parts if part and part.strip()) or None


def _is_open(closed_stages: frozenset[str] | None) -> Reader:
    """By the configured stages, else by the pipeline's; a stage nobody knows any more is open until there is a date of closing."""

    def read(record: Record, facts: Facts) -> bool | None:
        stage = text(record, "hs_pipeline_stage")
        if stage is None:
            return None
        if closed_stages is not None:
            return stage not in closed_stages
        closed = facts.closed.get((text(record, "hs_pipeline") or "", stage))
        return not closed if closed is not None else text(record, "closed_date") is None

    return read


def _purpose(name: str, settings: HubSpotSettings) -> Reader:
    """The pipeline's purpose, else the deal type's, else unknown."""
    by_type = _looked_up(name, settings.dealtypes)

    def read(record: Record, facts: Facts) -> object:
        pipeline = text(record, "pipeline")
        return settings.pipelines.get(pipeline or "") or by_type(record, facts)

    return read


def _looked_up(name: str, table: Mapping[str, str]) -> Reader:
    return lambda record, _: table.get(text(record, name) or "")


def _reference(which: int) -> Reader:
    return lambda record, facts: facts.references.get(record.id, (None, None))[which]
