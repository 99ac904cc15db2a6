"""A path of a query against the org: which field it names, through which references, and how a row gives its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..fields import Field, Row, Value
from ..records import object_of
from ..refusals import Refused, bad
from .tokens import pointed
from .tree import Path

Getter = Callable[[Row], Value]
LONGEST_CHAIN = 5
_ADVICE = "Please reference your WSDL or the describe call for the appropriate names."


class Schema(Protocol):
    """What the querying user sees of the org."""

    def field(self, object_type: str, name: str) -> Field | None:
        """The field of that name, None when there is none or the user does not see it."""
        ...

    def fields(self, object_type: str) -> list[Field]:
        """Every field the user sees."""
        ...

    def value(self, object_type: str, row: Row, field: Field) -> Value:
        """What a field of a row shows."""
        ...

    def seen(self, record_id: Value) -> Row | None:
        """What a query sees of another record."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A path that was understood: the references it goes through, and its field."""

    hops: tuple[Field, ...]
    field: Field
    names: tuple[str, ...]
    get: Getter


def chain_of(schema: Schema, object_type: str, path: Path, soql: str) -> Chain:
    """The chain of a path. Raises Refused with INVALID_FIELD, naming what is unknown."""
    names = path.names
    # A query may put the object's own name before a field.
    if len(names) > 1 and names[0].lower() == object_type.lower() and not _hop(schema, (object_type,), names[0]):
        names = names[1:]
    types: tuple[str, ...] = (object_type,)
    hops: list[Field] = []
    for name in names[:-1]:
        found = _hop(schema, types, name)
        if found is None or len(hops) == LONGEST_CHAIN:
            raise _no_relationship(path, name, soql)
        hops.append(found)
        types = found.refers
    field = _field(schema, types, names[-1])
    if field is None:
        raise _no_column(path, names[-1], types[0] if len(types) == 1 else "Name", soql)
    shown = (*(str(hop.relationship) for hop in hops), field.name)
    return Chain(hops=tuple(hops), field=field, names=shown, get=_getter(schema, object_type, tuple(hops), field))


def _hop(schema: Schema, types: tuple[str, ...], name: str) -> Field | None:
    wanted = name.lower()
    for object_type in types:
        for field in schema.fields(object_type):
            if field.relationship and field.relationship.lower() == wanted:
                return field
    return None


def _field(schema: Schema, types: tuple[str, ...], name: str) -> Field | None:
    return next((field for each in types if (field := schema.field(each, name))), None)


def _getter(schema: Schema, object_type: str, hops: tuple[Field, ...], field: Field) -> Getter:
    def get(row: Row) -> Value:
        at, current = object_type, row
        for hop in hops:
            target = current.get(hop.name)
            found = schema.seen(target)
            if found is None:
                return None
            at, current = object_of(str(target)) or at, found
        return schema.value(at, current, field)

    return get


def _no_column(path: Path, name: str, entity: str, soql: str) -> Refused:
    message = (
        f"No such column '{name}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        f"the '__c' after the custom field name. {_ADVICE}"
    )
    return bad("INVALID_FIELD", pointed(soql, path.at, message))


def _no_relationship(path: Path, name: str, soql: str) -> Refused:
    message = (
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a custom relationship, be "
        f"sure to append the '__r' after the custom relationship name. {_ADVICE}"
    )
    return bad("INVALID_FIELD", pointed(soql, path.at, message))
