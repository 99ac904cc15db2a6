"""A form asked the way scoring asks it: rows in, a reading out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from cshub.builtin.metrics import register_metrics
from cshub.model import Priority, Query, QueryForm, Reading, Type
from cshub.stages.score.answers import Ask, QueryAnswers
from cshub.stages.score.peers import Peerage
from cshub.store.database import Parameters, Record
from tests.unit.expr.making import AS_OF, kind_tables, put

FORMS: Mapping[str, QueryForm] = {form.name: form for form in register_metrics()}
EXTRAS: Mapping[str, Mapping[str, Type]] = {
    "account": {"tier": Type.TEXT, "pulse": Type.NUMBER, "pulse_at": Type.DATE},
    "response": {"attribute": Type.TEXT, "quality": Type.NUMBER, "price": Type.NUMBER},
    "event": {"weight": Type.NUMBER},
}


class Rows:
    """A table for each kind; counts the statements that are asked of it."""

    def __init__(self) -> None:
        self.db = kind_tables()
        self.db.execute("create table customer (id text primary key, state text)")
        self.statements = 0

    def put(self, kind: str, customer: str = "acme", **values: object) -> None:
        """A row of a customer, who is due."""
        put(self.db, kind, customer, **{"observed_at": AS_OF, **values})
        self.know(customer)

    def know(self, customer: str) -> None:
        """A customer without rows."""
        self.db.execute("insert or ignore into customer values (?, 'active')", (customer,))
        self.db.execute("insert or ignore into due values (?)", (customer,))

    def all(self, sql: str, parameters: Parameters | None = None) -> list[Record]:
        return list(self.each(sql, parameters))

    def one(self, sql: str, parameters: Parameters | None = None) -> Record | None:
        return next(self.each(sql, parameters), None)

    def each(self, sql: str, parameters: Parameters | None = None) -> Iterator[Record]:
        self.statements += 1
        return cast(Iterator[Record], iter(self._execute(sql, parameters)))

    def _execute(self, sql: str, parameters: Parameters | None) -> sqlite3.Cursor:
        return self.db.execute(sql, parameters or ())


def query(form: str, main: object, **options: object) -> Query:
    """What a form makes of its YAML."""
    unknown = [name for name in options if name not in FORMS[form].options]
    assert not unknown, f"{form} has no option {unknown}"
    return FORMS[form].build(main, options)


def ask(
    rows: Rows, asked: Query, *, as_of: datetime = AS_OF, fields: Mapping[str, Priority] | None = None
) -> dict[str, Reading]:
    """The reading of every due customer."""
    return ask_all(rows, {"m": asked}, as_of=as_of, fields=fields)["m"]


def ask_all(
    rows: Rows, asked: Mapping[str, Query], *, as_of: datetime = AS_OF, fields: Mapping[str, Priority] | None = None
) -> dict[str, dict[str, Reading]]:
    """The readings of every metric by customer."""
    common = Ask(connections=("crm", "sales"), fields=fields or {}, extras=EXTRAS, as_of=as_of, several=False)
    everybody = [id for (id,) in rows.db.execute("select id from customer where state = 'active' order by id")]
    compared = {name: one for name, one in asked.items() if one.peers is not None}
    population = QueryAnswers(rows, compared, common, whose="active") if compared else None
    standings = [one for id in everybody if population for one in population.of(id)[1]]
    peers = Peerage({name: one.peers for name, one in compared.items() if one.peers}, standings, as_of)
    own = QueryAnswers(rows, asked, common, whose="due")
    found: dict[str, dict[str, Reading]] = {name: {} for name in asked}
    for (id,) in rows.db.execute("select customer from due order by customer").fetchall():
        readings, compare = own.of(id)
        readings |= {one.metric: peers.compared(one) for one in compare}
        for name, reading in readings.items():
            found[name][id] = reading
    return found


def value(rows: Rows, asked: Query, *, as_of: datetime = AS_OF, customer: str = "acme") -> object:
    """The value of one customer."""
    return ask(rows, asked, as_of=as_of)[customer].value


def days(rows: Rows, kind: str, ages: Sequence[float], *, customer: str = "acme", **values: object) -> None:
    """A row so many days before, for each age."""
    at = {"event": "at", "ticket": "opened_at", "response": "answered_at"}[kind]
    for age in ages:
        rows.put(kind, customer, **{at: AS_OF - timedelta(days=age), **values})
