"""All query metrics of a run in one statement per kind: what each asks, and when each answer changes by itself.

A statement aggregates the kind's rows by customer in one scan, joins the newest rows that `latest` asks for, and finishes
every metric in the same row; beside each value stands the first instant after `as_of` at which it may differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..errors import ConfigError
from ..model import Priority, Query, Type
from .aggregate import Extras, Part
from .answers import Composition, Spanning, Statement, plain
from .decaying import Reduce, decayed
from .dialect import SQLITE, Dialect, Fragment
from .expression import Expression, parse
from .facts import Facts
from .functions import TIMELY
from .grouping import Grouping, Place
from .instant import DAY
from .nodes import Call, Name, walk
from .periods import series
from .question import Question, check_query
from .sources import Sources
from .sql import Writer, filled

#: Later than every instant, for taking the least of instants that may be null.
_NEVER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class _Column:
    """One column of a statement: a metric (or what is asked beside it) over this kind alone, or one part of another."""

    name: str
    parts: Mapping[str, Part]
    finish: Expression

    def blank(self, as_of: datetime) -> object:
        """Its value for a customer without rows."""
        return self.finish.closure(as_of)({alias: part.nothing for alias, part in self.parts.items()})

    def reduce(self, facts: Facts) -> Reduce | None:
        """What Python makes of the column; None for a value that is ready."""
        part = next(iter(self.parts.values()))
        if part.decay is not None:
            return decayed(part.function, part.decay)
        if part.series is not None:
            return series(part.function, part.series, facts.steps(part).length, part.periods)
        return None


@dataclass(frozen=True, slots=True)
class _Asked:
    """An expression over aggregates: the finish of a metric, or what is asked beside it."""

    name: str
    expression: Expression
    parts: Mapping[str, Part]

    @property
    def is_split(self) -> bool:
        """Whether it is finished in Python: the parts stand in several statements, or the database only gathers."""
        return len({part.kind for part in self.parts.values()}) > 1 or any(p.gathered for p in self.parts.values())

    def columns(self) -> list[_Column]:
        """What statements have to answer for it."""
        if not self.is_split:
            return [_Column(self.name, self.parts, self.expression)]
        return [
            _Column(f"{self.name}/{alias}", {alias: part}, _alone(alias, part.type))
            for alias, part in self.parts.items()
        ]


def compose(
    queries: Mapping[str, Query],
    *,
    as_of: datetime,
    connections: Sequence[str],
    extras: Extras | None = None,
    dialect: Dialect = SQLITE,
    whose: str = "all",
    fields: Mapping[str, Priority] | None = None,
    several: bool = False,
    asides: bool = False,
) -> Composition:
    """The statements that answer every query, as few as there are kinds, whatever the number of customers.

    `connections` is the order in which `any` asks them, unless `fields` declares another for a field of accounts; rows of others do not
    count for it. With `several`, customers may have several accounts of one connection: the one they are at home in goes first.
    `extras` are the declared extra fields by kind; `whose` is a key of `facts.WHOSE`. With `asides`, what is asked beside a metric is
    answered as `metric__date`, `metric__why` and so on (see `question`). Raises like `check_query`, with `where` naming the metric.
    """
    questions = {name: _checked(name, query, extras or {}) for name, query in queries.items()}
    asked = [one for name, question in questions.items() for one in _asked(name, question, asides=asides)]
    columns: dict[str, list[_Column]] = {}
    for column in (column for one in asked for column in one.columns()):
        columns.setdefault(next(iter(column.parts.values())).kind, []).append(column)
    sources = Sources(connections, fields or {}, several)
    statements = tuple(
        _statement(Facts(kind, dialect, as_of, extras or {}, whose), sources, wanted)
        for kind, wanted in columns.items()
    )
    return _composition(asked, statements, as_of)


def _checked(name: str, query: Query, extras: Extras) -> Question:
    try:
        return check_query(query, extras)
    except ConfigError as error:
        error.where = f"{name}.{error.where}" if error.where else name
        raise


def _asked(name: str, question: Question, *, asides: bool) -> Iterator[_Asked]:
    yield _Asked(name, question.finish, question.parts_of(question.finish))
    for aside, expression in question.asides.items() if asides else ():
        yield _Asked(f"{name}__{aside}", expression, question.parts_of(expression))


def _alone(alias: str, type: Type) -> Expression:
    return parse(alias, names={alias: type}, yes_no=False)


def _composition(asked: Sequence[_Asked], statements: tuple[Statement, ...], as_of: datetime) -> Composition:
    columns = [column for statement in statements for column in statement.columns]
    place = {column: index for index, column in enumerate(columns)}
    split = [one for one in asked if one.is_split]
    whole = {one.name for one in asked if not one.is_split}
    return Composition(
        as_of=as_of,
        metrics=(*[column for column in columns if column in whole], *[one.name for one in split]),
        statements=statements,
        finished=tuple(index for index, column in enumerate(columns) if column in whole),
        spanning=tuple(
            Spanning(
                types={alias: part.type for alias, part in one.parts.items()},
                finish=one.expression.closure(as_of),
                days=tuple(_days(one.expression)),
                places={alias: place[f"{one.name}/{alias}"] for alias in one.parts},
            )
            for one in split
        ),
    )


def _days(expression: Expression) -> Iterator[tuple[str, str]]:
    """The functions of days and the aggregates they are about."""
    for node in walk(expression.node):
        if isinstance(node, Call) and node.function in TIMELY and isinstance(node.arguments[0], Name):
            yield node.function, node.arguments[0].name


def _statement(facts: Facts, sources: Sources, columns: Sequence[_Column]) -> Statement:
    values, changes = [], []
    grouping, as_of = Grouping(facts, sources), facts.as_of
    for column in columns:
        value, change = _finished(grouping, column, facts.dialect, as_of)
        values.append(value)
        changes.append(change)
    picked = filled(", ".join(["b.customer", *["{}"] * (2 * len(columns))]), [*values, *changes])
    whole = filled("SELECT {} {} ORDER BY b.customer", [picked, grouping.source()])
    return Statement(
        kind=facts.kind,
        sql=whole.sql,
        params=whole.params,
        columns=tuple(column.name for column in columns),
        types=tuple(column.finish.type for column in columns),
        blank=tuple(plain(column.blank(as_of)) for column in columns),
        reduce={place: reduce for place, one in enumerate(columns) if (reduce := one.reduce(facts)) is not None},
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
    return [
        _next_day(writer, function, places[alias].value, column.parts[alias].type)
        for function, alias in _days(column.finish)
    ]


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
