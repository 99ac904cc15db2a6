"""Ids that live on as others, as vendors tell: chains are kept short, so that one look finds the survivor."""

from __future__ import annotations

from collections.abc import Sequence

from .database import Cell, Transaction
from .statements import statements
from .values import to_ms
from .versions import Origin

SQL = statements("landing")


def merged_candidates(transaction: Transaction, connection: str, kind: str) -> dict[str, int]:
    """When each merged-away candidate was first seen to be one, in epoch milliseconds."""
    found = transaction.all(SQL["merged_candidates"], {"connection": connection, "kind": kind})
    return {str(gone): int(str(at)) for gone, at in found}


def record_merges(transaction: Transaction, origin: Origin, kind: str, merges: Sequence[tuple[str, str]]) -> None:
    """Keep pairs (gone, survivor) in the vendor's order; the newest word wins where two contradict each other."""
    for gone, told in merges:
        place: dict[str, Cell] = {"connection": origin.connection, "kind": kind, "gone": gone}
        survivor = _survivor(transaction, place, told)
        if survivor == gone:
            transaction.many(SQL["forget_merge"], [(origin.connection, kind, told)])
            survivor = told
        if survivor == gone or _survivor(transaction, place, gone) == survivor:
            continue
        record = {**place, "survivor": survivor, "run": origin.run, "now": to_ms(origin.now)}
        record["seq"] = transaction.next_seq()
        transaction.run(SQL["merge"], record)
        transaction.run(SQL["shorten_chains"], record)


def forget_merges(transaction: Transaction, origin: Origin, kind: str, revived: Sequence[str]) -> None:
    """These ids are alive again."""
    if revived:
        transaction.many(SQL["forget_merge"], ((origin.connection, kind, id) for id in revived))


def _survivor(transaction: Transaction, place: dict[str, Cell], id: str) -> str:
    found = transaction.one(SQL["survivor"], {**place, "gone": id})
    return id if found is None else str(found[0])
