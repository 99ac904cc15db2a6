"""Names of every type, stored rows and a real SQLite table for the tests of the rule language."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from cshub.expr import SQLITE, Expression, parse, quote
from cshub.expr.instant import to_ms
from cshub.model import KINDS, Type

#: A column of every type, twice where two of a type may meet, and extra fields (`x_…`) that live in JSON.
NAMES: Mapping[str, Type] = {
    "text": Type.TEXT, "other": Type.TEXT, "number": Type.NUMBER, "amount": Type.NUMBER, "whole": Type.INTEGER,
    "flag": Type.FLAG, "done": Type.FLAG, "time": Type.TIME, "later": Type.TIME, "day": Type.DATE, "due_day": Type.DATE,
    "tags": Type.LIST, "x_text": Type.TEXT, "x_number": Type.NUMBER, "x_flag": Type.FLAG, "x_time": Type.TIME, "x_day": Type.DATE,
}  # fmt: skip
AS_OF = datetime(2026, 6, 1, 12, tzinfo=UTC)

_SQL_TYPES = {
    Type.TEXT: "text", Type.NUMBER: "real", Type.INTEGER: "integer", Type.FLAG: "integer",
    Type.TIME: "integer", Type.DATE: "text", Type.LIST: "text",
}  # fmt: skip


def rule(text: str) -> Expression:
    """A rule over `NAMES` that may use the clock and give anything."""
    return parse(text, names=NAMES, timely=True, yes_no=False)


def stored(value: object) -> object:
    """A Python value as the store keeps it."""
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, tuple) else value


def column(name: str) -> str:
    """The SQL of a name in the table `fact`."""
    return SQLITE.field("extra", name) if name.startswith("x_") else quote(name)


def fact_table() -> sqlite3.Connection:
    """An empty table `fact` with a column for every name that is no extra field."""
    columns = [f"{quote(name)} {_SQL_TYPES[type]}" for name, type in NAMES.items() if not name.startswith("x_")]
    db = sqlite3.connect(":memory:")
    db.execute(f"create table fact ({', '.join(columns)}, extra text)")
    return db


def by_sql(db: sqlite3.Connection, expression: Expression, row: Mapping[str, object]) -> object:
    """What SQLite answers for one row."""
    own = [name for name in NAMES if not name.startswith("x_")]
    extra = {name: stored(row[name]) for name in NAMES if name.startswith("x_") and row.get(name) is not None}
    fragment = expression.sql(SQLITE, column, AS_OF)
    db.execute("delete from fact")
    db.execute(
        f"insert into fact values ({', '.join('?' * (len(own) + 1))})",
        [*[stored(row.get(name)) for name in own], json.dumps(extra)],
    )
    return db.execute(f"select {fragment.sql} from fact", fragment.params).fetchone()[0]


def kind_tables() -> sqlite3.Connection:
    """A table for each kind whose rows belong to a customer, with the columns every stored row has."""
    db = sqlite3.connect(":memory:")
    for kind in KINDS.values():
        columns = ", ".join(f"{quote(one.name)} {_SQL_TYPES[one.type]}" for one in kind.columns)
        db.execute(
            f"create table {quote(kind.name)} (connection text, stream text, id text, {columns}, extra text, changed_at integer,"
            " observed_at integer, run integer, seq integer, hash blob, deleted integer not null default 0, customer text,"
            " primary key (connection, id))"
        )
    db.execute("create table due (customer text primary key)")
    return db


def put(db: sqlite3.Connection, kind: str, customer: str | None, **values: object) -> None:
    """Stores one row; `connection` and `id` have defaults, and `extra` is a mapping."""
    count = db.execute(f"select count(*) from {quote(kind)}").fetchone()[0]
    row: dict[str, object] = {"connection": "crm", "stream": "rows", "id": f"{count:06d}", "deleted": 0, **values}
    row["extra"] = json.dumps({name: stored(value) for name, value in _mapping(row.get("extra")).items()})
    names = [*row, "customer"]
    db.execute(
        f"insert into {quote(kind)} ({', '.join(map(quote, names))}) values ({', '.join('?' * len(names))})",
        [*map(stored, row.values()), customer],
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def all_names(*types: Type) -> Sequence[str]:
    """The names of these types."""
    return [name for name, type in NAMES.items() if type in types]
