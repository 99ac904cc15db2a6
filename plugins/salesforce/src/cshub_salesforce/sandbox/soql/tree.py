"""What a SOQL query says, before anybody asked whether its names exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Word
from typing import TypeAlias

from ..fields import Value

Kind: TypeAlias = Word["string", "number", "boolean", "null", "datetime", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A field, perhaps of a related record, and where it stands in the text."""

    names: tuple[str, ...]
    at: int

    @property
    def text(self) -> str:
        """As it was written."""
        return ".".join(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A value in a condition; `value` of a datetime is epoch milliseconds."""

    kind: Kind
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A field against one value or, with IN and NOT IN, several."""

    path: Path
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """Conditions joined by one word."""

    word: Word["AND", "OR"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """NOT a condition."""

    part: Condition


Condition: TypeAlias = "Comparison | Junction | Negation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One field of ORDER BY; nulls come first unless the query says otherwise."""

    path: Path
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A whole query. Without fields it is `SELECT COUNT()`."""

    soql: str
    paths: tuple[Path, ...]
    object: str
    object_at: int
    where: Condition | None
    orders: tuple[Order, ...]
    limit: int | None
    offset: int

    @property
    def is_count(self) -> bool:
        """Whether it only counts."""
        return not self.paths
