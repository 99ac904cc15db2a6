"""All query metrics of a run in one statement per kind: what each asks, and when each answer changes by itself.

A statement aggregates the kind's rows by customer in one scan, joins the newest rows that `latest` asks for, and finishes
every metric in the same row; beside each value stands the first instant after `as_of` at which it may differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..errors import ConfigError
from ..model import Priority, Query, Type
from .aggregate import Extras, Part, Question, check_query
from .answers import Composition, Spanning, Statement, plain
from .dialect import SQLITE, Dialect, Fragment
from .expression import Expression, parse
from .functions import TIMELY
from .grouping import Grouping, Place
from .instant import DAY
from .nodes import Call, Name, walk
from .sources import Sources
from .sql import Writer, filled

#: Later than every instant, for taking the least of instants that may be null.
_NEVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a statement: a metric of this kind alone, or one part of a metric over several kinds."""

    name: str
    parts: Mapping[str, Part]
    finish: Expression

    def blank(self, as_of: datetime) -> object:
        """Its value for a customer without rows."""
        nothing = {alias: 0 if part.function == "count" else None for alias, part in self.parts.items()}
        return self.finish.closure(as_of)(nothing)


def compose(
    queries: Mapping[str, Query],
    *,
    as_of: datetime,
    connections: Sequence[str],
    extras: Extras | None = None,
    dialect: Dialect = SQLITE,
    due: bool = False,
    fields: Mapping[str, Priority] | None = None,
    several: bool = False,
) -> Composition:
    """The statements that answer every query, as few as there are kinds, whatever the number of customers.

    `connections` is the order in which `any` asks them, unless `fields` declares another for a field of accounts; rows of others do not
    count for it. With `several`, customers may have several accounts of one connection: the one they are at home in goes first.
    `extras` are the declared extra fields by kind. With `due`, only customers in the table `due(customer)` are answered. Raises like
    `check_query`, with `where` naming the metric.
    """
    questions = {name: _checked(name, query, extras or {}) for name, query in queries.items()}
    columns: dict[str, list[_Column]] = {}
    for name, question in questions.items():
        for kind, column in _columns(name, question):
            columns.setdefault(kind, []).append(column)
    statements = tuple(
        _statement(
            Grouping(kind, dialect, as_of, Sources(connections, fields or {}, several), extras or {}, due=due),
            kind,
            wanted,
            dialect,
            as_of,
        )
        for kind, wanted in columns.items()
    )
    return _composition(questions, statements, as_of)


def _checked(name: str, query: Query, extras: Extras) -> Question:
    try:
        return check_query(query, extras)
    except ConfigError as error:
        error.where = f"{name}.{error.where}" if error.where else name
        raise


def _columns(name: str, question: Question) -> list[tuple[str, _Column]]:
    if len(question.kinds) == 1:
        return [(question.kinds[0], _Column(name, question.parts, question.finish))]
    return [
        (part.kind, _Column(f"{name}/{alias}", {alias: part}, _alone(alias, part.type)))
        for alias, part in question.parts.items()
    ]


def _alone(alias: str, type: Type) -> Expression:
    return parse(alias, names={alias: type}, yes_no=False)


def _composition(questions: Mapping[str, Question], statements: tuple[Statement, ...], as_of: datetime) -> Composition:
    columns = [column for statement in statements for column in statement.columns]
    place = {column: index for index, column in enumerate(columns)}
    spanning = [name for name in questions if name not in place]
    return Composition(
        as_of=as_of,
        metrics=(*[column for column in columns if column in questions], *spanning),
        statements=statements,
        finished=tuple(index for index, column in enumerate(columns) if column in questions),
        spanning=tuple(
            Spanning(
                question=questions[name],
                finish=questions[name].finish.closure(as_of),
                places={alias: place[f"{name}/{alias}"] for alias in questions[name].parts},
            )
            for name in spanning
        ),
    )


def _statement(
    grouping: Grouping, kind: str, columns: Sequence[_Column], dialect: Dialect, as_of: datetime
) -> Statement:
    values, changes = [], []
    for column in columns:
        value, change = _finished(grouping, column, dialect, as_of)
        values.append(value)
        changes.append(change)
    picked = filled(", ".join(["b.customer", *["{}"] * (2 * len(columns))]), [*values, *changes])
    whole = filled("SELECT {} {} ORDER BY b.customer", [picked, grouping.source()])
    return Statement(
        kind=kind,
        sql=whole.sql,
        params=whole.params,
        columns=tuple(column.name for column in columns),
        types=tuple(column.finish.type for column in columns),
        blank=tuple(plain(column.blank(as_of)) for column in columns),
    )


def _finished(grouping: Grouping, column: _Column, dialect: Dialect, as_of: datetime) -> tuple[Fragment, Fragment]:
    """The metric's value and its next instant of change, over the columns of the grouping."""
    places = {alias: grouping.add(part) for alias, part in column.parts.items()}
    writer = Writer(dialect, lambda alias: places[alias].value, as_of)
    changes = [change for place in places.values() for change in place.changes]
    changes += _day_changes(writer, column, places)
    return writer.write(column.finish.node), _earliest(dialect, list(dict.fromkeys(changes)))


def _day_changes(writer: Writer, column: _Column, places: Mapping[str, Place]) -> list[Fragment]:
    """The next instants at which `days_since` and `days_until` in the finish give another number."""
    found = []
    for node in walk(column.finish.node):
        if isinstance(node, Call) and node.function in TIMELY and isinstance(node.arguments[0], Name):
            name = node.arguments[0]
            found.append(_next_day(writer, node.function, places[name.name].value, name.type))
    return found


def _next_day(writer: Writer, function: str, fact: Fragment, type: Type) -> Fragment:
    if type is Type.DATE:
        midnight = writer.bind((writer.now_ms() // DAY + 1) * DAY)
        return filled("CASE WHEN {} IS NOT NULL THEN {} END", [fact, midnight])
    days = writer.days(function, fact, type)
    template = f"({{}} + ({{}} + 1) * {DAY})" if function == "days_since" else f"({{}} - {{}} * {DAY} + 1)"
    return filled(template, [fact, days])


def _earliest(dialect: Dialect, instants: list[Fragment]) -> Fragment:
    if len(instants) < 2:
        return instants[0] if instants else Fragment("NULL")
    known = filled(", ".join([f"COALESCE({{}}, {_NEVER})"] * len(instants)), instants)
    return Fragment(f"NULLIF({dialect.least.format(known.sql)}, {_NEVER})", known.params)
