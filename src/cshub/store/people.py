"""Owners of all connections as persons, as linking found them: who owns an account, and who that is in another tool."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from .database import Database, Record
from .statements import statements

SQL = statements("people")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRef:
    """An owner in one connection. `rule` says how it was found to be the person: alone, email, map."""

    connection: str
    id: str
    name: str | None
    email: str | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A colleague with the owners that are this person, the one the person is named by first."""

    id: str
    name: str | None
    email: str | None
    owners: tuple[OwnerRef, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesakes:
    """Two owners of one name in two connections. Nothing follows from it until somebody writes down that they are one person."""

    name: str
    one: str
    other: str


class People:
    """Reads owners as persons."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def person(self, connection: str, owner: str) -> Person | None:
        """The person that an owner of a connection is; None for one nobody has told about."""
        wanted = {"connection": connection, "id": owner}
        with self._db.read() as reader:
            found = reader.all(SQL["person_of"], wanted)
            alone = None if found else reader.one(SQL["owner_row"], wanted)
        if alone is not None:
            return _person([(f"{connection}:{owner}", *alone, "alone")])
        return _person(found) if found else None

    def owner_in(self, connection: str, owner: str) -> str | None:
        """The id in `connection` of the person that `owner` (`connection:id`) is; None where there is none, or several.

        Who is asked to do something must be certain: of several the YAML's `identity.owners` has to choose.
        """
        known, _, id = owner.partition(":")
        if known == connection:
            return id
        person = self.person(known, id)
        found = [one.id for one in person.owners if one.connection == connection] if person else []
        return found[0] if len(found) == 1 else None

    def namesakes(self) -> list[Namesakes]:
        """Owners that are probably one person by their names, each pair once."""
        with self._db.read() as reader:
            records = reader.all(SQL["namesakes"])
        return [_namesakes(record) for record in records]


def _namesakes(record: Record) -> Namesakes:
    name, _, connection, id, _, other_connection, other_id = cast("tuple[str, ...]", record)
    return Namesakes(name=name, one=f"{connection}:{id}", other=f"{other_connection}:{other_id}")


def _person(records: list[Record]) -> Person:
    owners = [
        OwnerRef(
            connection=cast(str, connection),
            id=cast(str, id),
            name=cast("str | None", name),
            email=cast("str | None", email),
            rule=cast(str, rule),
        )
        for _, connection, id, name, email, rule in records
    ]
    return Person(
        id=cast(str, records[0][0]),
        name=next((one.name for one in owners if one.name), None),
        email=next((one.email for one in owners if one.email), None),
        owners=tuple(owners),
    )
