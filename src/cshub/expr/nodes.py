"""The checked tree of a rule: every node knows its type. Parsing makes it; the closure and the SQL are read off it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from ..model import Type

Constant: TypeAlias = str | int | float | bool | datetime | date


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule; times are aware datetimes, dates `datetime.date`."""

    value: Constant
    type: Type


@dataclass(frozen=True, slots=True)
class Name:
    """A column, an extra field, or (in `finish`) an aggregate."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` / `or` of two or more parts, three-valued."""

    word: str
    parts: tuple[Node, ...]
    type: Type = Type.FLAG


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: Node
    type: Type = Type.FLAG


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one sort; `sign` is the SQL operator. Unknown when either side is null."""

    sign: str
    left: Node
    right: Node
    type: Type = Type.FLAG


@dataclass(frozen=True, slots=True)
class Within:
    """Membership in a written list; unknown when the value is null."""

    part: Node
    choices: tuple[Literal, ...]
    negated: bool
    type: Type = Type.FLAG


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether a value is absent: never unknown."""

    part: Node
    negated: bool
    type: Type = Type.FLAG


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`+ - * /` in double precision; a null or a division by zero gives null."""

    sign: str
    left: Node
    right: Node
    type: Type = Type.NUMBER


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the language over its arguments."""

    function: str
    arguments: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Pick:
    """The number of the first part that is true, counted from 0; null when none is. No rule is written like that, reasons become it."""

    parts: tuple[Node, ...]
    type: Type = Type.INTEGER


Node: TypeAlias = Literal | Name | Logic | Not | Compare | Within | IsNull | Arithmetic | Call | Pick


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in reading order."""
    yield node
    for child in _children(node):
        yield from walk(child)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Logic() | Pick():
            return node.parts
        case Compare() | Arithmetic():
            return (node.left, node.right)
        case Not() | Within() | IsNull():
            return (node.part,)
        case Call():
            return node.arguments
        case Literal() | Name():
            return ()
