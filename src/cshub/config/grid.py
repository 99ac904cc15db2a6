"""Customers to try rules on: of each fact the values at, between and beyond those that the rules compare it with, and none at all.

Where every comparison is of one fact with written values, no other customer could give other answers. Where it is not, `is_complete` says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from typing import TypeAlias

from ..expr.nodes import Arithmetic, Call, Compare, IsNull, Literal, Name, Node, Within, walk
from ..model import Type

#: The instant at which rules are tried; lint reads no clock.
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
_NUMBERS = (Type.NUMBER, Type.INTEGER)
_DATES = (Type.TIME, Type.DATE)
_UNITS = {"tenure": 1.0, "tenure_months": 30.0}
#: A text that no rule speaks of.
OTHER = "something else"

Customer: TypeAlias = Mapping[str, object]


@dataclass(slots=True)
class Fact:
    """What rules compare one fact with. `offsets` are days from `AS_OF`, `written` values of its own type, `lowered` texts in lower case."""

    type: Type
    written: set[object] = field(default_factory=set)
    lowered: set[str] = field(default_factory=set)
    offsets: set[float] = field(default_factory=set)
    is_complete: bool = True

    def values(self) -> list[object]:
        """The values to try, the most natural first; nothing comes last."""
        if self.type is Type.FLAG:
            return [True, False, None]
        if self.offsets:
            return [*(self._day(offset) for offset in _around(self.offsets)), None]
        if self.type in _NUMBERS:
            return [*_natural(_around({float(one) for one in self.written if isinstance(one, int | float)})), None]
        if self.type in _DATES:
            return [*self._instants(), None]
        return [*dict.fromkeys((*sorted(map(str, self.written)), *self._casings(), OTHER)), None]

    @property
    def is_mixed(self) -> bool:
        """Compared with days that pass and with days that stand: what holds together changes with the calendar."""
        return bool(self.offsets and self.written)

    def _day(self, offset: float) -> object:
        at = AS_OF + timedelta(days=offset)
        if self.type is Type.TIME:
            return at
        return at.date() if self.type is Type.DATE else at.date().isoformat()

    def _instants(self) -> list[object]:
        known = {one for one in self.written if isinstance(one, date)}
        days = _around({(_instant(one) - AS_OF) / timedelta(days=1) for one in known})
        return [*dict.fromkeys(self._day(day) for day in days)]

    def _casings(self) -> Iterator[str]:
        for text in sorted(self.lowered):
            yield text
            yield from (one for one in (text.upper(), text.capitalize(), text.swapcase()) if one not in self.written)


@dataclass(slots=True)
class Grid:
    """The facts of some rules. `start` is the field tenure counts from, `derived` other names of what a placement answers.

    `asked` are the names that rules use and that are no facts.
    """

    types: Mapping[str, Type]
    start: str
    derived: Mapping[str, str]
    facts: dict[str, Fact] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    _passed: frozenset[str] = frozenset()

    @property
    def is_complete(self) -> bool:
        """Whether no other customer could give other answers. When a milestone was reached is not tried."""
        asked = {self.derived.get(name, name) for name in self.asked}
        return "time_to_value" not in asked and all(
            fact.is_complete and not fact.is_mixed for fact in self.facts.values()
        )

    def size(self) -> int:
        """How many customers there are."""
        return math.prod(len(fact.values()) for fact in self.facts.values())

    def customers(self, *, whole: bool = False) -> Iterator[Customer]:
        """Each of them, the most natural first; `whole` ones are those of which every fact is known."""
        names = list(self.facts)
        values = [[one for one in self.facts[name].values() if one is not None or not whole] for name in names]
        for chosen in product(*values):
            yield dict(zip(names, chosen, strict=True))

    def fact(self, name: str, type: Type) -> Fact:
        """The fact of that name, added if it is new."""
        return self.facts.setdefault(name, Fact(type))

    def tenure(self, days: float) -> None:
        """Tenure is compared with so many days."""
        fact = self.fact(self.start, self.types.get(self.start, Type.TIME))
        fact.offsets |= {0.0, -float(math.ceil(days)), -float(math.floor(days) + 1)}

    def add(self, node: Node, passed: frozenset[str]) -> None:
        """Gather the comparisons of a rule; names that were `passed` are asked elsewhere."""
        self._passed = passed
        for part in walk(node):
            self._gather(part)

    def _gather(self, part: Node) -> None:
        match part:
            case Compare(left=left, right=Literal() as right):
                self._compared(left, [right], ordered=part.sign not in ("=", "<>"))
            case Compare(left=Literal() as left, right=right):
                self._compared(right, [left], ordered=part.sign not in ("=", "<>"))
            case Compare(left=left, right=right):
                self._unknown(left, right)
            case Within(part=inner, choices=choices):
                self._compared(inner, choices, ordered=False)
            case IsNull() | Arithmetic():
                self._whole(part)
            case Call(function="startswith" | "contains", arguments=(Name() as name, Literal(value=text))):
                self._unknown(name)
                if (fact := self._named(name)) is not None:
                    fact.written |= {text, f"{text} …"}
            case Name():
                self._named(part)

    def _whole(self, part: IsNull | Arithmetic) -> None:
        """Whether one fact is known can be tried; what is calculated cannot."""
        if isinstance(part, Arithmetic) or not isinstance(part.part, Name | Call):
            self._unknown(part)

    def _named(self, name: Name) -> Fact | None:
        """The fact behind a name; None for what is asked elsewhere."""
        if name.name in self._passed:
            return None
        if self.derived.get(name.name, name.name) in _UNITS:
            self.tenure(0)
            return self.facts[self.start]
        known = "stage" if name.name == "account_stage" else name.name
        return self.fact(known, self.types[known]) if known in self.types else None

    def _compared(self, side: Node, values: Sequence[Literal], *, ordered: bool) -> None:
        numbers = [float(one.value) for one in values if isinstance(one.value, int | float)]
        match side:
            case Name() if (unit := _UNITS.get(self.derived.get(side.name, side.name))) is not None:
                for number in numbers:
                    self.tenure(number * unit)
            case Name():
                fact = self._named(side)
                if fact is not None:
                    fact.written |= {one.value for one in values}
                    fact.is_complete &= not (ordered and fact.type is Type.TEXT)
            case Call(function="lower", arguments=(Name() as name,)):
                fact = self._named(name)
                if fact is not None:
                    fact.lowered |= {str(one.value) for one in values}
                    fact.is_complete &= not ordered
            case Call(function="days_since" | "days_until" as function, arguments=(Name() as name,)):
                fact = self._named(name)
                if fact is not None:
                    fact.offsets |= {day for number in numbers for day in _offsets(function, number)}
            case _:
                self._unknown(side)

    def _unknown(self, *nodes: Node) -> None:
        """A comparison that cannot be taken apart: its facts have other values that would matter."""
        for part in (part for node in nodes for part in walk(node)):
            fact = self._named(part) if isinstance(part, Name) else None
            if fact is not None:
                fact.is_complete = False


def _offsets(function: str, number: float) -> set[float]:
    if function == "days_since":
        return {-float(math.ceil(number)), -float(math.floor(number) + 1)}
    return {float(math.floor(number)), float(math.ceil(number) - 1)}


def _around(marks: Iterable[float]) -> list[float]:
    """The marks, what is between them, and one beyond at each end; without marks a single value."""
    found = sorted(set(marks))
    if not found:
        return [1.0]
    return sorted({found[0] - 1, found[-1] + 1, *found, *((one + other) / 2 for one, other in pairwise(found))})


def _natural(numbers: list[float]) -> list[object]:
    """Whole numbers that are not negative first: so an example is one that might be."""
    whole: list[object] = [int(one) if one.is_integer() else one for one in numbers]
    return sorted(whole, key=lambda one: (isinstance(one, float), isinstance(one, int) and one < 0))


def _instant(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day, tzinfo=UTC)
