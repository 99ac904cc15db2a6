"""The front door of the rule language: `parse` checks a rule, an `Expression` runs it, in Python or as SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..model import ROW_COLUMNS, Kind, Type
from . import closure as python
from .build import Builder, word
from .dialect import Dialect, Fragment
from .functions import TIMELY
from .nodes import Call, Name, Node, walk
from .problem import ExprError
from .sql import Writer
from .syntax import tree


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked rule. `type` is what it gives, `names` the columns it reads, `timely` whether it moves with time alone."""

    text: str
    node: Node
    type: Type
    names: tuple[str, ...]
    timely: bool

    def closure(self, as_of: datetime | None = None) -> Callable[[Mapping[str, object]], object]:
        """The rule as a function of a row; None is unknown. A name the row lacks is null.

        Times are aware datetimes, dates `datetime.date`. Raises ValueError for a timely rule without `as_of`.
        """
        return python.closure(self.node, as_of)

    def sql(self, dialect: Dialect, column: Callable[[str], str], as_of: datetime | None = None) -> Fragment:
        """The same rule as SQL over stored rows; `column` gives the SQL of a name (see `dialect.quote`).

        Times are integer epoch milliseconds, dates `YYYY-MM-DD`, flags 0 or 1. Raises ValueError like `closure`.
        """
        return Writer(dialect, lambda name: Fragment(column(name)), as_of).write(self.node)


def parse(
    text: str,
    *,
    names: Mapping[str, Type],
    values: Mapping[str, tuple[str, ...]] | None = None,
    timely: bool = False,
    yes_no: bool = True,
) -> Expression:
    """The checked rule, or ExprError with the place, and the nearest known name for an unknown one.

    `values` lists the only texts of enumerated columns; `timely` allows `days_since` and `days_until`;
    with `yes_no` the rule has to give yes or no, as every `where:` and `when:` does.
    """
    parsed = tree(text)
    builder = Builder(names=names, values=values or {}, timely=timely)
    node = builder.yes_or_no(parsed) if yes_no else builder.build(parsed)
    nodes = tuple(walk(node))
    used = dict.fromkeys(part.name for part in nodes if isinstance(part, Name))
    calls = {part.function for part in nodes if isinstance(part, Call)}
    return Expression(text, node, node.type, tuple(used), bool(calls & TIMELY))


def names_of(kind: Kind, extra: Mapping[str, Type] | None = None) -> dict[str, Type]:
    """The names a `where:` about this kind may use: its columns, those of every row, and the declared extra fields."""
    columns = {column.name: column.type for column in (*kind.columns, *ROW_COLUMNS)}
    return {**(extra or {}), **columns}


def values_of(kind: Kind) -> dict[str, tuple[str, ...]]:
    """The only texts of the kind's enumerated columns."""
    return {column.name: column.values for column in kind.columns if column.values}


def expect(expression: Expression, allowed: frozenset[Type], what: str) -> None:
    """Raises ExprError unless the expression gives one of the allowed types."""
    if expression.type not in allowed:
        wanted = " or ".join(sorted({word(type) for type in allowed}))
        raise ExprError(f"{what} needs {wanted}, this is {word(expression.type)}", 0)
