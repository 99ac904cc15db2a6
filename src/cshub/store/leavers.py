"""Who left, as the store knows it, and what a backtest takes out of, or asks of, a replayed store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import orjson

from ..model import ACCOUNT, KINDS, Type
from .database import Cell, Record, Stray
from .past import columns_of
from .score_detail import unpack
from .statements import statements
from .store import Store
from .values import from_day, from_ms, from_ms_or_none, to_ms

SQL = statements("leavers")
_DECODE: Mapping[Type, Callable[[Any], object]] = {
    Type.TIME: from_ms,
    Type.DATE: from_day,
    Type.FLAG: bool,
    Type.LIST: orjson.loads,
}


def left_list(store: Store) -> dict[str, datetime]:
    """Customers that are on the list no more, and when that was noticed."""
    with store.db.read() as reader:
        return {str(id): from_ms(cast(int, at)) for id, at in reader.all(SQL["left_list"])}


def account_versions(
    store: Store, fields: Mapping[str, Type], extras: Mapping[str, Type]
) -> Iterator[tuple[str, datetime, Mapping[str, object]]]:
    """Every version of every account, oldest first: `connection:id`, when it was read, and its fields as rules read them."""
    own = {name: type for name, type in fields.items() if name in _OWN}
    with store.db.read() as reader:
        for connection, id, at, extra, *cells in reader.each(SQL.fill("account_versions", columns=", ".join(own))):
            told = orjson.loads(cast(str, extra)) if extra else {}
            row = {name: _decoded(cell, type) for (name, type), cell in zip(own.items(), cells, strict=True)}
            row |= {name: _decoded(told.get(name), type) for name, type in extras.items()}
            yield f"{connection!s}:{id!s}", from_ms(cast(int, at)), row


def names_of_customers(store: Store) -> dict[str, str]:
    """Ids and external ids of accounts with the customer each belongs to now; those of two customers are left out."""
    found: dict[str, str] = {}
    twice = set()
    with store.db.read() as reader:
        for name, customer in cast("Iterator[tuple[str, str]]", reader.each(SQL["names_of_customers"])):
            if found.setdefault(name, customer) != customer:
                twice.add(name)
    return {name: customer for name, customer in found.items() if name not in twice}


def aliases(store: Store) -> dict[str, str]:
    """Earlier ids and the customers they are now."""
    with store.db.read() as reader:
        return {str(alias): str(customer) for alias, customer in reader.all(SQL["aliases"])}


def first_run(store: Store) -> datetime | None:
    """When the store began to know things; what happened before was not watched."""
    with store.db.read() as reader:
        found = reader.one(SQL["first_run"])
    return from_ms_or_none(cast("int | None", found[0])) if found else None


def last_activity(then: Store, at: datetime) -> Iterator[tuple[str, datetime | None]]:
    """When something last happened at each customer, by customer: an event, a ticket, an answer, or that somebody was seen."""
    with then.db.read() as reader:
        for customer, ms in reader.each(SQL["last_activity"], {"at": to_ms(at)}):
            yield str(customer), from_ms(cast(int, ms))


def shaped_signals(then: Store) -> Iterator[tuple[str, Mapping[str, int]]]:
    """The points that each signal gave to each customer of a scored replay, in micro-points; those without data are left out."""
    with then.db.read() as reader:
        for customer, detail in reader.each(SQL["details"]):
            lines = unpack(detail).drivers
            yield str(customer), {one.name: one.shaped_micro for one in lines if one.shaped_micro is not None}


def ban(then: Store, facts: Sequence[str]) -> None:
    """Take facts out of a replayed store: rows of a kind (`deal`), or a field of all its rows (`account.stage`)."""
    with then.db.transaction() as tx:
        for fact in facts:
            kind, _, field = fact.partition(".")
            if not field:
                tx.run(SQL.fill("ban_kind", kind=kind))
            elif field in columns_of(KINDS[kind]):
                tx.run(SQL.fill("ban_field", kind=kind, field=field))
            else:
                tx.run(SQL.fill("ban_extra", kind=kind), {"path": f'$."{field}"'})


def templates(store: Store, kind: str, limit: int) -> list[Stray]:
    """Some rows of a kind, as stored, with their customers."""
    columns = ", ".join(columns_of(KINDS[kind]))
    with store.db.read() as reader:
        found: list[Record] = reader.all(SQL.fill("templates", kind=kind, columns=columns), {"limit": limit})
    return [
        Stray(kind=kind, cells=cells, customer=str(customer)) for customer, *rest in found for cells in [tuple(rest)]
    ]


_OWN = frozenset(columns_of(ACCOUNT))


def _decoded(cell: Cell, type: Type) -> object:
    return None if cell is None else _DECODE.get(type, _same)(cell)


def _same(cell: object) -> object:
    return cell
