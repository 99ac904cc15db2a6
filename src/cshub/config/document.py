"""From a file to nodes, within the limits of a configuration written by people: no aliases, no tags, no bombs (TRUST S9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from ..errors import ConfigError, Problem
from .nodes import Block, Entry, Items, Node, Place, Value

MOST_BYTES = 2**20
MOST_LINES = 20_000
#: The scanner's cost grows with the square of some tokens' length, and no token is longer than its line.
MOST_COLUMNS = 4_000
MOST_DEPTH = 50
MOST_NODES = 10_000

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,30}|[0-9]{1,30}(?:\.[0-9]{0,30})?)(?:[eE][-+]?[0-9]{1,2})?")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_NOT_A_VALUE = "write the value out; aliases, anchors and tags are not read"


class Refused(ConfigError):
    """The file cannot be read as YAML at all; nothing else can be said about it."""

    def __init__(self, place: Place, message: str, hint: str | None = None) -> None:
        problem = Problem(file=place.file, line=place.line, column=place.column, path="", message=message, hint=hint)
        super().__init__(message, where=f"{place.file}:{place.line}:{place.column}", hint=hint, problems=(problem,))


def read_file(path: Path, shown: str) -> tuple[Block, tuple[Problem, ...]]:
    """The file as nodes and its duplicate keys. Raises Refused (a ConfigError) when it is no YAML of ours."""
    start = Place(shown, 1, 1)
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"there is no file {shown}", hint="`cshub init` writes one") from error
    except OSError as error:
        raise ConfigError(f"{shown} cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise Refused(Place(shown, content.count(b"\n") + 1, 1), "the file is larger than 1 MiB", "split it by profile")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(Place(shown, line, 1), "the file is not UTF-8 text", "save it as UTF-8") from error
    node, problems = read_text(text, shown)
    if not isinstance(node, Block):
        raise Refused(start, "the file has to be a mapping", "begin with `connections:`")
    return node, problems


def read_text(text: str, shown: str, *, most_nodes: int = MOST_NODES) -> tuple[Node, tuple[Problem, ...]]:
    """The same for a text. An empty text is an empty mapping."""
    _check_lines(text, shown)
    reading = _Reading(shown, most_nodes)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            reading.take(event)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Refused(Place(shown, line, 1), "a control character stands here", "delete it") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown, 1, 1)
        raise Refused(place, f"this is no YAML: {error.problem or error.context}", _hint(error)) from error
    except (YAMLError, RecursionError) as error:
        raise Refused(Place(shown, 1, 1), "this is no YAML") from error
    return reading.root or Block(place=Place(shown, 1, 1)), tuple(reading.problems)


def _hint(error: MarkedYAMLError) -> str | None:
    problem = error.problem or ""
    if "\\t" in problem:
        return "indent with spaces, not tabs"
    if "mapping values are not allowed" in problem:
        return "put a text that holds `: ` in quotes, and check the indentation"
    return "check indentation, quotes and brackets here and in the line above"


def _check_lines(text: str, shown: str) -> None:
    lines = text.split("\n", MOST_LINES)
    for number, line in enumerate(lines[:MOST_LINES], 1):
        if len(line) > MOST_COLUMNS:
            raise Refused(Place(shown, number, 1), f"the line is longer than {MOST_COLUMNS} characters", "break it up")
    if len(lines) > MOST_LINES:
        raise Refused(Place(shown, MOST_LINES + 1, 1), f"the file has more than {MOST_LINES} lines")


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet. `key` waits for its value."""

    place: Place
    mapping: bool
    entries: dict[str, Entry] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    key: Value | None = None

    def close(self) -> Node:
        if self.mapping:
            return Block(place=self.place, entries=tuple(self.entries.values()))
        return Items(place=self.place, nodes=tuple(self.nodes))


@dataclass(slots=True)
class _Reading:
    """Builds nodes from events and stops at the first that goes beyond a limit."""

    file: str
    most_nodes: int
    root: Node | None = None
    problems: list[Problem] = field(default_factory=list)
    _stack: list[_Open] = field(default_factory=list)
    _nodes: int = 0
    _documents: int = 0

    def take(self, event: Event) -> None:
        """The next event of the parser."""
        place = self._place(event)
        if isinstance(event, NodeEvent):
            self._refuse_tricks(event, place)
            self._count(place)
        match event:
            case ScalarEvent():
                self._add(_scalar(event, place))
            case MappingStartEvent() | SequenceStartEvent():
                self._open(place, mapping=isinstance(event, MappingStartEvent))
            case MappingEndEvent() | SequenceEndEvent():
                self._add(self._stack.pop().close())
            case DocumentStartEvent():
                self._begin(event, place)

    def _begin(self, event: DocumentStartEvent, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Refused(place, "a second document begins here", "delete the line `---`")
        if event.tags or event.version:
            raise Refused(place, "YAML directives are not read", "delete the lines that begin with %")

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1)

    def _refuse_tricks(self, event: NodeEvent, place: Place) -> None:
        if isinstance(event, AliasEvent):
            raise Refused(place, "an alias (*) stands here", _NOT_A_VALUE)
        if event.anchor is not None:
            raise Refused(place, "an anchor (&) stands here", _NOT_A_VALUE)
        if getattr(event, "tag", None) is not None:
            raise Refused(place, "a tag (!) stands here", _NOT_A_VALUE)

    def _count(self, place: Place) -> None:
        self._nodes += 1
        if self._nodes > self.most_nodes:
            raise Refused(place, f"the file has more than {self.most_nodes} values")

    def _open(self, place: Place, *, mapping: bool) -> None:
        if len(self._stack) >= MOST_DEPTH:
            raise Refused(place, f"this is nested deeper than {MOST_DEPTH} levels")
        self._stack.append(_Open(place, mapping))

    def _add(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        parent = self._stack[-1]
        if not parent.mapping:
            parent.nodes.append(node)
        elif parent.key is None:
            parent.key = self._key(node)
        else:
            self._pair(parent, parent.key, node)
            parent.key = None

    def _key(self, node: Node) -> Value:
        if not isinstance(node, Value) or not node.text:
            raise Refused(node.place, "a key has to be a word", "write `name: value`")
        return node

    def _pair(self, parent: _Open, key: Value, node: Node) -> None:
        if first := parent.entries.get(key.text):
            self.problems.append(self._twice(key, first))
        else:
            parent.entries[key.text] = Entry(key=key.text, place=key.place, node=node)

    def _twice(self, key: Value, first: Entry) -> Problem:
        return Problem(
            file=self.file,
            line=key.place.line,
            column=key.place.column,
            path=".".join([*self._path(), key.text]),
            message=f"this key is there twice, first in line {first.place.line}",
            hint="keep one of them",
        )

    def _path(self) -> Iterator[str]:
        for level in self._stack[:-1]:
            yield level.key.text if level.key else str(len(level.nodes))


def _scalar(event: ScalarEvent, place: Place) -> Value:
    text: str = event.value
    start, end = event.start_mark, event.end_mark
    quotes = 1 if event.style in ("'", '"') else 0
    exact = start.line == end.line and end.column - start.column == len(text) + 2 * quotes
    inner = Place(place.file, place.line, place.column + quotes) if exact else place
    if event.style in (None, "") and event.implicit[0]:
        return Value(place=inner, value=_typed(text), text=text, exact=exact)
    return Value(place=inner, value=text, text=text, exact=exact)


def _typed(text: str) -> str | int | float | bool | None:
    """A bare word by the core schema of YAML 1.2; there is no infinity and no NaN in a configuration."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
