"""Whether a rule can ever be true: its parts are narrowed down name by name until nothing is left. Never wrong when it says no.

What it does not understand it takes for possible; it gives up on rules with very many alternatives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from math import ceil, floor, inf
from typing import TypeAlias

from ...expr.nodes import Call, Compare, IsNull, Literal, Logic, Name, Node, Not, Within
from .domains import Domain, Domains

_MOST = 128
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

#: A part without `and`, `or` and `not`, and whether it has to be true or false.
Atom: TypeAlias = tuple[Node, bool]


class _TooMany(Exception):
    """More alternatives than are looked at."""


class _Impossible(Exception):
    """Nothing is left; says of which name."""

    def __init__(self, name: str | None) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Dead:
    """A rule that is never true. `name` is what cannot be as it would have to be; None where it is no name's doing."""

    name: str | None


def dead(node: Node, domains: Domains, *, negated: bool = False) -> Dead | None:
    """Why a rule (or its opposite) can never be true; None when it can, as far as anybody can tell."""
    blamed: list[str | None] = []
    try:
        for one in _alternatives(node, is_true=not negated):
            try:
                _narrow(one, domains)
            except _Impossible as found:
                blamed.append(found.name)
            else:
                return None
    except _TooMany:
        return None
    return Dead(next((name for name in blamed if name), None))


def _alternatives(node: Node, *, is_true: bool) -> list[tuple[Atom, ...]]:
    """The rule as alternatives, each a list of parts that hold together."""
    match node:
        case Not():
            return _alternatives(node.part, is_true=not is_true)
        case Logic():
            parts = [_alternatives(part, is_true=is_true) for part in node.parts]
            is_all = (node.word.upper() == "AND") is is_true
            found = [sum(one, ()) for one in product(*parts)] if is_all and _size(parts) <= _MOST else None
            if is_all and found is None:
                raise _TooMany
            found = [one for part in parts for one in part] if found is None else found
            if len(found) > _MOST:
                raise _TooMany
            return found
        case _:
            return [((node, is_true),)]


def _size(parts: list[list[tuple[Atom, ...]]]) -> int:
    size = 1
    for part in parts:
        size *= len(part)
    return size


@dataclass(slots=True)
class _Left:
    """What is left of one name."""

    name: str
    low: float = -inf
    high: float = inf
    is_open_low: bool = False
    is_open_high: bool = False
    is_whole: bool = False
    allowed: frozenset[object] | None = None
    excluded: set[object] = field(default_factory=set)
    is_null: bool | None = None

    def check(self) -> None:
        if self.is_null is True:
            return
        if self.allowed is not None and not any(self._holds(one) for one in self.allowed):
            raise _Impossible(self.name)
        low, high = self._ends()
        is_empty = low > high or (low == high and (low in self.excluded or self._is_open(low)))
        if is_empty:
            raise _Impossible(self.name)

    def _is_open(self, end: float) -> bool:
        return not self.is_whole and (
            (self.is_open_low and end == self.low) or (self.is_open_high and end == self.high)
        )

    def _ends(self) -> tuple[float, float]:
        if not self.is_whole or inf in (abs(self.low), abs(self.high)):
            return self.low, self.high
        low = floor(self.low) + 1 if self.is_open_low else ceil(self.low)
        return low, ceil(self.high) - 1 if self.is_open_high else floor(self.high)

    def _holds(self, value: object) -> bool:
        if value in self.excluded:
            return False
        if isinstance(value, bool) or not isinstance(value, int | float):
            return True
        if self.is_whole and value != floor(value):
            return False
        above = value > self.low or (value == self.low and not self.is_open_low)
        below = value < self.high or (value == self.high and not self.is_open_high)
        return above and below

    def must_be(self, values: frozenset[object]) -> None:
        """One of these."""
        self.not_null()
        self.allowed = values if self.allowed is None else self.allowed & values
        if not self.allowed:
            raise _Impossible(self.name)

    def not_null(self) -> None:
        """There has to be a value."""
        if self.is_null is True:
            raise _Impossible(self.name)
        self.is_null = False

    def null(self) -> None:
        """There must be none."""
        if self.is_null is False:
            raise _Impossible(self.name)
        self.is_null = True

    def compare(self, sign: str, value: object) -> None:
        """A comparison with a written value holds."""
        self.not_null()
        if sign == "=":
            self.must_be(frozenset({value}))
        elif sign == "<>":
            self.excluded.add(value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._cut(sign, value)

    def _cut(self, sign: str, value: float) -> None:
        if sign in ("<", "<=") and (value, sign == "<=") < (self.high, not self.is_open_high):
            self.high, self.is_open_high = value, sign == "<"
        if sign in (">", ">=") and (-value, sign == ">=") < (-self.low, not self.is_open_low):
            self.low, self.is_open_low = value, sign == ">"


def _narrow(atoms: tuple[Atom, ...], domains: Domains) -> None:
    """Raises _Impossible when the parts cannot hold together."""
    left: dict[str, _Left] = {}
    for node, is_true in atoms:
        _take(node, left, domains, is_true=is_true)
        for one in left.values():
            one.check()


def _take(node: Node, left: dict[str, _Left], domains: Domains, *, is_true: bool) -> None:
    match node:
        case Literal(value=bool() as value):
            if value is not is_true:
                raise _Impossible(None)
        case Name(name=name):
            _of(name, left, domains).must_be(frozenset({is_true}))
        case IsNull(part=Name(name=name)):
            one = _of(name, left, domains)
            one.null() if node.negated is not is_true else one.not_null()
        case Within(part=Name(name=name)):
            values = frozenset(choice.value for choice in node.choices)
            _within(_of(name, left, domains), values, is_in=node.negated is not is_true)
        case Compare():
            _compare(node.sign if is_true else _OPPOSITE[node.sign], node.left, node.right, left, domains)


def _within(one: _Left, values: frozenset[object], *, is_in: bool) -> None:
    if is_in:
        one.must_be(values)
    else:
        one.not_null()
        one.excluded |= values


def _compare(sign: str, first: Node, second: Node, left: dict[str, _Left], domains: Domains) -> None:
    match first, second:
        case Literal(), Literal():
            if not _folds(sign, first.value, second.value):
                raise _Impossible(None)
        case Name(name=name), Literal():
            _of(name, left, domains).compare(sign, second.value)
        case Literal(), Name(name=name):
            _of(name, left, domains).compare(_TURNED[sign], first.value)
        case Call(function="lower", arguments=(Name(name=name), *_)), Literal(value=str() as text) if sign == "=":
            if text != text.lower():
                raise _Impossible(name)
        case _:
            if first == second and sign in ("<", ">", "<>"):
                raise _Impossible(next(_names(first), None))


def _folds(sign: str, first: object, second: object) -> bool:
    if sign in ("=", "<>"):
        return (first == second) is (sign == "=")
    if isinstance(first, int | float) and isinstance(second, int | float):
        return {"<": first < second, "<=": first <= second, ">": first > second, ">=": first >= second}[sign]
    return True


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name


def _of(name: str, left: dict[str, _Left], domains: Domains) -> _Left:
    if name not in left:
        domain = domains.get(name, Domain())
        left[name] = _Left(name, low=domain.low, high=domain.high, is_whole=domain.is_whole, allowed=domain.words)
    return left[name]


def known(domains: Mapping[str, Domain | None]) -> dict[str, Domain]:
    """Those that somebody knows."""
    return {name: domain for name, domain in domains.items() if domain is not None}
