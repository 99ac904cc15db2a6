"""What differs between SQL databases, and the only way an identifier gets into SQL text. No statement is made here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import ConfigError

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}", re.ASCII)
_RESERVED = re.compile(r"sqlite_|pg_", re.IGNORECASE)


def quote(identifier: str) -> str:
    """The identifier in double quotes. Raises ConfigError unless it is 1–63 ASCII letters, digits and underscores.

    Names that belong to the database itself (`sqlite_…`, `pg_…`) are refused as well.
    """
    if not _IDENTIFIER.fullmatch(identifier) or _RESERVED.match(identifier):
        shown = ascii(identifier[:40])
        raise ConfigError(f"{shown} cannot be the name of a column", hint="use letters, digits and underscores")
    return f'"{identifier}"'


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL and the values bound in it, in order."""

    sql: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A database's own words. `{0}` and `{1}` stand for SQL text that is already safe, never for values.

    `day` turns a date into days since 1970-01-01; `extra` reads a declared extra field of a JSON column; `position` is
    above 0 when text holds other text; `holds` tells whether a JSON array has an item; `least` the smallest of several non-null values;
    `joined` aggregates values to a text with commas between them, `different` does so with each different value once.
    """

    name: str
    placeholder: str
    real: str
    day: str
    extra: str
    position: str
    holds: str
    least: str
    joined: str
    different: str

    def field(self, column: str, name: str) -> str:
        """The extra field `name` of the JSON in `column`, which is SQL text already."""
        return self.extra.format(column, quote(name)[1:-1])


SQLITE = Dialect(
    name="sqlite",
    placeholder="?",
    real="CAST({0} AS REAL)",
    day="CAST(julianday({0}) - 2440587.5 AS INTEGER)",
    extra="json_extract({0}, '$.{1}')",
    position="instr({0}, {1})",
    holds="EXISTS (SELECT 1 FROM json_each({0}) WHERE value = {1})",
    least="min({0})",
    joined="group_concat({0})",
    different="group_concat(DISTINCT {0})",
)
