"""What the store knew at an instant, as temporary tables that hide its own: every statement with unqualified names runs on them.

The tables are filled from the present ones and their histories, by as many statements as there are tables, however many customers.
They lie in SQLite's temporary file, so memory stays flat, and what a replay writes lands in them: the store itself is opened read-only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..model import KINDS
from . import score_rows
from .database import Cell, Cut, Transaction
from .statements import statements
from .values import to_day, to_ms
from .versions import AFTER, KEY

SQL = statements("past")
#: Tables that scoring writes, beside those of scores.
_WRITTEN = ("due", "scorecard", "watermark", "sequence")
_SCORE_COLUMNS = score_rows.COLUMNS[1:]
#: Earlier scores are at hand for so long, for what looks back over them.
LOOKING_BACK = timedelta(days=35)
#: Kinds whose rows are about one instant, at which they become facts.
_DATED = {"ticket": "opened_at", "response": "answered_at", "event": "at", "account": "created_at"}
_ANY = 2**62


def rebuild(transaction: Transaction, cut: Cut) -> None:
    """Rows, links, customers and streams as they were known at the cut."""
    bounds = _bounds(cut)
    _clone(transaction, "link")
    transaction.run(SQL["past_links"], bounds)
    for kind in KINDS.values():
        columns = ", ".join((*KEY, *kind.names, *AFTER))
        _clone(transaction, kind.name)
        transaction.run(SQL.fill("past_rows", kind=kind.name, columns=columns), bounds | {"kind": kind.name})
        transaction.run(SQL.fill("past_index", kind=kind.name))
    _clone(transaction, "customer")
    transaction.run(SQL["past_customers"])
    _clone(transaction, "stream_state")
    transaction.run(SQL["past_streams"], bounds)


def make_room(transaction: Transaction, cut: Cut | None, as_of: datetime, *, fresh: bool) -> None:
    """Tables that scoring writes, and the scores in force before `as_of`; none with `fresh`."""
    for name in (*_WRITTEN, "score", "score_history"):
        _clone(transaction, name)
    transaction.run(SQL.fill("copy_table", table="sequence"))
    if fresh:
        return
    before = _bounds(cut or Cut()) | {"as_of": to_ms(as_of), "from": to_ms(as_of - LOOKING_BACK)}
    columns, qualified = ", ".join(_SCORE_COLUMNS), ", ".join(f"h.{name}" for name in _SCORE_COLUMNS)
    transaction.run(SQL["past_owners"], before)
    transaction.run(SQL.fill("past_scores", columns=columns), before)
    transaction.run(SQL.fill("past_score_history", columns=columns, qualified=qualified), before)
    transaction.run(SQL["drop_past_score"])


def forget_future(transaction: Transaction, at: datetime) -> None:
    """Take out of rebuilt tables what is about a time after `at`: rows dated later, and what later events did to rows before them."""
    then: dict[str, Cell] = {"at": to_ms(at)}
    for kind, column in _DATED.items():
        transaction.run(SQL.fill("drop_future", kind=kind, column=column), then)
    transaction.run(SQL["reopen_tickets"], then)
    transaction.run(SQL["unsee_contacts"], then)
    transaction.run(SQL["drop_future_deals"], {"day": to_day(at.date())})


def _bounds(cut: Cut) -> dict[str, Cell]:
    at = _ANY if cut.at is None else to_ms(cut.at)
    return {"at": at, "seq": _ANY if cut.seq is None else cut.seq, "run": _ANY if cut.run is None else cut.run}


def _clone(transaction: Transaction, name: str) -> None:
    """An empty temporary table with the same columns and keys; the names of tables are those of our own migrations."""
    found = transaction.one(SQL["table_text"], {"name": name})
    assert found is not None, f"the schema has no table {name}"
    transaction.run("create temp table" + str(found[0])[len("create table") :])
