"""Owners of all connections as persons: one e-mail address is one person, and two of whom somebody said so. Pure.

Equal names are no proof; they are told in the review (`store.people`), for a person to write down.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .places import Place, name_of, place_of


class Owner(NamedTuple):
    """A living owner."""

    connection: str
    id: str
    email: str | None

    @property
    def place(self) -> Place:
        """Its connection and id."""
        return self.connection, self.id


#: An owner's connection and id, the name of the person, and how it was found.
Person = tuple[str, str, str, str]


def persons(owners: Sequence[Owner], same: Mapping[str, str], order: Sequence[str]) -> list[Person]:
    """Who is one person; the person is called by the name of its owner in the first connection of `order` that knows it.

    `same` holds pairs that somebody wrote down (`connection:id`). The result does not depend on the order of `owners`.
    """
    heads: dict[Place, Place] = {owner.place: owner.place for owner in owners}
    by_email: dict[str, Place] = {}
    for owner in sorted(owners):
        if owner.email and (email := owner.email.strip().casefold()):
            _unite(heads, owner.place, by_email.setdefault(email, owner.place))
    said = {place for pair in same.items() for place in map(place_of, pair)}
    for one, other in same.items():
        if place_of(one) in heads and place_of(other) in heads:
            _unite(heads, place_of(one), place_of(other))
    groups: dict[Place, list[Place]] = {}
    for place in heads:
        groups.setdefault(_head(heads, place), []).append(place)
    return sorted(person for group in groups.values() for person in _named(group, said, order))


def _named(group: Sequence[Place], said: set[Place], order: Sequence[str]) -> list[Person]:
    ranks = {connection: rank for rank, connection in enumerate(order)}
    name = name_of(min(group, key=lambda place: (ranks.get(place[0], len(ranks)), place)))
    if len(group) == 1:
        return [(*group[0], name, "alone")]
    return [(*place, name, "map" if place in said else "email") for place in group]


def _head(heads: Mapping[Place, Place], place: Place) -> Place:
    while heads[place] != place:
        place = heads[place]
    return place


def _unite(heads: dict[Place, Place], one: Place, other: Place) -> None:
    heads[_head(heads, one)] = _head(heads, other)
