"""Accounts as linking sees them: where they stand and what they say about themselves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .verdict import LISTED, MAP, NOBODY, PARENT, UNLISTED

#: An account's connection and vendor id.
Place: TypeAlias = tuple[str, str]


def name_of(place: Place) -> str:
    """`connection:id`, which is also the id of the customer at home there."""
    return f"{place[0]}:{place[1]}"


def place_of(name: str) -> Place:
    """The other way round."""
    connection, _, id = name.partition(":")
    return connection, id


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A living account with everything it says about itself, keys by rule."""

    place: Place
    keys: Mapping[str, frozenset[str]]

    @property
    def listed(self) -> bool:
        """True for an account on the customer list."""
        return LISTED in self.keys

    @property
    def is_unlisted(self) -> bool:
        """True for an account of a listed connection that is outside the customer list."""
        return UNLISTED in self.keys

    @property
    def parent(self) -> Place | None:
        """The account above it."""
        return next(map(place_of, self.keys.get(PARENT, frozenset()) - {name_of(self.place)}), None)

    @property
    def mapped_to(self) -> Place | None:
        """The account a person said it belongs with."""
        return next(map(place_of, self.keys.get(MAP, frozenset()) - {name_of(self.place)}), None)

    @property
    def is_nobodys(self) -> bool:
        """True for an account of which a person said so."""
        return NOBODY in self.keys
