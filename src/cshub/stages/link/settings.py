"""What linking is told: the customer list, the rules and a person's own links; and what a pass reports. No logic."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import orjson

from ...hookspecs import IdentityRule
from ...model import Type

#: The filter of a listed connection: a row of `account` as a mapping → True for a customer; None and False for anybody else.
Keep: TypeAlias = Callable[[Mapping[str, object]], object]

#: Grows when linking itself keeps other keys than before.
KEYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedAccounts:
    """A connection of the customer list.

    `streams` are its streams of accounts, all of which must have been read to the end once. `text` is the filter as written, empty for
    `all`; `keep` the same compiled (None: every account); `extras` the types of the extra fields it may name.
    """

    connection: str
    streams: tuple[str, ...]
    text: str = ""
    keep: Keep | None = None
    extras: Mapping[str, Type] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkSettings:
    """Who is a customer and which rules attach rows, both in order.

    `exclude` holds accounts that are never customers (`connection:id`). What people said comes by record, `connection:kind:id`: `mapped`
    names the account it belongs with (`connection:id`), `denied` those it does not belong with, `nobody` the records that are nobody's.
    `owners` are pairs of owners (`connection:id`) that are one person. `version` is any text that changes when rules mean something
    else (a plugin's version): rows are then linked anew.
    """

    listed: tuple[ListedAccounts, ...]
    rules: tuple[IdentityRule, ...]
    exclude: frozenset[str] = frozenset()
    mapped: Mapping[str, str] = field(default_factory=dict)
    denied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    nobody: frozenset[str] = frozenset()
    owners: Mapping[str, str] = field(default_factory=dict)
    version: str = ""

    def words(self) -> dict[tuple[str, str, str], str]:
        """All that people said about each record (kind, connection, id), as one text that changes when they say something else."""
        about_rows = {
            _record(name): orjson.dumps(
                [self.mapped.get(name), sorted(self.denied.get(name, ())), name in self.nobody]
            ).decode()
            for name in {*self.mapped, *self.denied, *self.nobody}
        }
        about_owners = {("owner", *one.split(":", 1)): other for one, other in self.owners.items()}
        return about_rows | about_owners  # type: ignore[return-value]  # an owner's name has two parts

    def fingerprint(self) -> str:
        """A short text that changes whenever these settings would link rows otherwise that no person said anything about."""
        parts = [
            [[one.connection, one.text, sorted(one.extras.items())] for one in self.listed],
            [[rule.name, sorted(rule.columns.items())] for rule in self.rules],
            sorted(self.exclude),
            KEYS,
            self.version,
        ]
        return hashlib.blake2b(orjson.dumps(parts), digest_size=12).hexdigest()


def _record(name: str) -> tuple[str, str, str]:
    """`connection:kind:id` taken apart."""
    connection, _, rest = name.partition(":")
    kind, _, id = rest.partition(":")
    return kind, connection, id


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """What one pass did. `waiting` names the account streams (`connection.stream`) that have to be read first; then nothing was done.

    `looked` counts the rows decided, `changed` those decided otherwise than before; `left` customers that left the
    list and `joined` those that became part of another one.
    """

    waiting: tuple[str, ...] = ()
    looked: int = 0
    changed: int = 0
    left: int = 0
    joined: int = 0
