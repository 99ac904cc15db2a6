"""One value a field for a customer whose accounts stand in several connections, with where it comes from and what it won against.

The same choice that scoring makes set by set in SQL (`expr.sources`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, cast

import orjson

from ..model import ACCOUNT, ROW_COLUMNS, Priority, Scalar, Type, priority_of
from .database import Cell, Database
from .statements import statements
from .values import from_ms, from_ms_or_none

SQL = statements("unified")
#: Fields that stay with their account: a list, and an id that means nothing elsewhere.
OWN = ("domains", "parent")
_COLUMNS = tuple(column for column in ACCOUNT.columns if column.name not in OWN)
_TYPES = {column.name: column.type for column in (*_COLUMNS, *ROW_COLUMNS)}

Stored: TypeAlias = Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A value with the account that has it. `counts` is False for a connection that is no source of the field."""

    value: Scalar
    connection: str
    id: str
    changed_at: datetime | None
    observed_at: datetime
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnifiedField:
    """A field of a customer. `why` says how its source was chosen; `others` are the values that lost, the next best first."""

    name: str
    value: Scalar
    source: Sighting | None
    why: str
    others: tuple[Sighting, ...]


class Unified:
    """Reads the unified fields of customers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def fields(
        self,
        customer: str,
        *,
        connections: Sequence[str],
        declared: Mapping[str, Priority],
        extras: Mapping[str, Type],
    ) -> list[UnifiedField]:
        """Every field that some account of a customer knows; `connections` is the order where nothing else is `declared`."""
        columns = ", ".join(f"a.{name}" for name in (*_TYPES, "extra"))
        with self._db.read() as reader:
            records = reader.all(SQL.fill("accounts_of", columns=columns), {"customer": customer})
        accounts = [_stored(dict(zip((*_TYPES, "extra"), record, strict=True))) for record in records]
        declared_extras = {name: type for name, type in extras.items() if type is not Type.LIST}
        types = {**{column.name: column.type for column in _COLUMNS}, **declared_extras}
        found = (_unify(name, types, customer, accounts, declared, connections) for name in types)
        return [one for one in found if one.source is not None or one.others]


def _stored(account: dict[str, Cell]) -> Stored:
    extra = account.pop("extra")
    return {**(orjson.loads(cast(str, extra)) if extra else {}), **account}


def _unify(
    name: str,
    types: Mapping[str, Type],
    customer: str,
    accounts: Sequence[Stored],
    declared: Mapping[str, Priority],
    connections: Sequence[str],
) -> UnifiedField:
    leader, priority = priority_of(name, declared, connections)
    ranked = ranked_for(leader, priority, customer, accounts)
    chosen = ranked[0] if ranked else None
    rest = [one for one in (*ranked[1:], *_left_out(accounts, ranked)) if _is_known(one, name)]
    source = _sighting(chosen, name, types[name]) if chosen is not None and _is_known(chosen, name) else None
    return UnifiedField(
        name=name,
        value=source.value if source else None,
        source=source,
        why=_why(name, leader, priority, is_declared=leader in declared),
        others=tuple(_sighting(one, name, types[name], counts=one in ranked) for one in rest),
    )


def value_of(
    name: str,
    customer: str,
    accounts: Sequence[Stored],
    declared: Mapping[str, Priority],
    connections: Sequence[str],
) -> Cell:
    """The one value of a field as it is stored; None where no account that counts knows it."""
    leader, priority = priority_of(name, declared, connections)
    ranked = ranked_for(leader, priority, customer, accounts)
    return ranked[0][name] if ranked and _is_known(ranked[0], name) else None


def ranked_for(leader: str, priority: Priority, customer: str, accounts: Sequence[Stored]) -> list[Stored]:
    """The accounts of a customer that may give a field which `leader` chooses the account for, the one that does first."""
    known = [one for one in accounts if _is_known(one, leader) and one["connection"] in priority.connections]
    return sorted(known, key=_order(priority, leader, customer)) if len(known) > 1 else known


def _order(priority: Priority, leader: str, customer: str) -> Callable[[Stored], tuple[object, ...]]:
    def key(one: Stored) -> tuple[object, ...]:
        changed = cast(int, one["changed_at"] if one["changed_at"] is not None else one["observed_at"])
        rank = priority.connections.index(cast(str, one["connection"]))
        is_home = f"{cast(str, one['connection'])}:{cast(str, one['id'])}" == customer
        return -changed if priority.is_newest else 0, rank, not is_home, one[leader], one["id"]

    return key


def _left_out(accounts: Sequence[Stored], ranked: Sequence[Stored]) -> Iterator[Stored]:
    yield from sorted((one for one in accounts if one not in ranked), key=lambda one: (one["connection"], one["id"]))


def _is_known(account: Stored, name: str) -> bool:
    return account.get(name) not in (None, "")


def _sighting(account: Stored, name: str, type: Type, *, counts: bool = True) -> Sighting:
    return Sighting(
        value=_value(account[name], type),
        connection=cast(str, account["connection"]),
        id=cast(str, account["id"]),
        changed_at=from_ms_or_none(cast("int | None", account["changed_at"])),
        observed_at=from_ms(cast(int, account["observed_at"])),
        counts=counts,
    )


def _value(cell: Cell, type: Type) -> Scalar:
    if type is Type.TIME:
        return from_ms(cast(int, cell))
    if type is Type.FLAG:
        return bool(cell)
    return cast(Scalar, cell)


def _why(name: str, leader: str, priority: Priority, *, is_declared: bool) -> str:
    asked = ", ".join(priority.connections) or "nobody"
    if leader != name:
        return f"goes with {leader}"
    if priority.is_newest:
        return f"changed last, of {asked}"
    return f"first of {asked}" + (" (identity.fields)" if is_declared else "")
