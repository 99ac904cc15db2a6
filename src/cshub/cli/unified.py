"""Fields of a customer with where each comes from ("why is this value here"), and its owner as one person, in lines and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ..engine import Hub
from ..engine.order import connection_order
from ..model import ACCOUNT, Scalar
from ..store.people import Person
from ..store.unified import Sighting, UnifiedField
from .output import plural, shortened


def unified_fields(hub: Hub, customer: str) -> list[UnifiedField]:
    """Every field that some account of the customer knows."""
    return hub.store.unified.fields(
        customer,
        connections=connection_order(hub.config),
        declared=hub.config.identity.fields,
        extras=hub.config.extras.get(ACCOUNT.name, {}),
    )


def owner_of(hub: Hub, fields: Sequence[UnifiedField]) -> Person | None:
    """The person that owns the customer, by the account that gives the field `owner`; one of whom nothing but the id is known has no owners."""
    source = next((one.source for one in fields if one.name == "owner"), None)
    if source is None:
        return None
    known = hub.store.people.person(source.connection, str(source.value))
    return known or Person(id=f"{source.connection}:{source.value}", name=None, email=None, owners=())


def value_of(fields: Sequence[UnifiedField], name: str) -> Scalar:
    """The value of one field."""
    return next((one.value for one in fields if one.name == name), None)


def field_lines(fields: Sequence[UnifiedField]) -> Iterator[str]:
    """A line per field: its value, its source, when it was read, who says the same; below it the values that lost."""
    names = max((len(one.name) for one in fields), default=0)
    values = max((len(_word(one.value)) for one in fields), default=0)
    for one in fields:
        where = _seen(one.source) if one.source else "no source has it"
        agreeing = dict.fromkeys(other.connection for other in one.others if other.value == one.value)
        also = f"; {', '.join(agreeing)} too" if agreeing else ""
        yield f"  {one.name:<{names}}  {_word(one.value):<{values}}  {where}{also}"
        for other in one.others:
            if other.value == one.value:
                continue
            reason = f"lost: {one.why}" if other.counts else f"is no source: {one.why}"
            yield f"  {'':<{names}}    not {_word(other.value)}  {_seen(other)}, {reason}"


def owner_line(person: Person | None) -> str:
    """The owner as one person, with the ids in each connection."""
    if person is None:
        return "nobody"
    name = person.name or person.email or person.id
    if len(person.owners) < 2:
        return name
    ids = ", ".join(f"{one.connection}:{one.id}" for one in person.owners)
    return f"{name}  ({plural(len(person.owners), 'owner')}, one person: {ids})"


def _seen(one: Sighting) -> str:
    return f"{one.connection}:{one.id}, read {one.observed_at:%Y-%m-%d %H:%M}"


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".").replace(",", " ")
    return shortened(None if value is None else str(value), 40)
