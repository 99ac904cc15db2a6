"""What the store knew at an instant, as temporary tables that hide its own: every statement with unqualified names runs on them.

The tables are filled from the present ones and their histories, by as many statements as there are tables, however many customers.
They lie in SQLite's temporary file, so memory stays flat, and what a replay writes lands in them: the store itself is opened read-only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from ..model import KINDS, Kind
from . import score_rows
from .database import Cell, Cut, Record, Stray, Transaction
from .statements import statements
from .values import to_day, to_ms
from .versions import AFTER, KEY

SQL = statements("past")
#: Tables that scoring writes, beside those of scores.
_WRITTEN = ("due", "scorecard", "watermark", "sequence", "score_detail", "placement", "membership", "milestone")
#: Views of the schema that scoring reads; they would see the tables of the store.
_VIEWS = ("scored_customer",)
#: Of both tables of scores, without the customer; the document is where its number says.
_SCORE_COLUMNS = (*score_rows.COLUMNS[1:-1], "detail_hash", "detail_number")
#: Kinds whose rows are about one instant, at which they become facts.
_DATED = {"ticket": "opened_at", "response": "answered_at", "event": "at", "account": "created_at"}
_ANY = 2**62


def rebuild(transaction: Transaction, cut: Cut, strays: Sequence[Stray] = ()) -> None:
    """Rows, links, customers and streams as they were known at the cut. `strays` are put beside the stored rows first, to be cut likewise."""
    bounds = _bounds(cut)
    _clone(transaction, "link")
    transaction.run(SQL["past_links"], bounds)
    transaction.many(SQL["add_stray_link"], [(one.kind, *_place(one), one.customer) for one in strays])
    for kind in KINDS.values():
        _rebuild_rows(transaction, kind, bounds, [one.cells for one in strays if one.kind == kind.name])
    _clone(transaction, "customer")
    transaction.run(SQL["past_customers"])
    _clone_indexes(transaction, "customer")
    _clone(transaction, "stream_state")
    transaction.run(SQL["past_streams"], bounds)


def columns_of(kind: Kind) -> tuple[str, ...]:
    """The columns that a row and its earlier versions share, in the order of `Stray.cells`."""
    return (*KEY, *kind.names, *AFTER)


def _rebuild_rows(transaction: Transaction, kind: Kind, bounds: dict[str, Cell], strays: Sequence[Record]) -> None:
    names = columns_of(kind)
    columns, qualified = ", ".join(names), ", ".join(f"v.{name}" for name in names)
    stray = f"stray_{kind.name}"
    _clone(transaction, kind.name)
    _clone(transaction, kind.name, stray)
    transaction.many(SQL.fill("add_stray", kind=kind.name, columns=columns, marks=", ".join("?" * len(names))), strays)
    transaction.run(SQL.fill("see_rows", kind=kind.name, columns=columns, also=f"temp.{stray}"))
    named: dict[str, Cell] = {"kind": kind.name}
    transaction.run(SQL.fill("past_rows", kind=kind.name, columns=columns, qualified=qualified), bounds | named)
    transaction.run(SQL.fill("past_index", kind=kind.name))


def make_room(
    transaction: Transaction, cut: Cut | None, as_of: datetime, *, fresh: bool, looking_back: timedelta
) -> None:
    """Tables that scoring writes, and the scores, places and milestones in force before `as_of`; with `fresh` only milestones.

    Earlier scores are at hand for `looking_back`, and the one in force at its beginning.
    """
    for name in (*_WRITTEN, "score", "score_history"):
        _clone(transaction, name)
        _clone_indexes(transaction, name)
    for name in _VIEWS:
        _clone_view(transaction, name)
    transaction.run(SQL.fill("copy_table", table="sequence"))
    before = _bounds(cut or Cut()) | {"as_of": to_ms(as_of), "from": to_ms(as_of - looking_back)}
    transaction.run(SQL["past_milestones"], before)
    if fresh:
        return
    transaction.run(SQL["past_memberships"], before)
    transaction.run(SQL["past_placements"])
    columns, qualified = ", ".join(_SCORE_COLUMNS), ", ".join(f"h.{name}" for name in _SCORE_COLUMNS)
    transaction.run(SQL["past_owners"], before)
    transaction.run(SQL.fill("past_scores", columns=columns), before)
    transaction.run(SQL.fill("past_score_history", columns=columns, qualified=qualified), before)
    transaction.run(SQL["drop_past_score"])
    transaction.run(SQL["past_details"])
    transaction.run(SQL["past_said"])


def forget_future(transaction: Transaction, at: datetime) -> None:
    """Take out of rebuilt tables what is about a time after `at`: rows dated later, and what later events did to rows before them."""
    then: dict[str, Cell] = {"at": to_ms(at)}
    for kind, column in _DATED.items():
        transaction.run(SQL.fill("drop_future", kind=kind, column=column), then)
    transaction.run(SQL["drop_unborn"])
    transaction.run(SQL["reopen_tickets"], then)
    transaction.run(SQL["unsee_contacts"], then)
    transaction.run(SQL["drop_future_deals"], {"day": to_day(at.date())})


def _bounds(cut: Cut) -> dict[str, Cell]:
    at = _ANY if cut.at is None else to_ms(cut.at)
    return {"at": at, "seq": _ANY if cut.seq is None else cut.seq, "run": _ANY if cut.run is None else cut.run}


def _place(stray: Stray) -> tuple[Cell, Cell]:
    return stray.cells[KEY.index("connection")], stray.cells[KEY.index("id")]


def _clone(transaction: Transaction, name: str, called: str | None = None) -> None:
    """An empty temporary table with the same columns and keys; the names of tables are those of our own migrations."""
    text = _text(transaction, name)
    transaction.run(f"create temp table {called or name} {text[text.index('(') :]}")


def _clone_indexes(transaction: Transaction, name: str) -> None:
    """The same indexes over a temporary table."""
    for index, text in transaction.all(SQL["index_texts"], {"name": name}):
        transaction.run(
            f"create {'unique ' if 'unique' in str(text)[:20].lower() else ''}index temp.{str(text)[str(text).index(str(index)) :]}"
        )


def _clone_view(transaction: Transaction, name: str) -> None:
    """The same view over the temporary tables."""
    text = _text(transaction, name)
    transaction.run(f"create temp view {text[text.index(name) :]}")


def _text(transaction: Transaction, name: str) -> str:
    found = transaction.one(SQL["schema_text"], {"name": name})
    assert found is not None, f"the schema has no {name}"
    return str(found[0])
