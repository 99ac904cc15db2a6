"""A read YAML file as nodes that know their place: mappings, lists and plain values. Nothing is validated here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: A key of a mapping or an index of a list.
Step: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A plain value: text, number, flag or nothing. `text` is how it is written, `exact` whether that is character for character."""

    place: Place
    value: str | int | float | bool | None
    text: str
    exact: bool = True

    def at(self, column: int) -> Place:
        """The place of the character `column` (from 0) of the text; the value's own place where that cannot be told."""
        if not self.exact:
            return self.place
        return Place(self.place.file, self.place.line, self.place.column + column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key with its value."""

    key: str
    place: Place
    node: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A mapping, in the order of the file."""

    place: Place
    entries: tuple[Entry, ...] = ()

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def entry(self, key: str) -> Entry | None:
        """The entry of that key, if there is one."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def get(self, key: str) -> Node | None:
        """The value of that key, if there is one."""
        entry = self.entry(key)
        return entry.node if entry else None

    def only(self, keys: Sequence[str]) -> Block:
        """The same mapping with these keys alone."""
        return Block(place=self.place, entries=tuple(entry for entry in self.entries if entry.key in keys))

    def without(self, keys: Sequence[str]) -> Block:
        """The same mapping without these keys."""
        return Block(place=self.place, entries=tuple(entry for entry in self.entries if entry.key not in keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    place: Place
    nodes: tuple[Node, ...] = ()


Node: TypeAlias = Value | Block | Items


def plain(node: Node) -> object:
    """The node as dicts, lists and values."""
    match node:
        case Value():
            return node.value
        case Items():
            return [plain(item) for item in node.nodes]
        case Block():
            return {entry.key: plain(entry.node) for entry in node}


def find(node: Node, steps: Sequence[Step]) -> tuple[Place, tuple[Step, ...]]:
    """The place of the deepest node that `steps` lead to, and the steps that did lead somewhere; a key's value counts as its place."""
    place, taken = node.place, []
    for step in steps:
        following = _step(node, step)
        if following is None:
            continue
        node, place = following, following.place
        taken.append(step)
    return place, tuple(taken)


def key_place(node: Node, steps: Sequence[Step]) -> Place:
    """Where the last key of `steps` itself stands, rather than its value."""
    for step in steps[:-1]:
        node = _step(node, step) or node
    entry = node.entry(str(steps[-1])) if steps and isinstance(node, Block) else None
    return entry.place if entry else node.place


def _step(node: Node, step: Step) -> Node | None:
    if isinstance(node, Block) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.nodes):
        return node.nodes[step]
    return None


def values(node: Node) -> Iterator[Value]:
    """Every plain value below a node, in the order of the file."""
    match node:
        case Value():
            yield node
        case Items():
            for item in node.nodes:
                yield from values(item)
        case Block():
            for entry in node:
                yield from values(entry.node)
