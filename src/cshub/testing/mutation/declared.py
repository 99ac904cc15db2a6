"""What a plugin declares about its vendor: which records people change and how, and what their rows must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, TypeAlias, get_args

from ...connector import Connector
from ..sandbox import JSON, Sandbox, SandboxClock

Verb: TypeAlias = Literal["create", "edit", "merge", "remove", "restore"]
ALL_VERBS: frozenset[Verb] = frozenset(get_args(Verb))

#: Ids of the living records by object type, oldest first.
Living: TypeAlias = Mapping[str, Sequence[str]]
#: A record as the sandbox dumps it → its rows: the id, and some columns as the store keeps them (times in epoch ms, flags 0 or 1).
Truth: TypeAlias = Callable[[Mapping[str, JSON]], Iterable[tuple[str, Mapping[str, object]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changing:
    """One object type that people change, and the stream that shows it.

    `create` gives the values of a new record and `edit` those of a change, by a number that never comes twice and the
    records there are. `truth` gives the rows of a record; without it, and without a `stream`, the object is changed for the
    sake of others. One object may be declared twice, shown by two streams; its records are the same. `verbs` are those the
    vendor knows for it. Records that people made longer than `young` ago, and those there were from the start, are left
    alone where `young` is given: the connector promises no more.
    """

    object: str
    stream: str | None = None
    create: Callable[[int, Living], Mapping[str, str]]
    edit: Callable[[int, Living], Mapping[str, str]]
    truth: Truth | None = None
    verbs: frozenset[Verb] = ALL_VERBS
    young: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutable:
    """A vendor under mutation.

    `sandbox` makes a fresh account by the clock it is given, with the vendor's lags on and its limits off; `settings` makes
    the connection's block of its credentials. `settle_s` is after how long a pull has found everything, lists that are
    read once a day included.
    """

    connector: Connector[Any]
    sandbox: Callable[[SandboxClock], Sandbox[Any]]
    settings: Callable[[Mapping[str, str]], Mapping[str, object]]
    objects: Sequence[Changing]
    settle_s: float
