"""The file named by `identity.map`: what people decided about single records. Read with line numbers, changed line by line.

One line a record, `"connection:kind:id"`; comments, order and every line that is not decided anew stay as they are, so that git
shows a decision as one line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from ..errors import ConfigError, Problem
from ..expr.problem import did_you_mean
from ..model import LINKED_KINDS
from .document import MOST_BYTES, Refused, read_text
from .nodes import Block, Entry, Items, Node, Place, Value
from .problems import Problems

#: A file of decisions may hold more than a configuration.
MOST_NODES = 100_000
HEADER = """\
# Whose a record is, where the rules cannot know. Lines are added by `cshub identity accept` and `reject`, or by hand;
# they count from the next `cshub link` on, before every rule, for as long as they stand here. One line a record:
#   "crm:contact:12": "crm:34"                         belongs to the customer that the account 34 of crm belongs to
#   "crm:contact:13": {not: ["crm:34"]}                is not theirs; the rules choose among the others
#   "support:account:9": {nobody: true}                is no customer's
# Whoever wants to may add `by`, `on` and `because`: {belongs_to: "crm:34", by: Ana, on: 2026-01-31, because: "same phone"}
"""
_KEYS = ("belongs_to", "not", "nobody", "by", "on", "because")
_TRAILING = re.compile(r"""["}\w]\s+(#.*)$""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What people said about one record. Accounts are `connection:id`; `by`, `on` and `because` are for people."""

    belongs_to: str | None = None
    denied: tuple[str, ...] = ()
    is_nobodys: bool = False
    by: str | None = None
    on: str | None = None
    because: str | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """The file as read: decisions by record (`connection:kind:id`), and the mistakes in it with their lines."""

    by_record: Mapping[str, Decision] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def mapped(self) -> dict[str, str]:
        """Records and the accounts they belong with."""
        return {record: one.belongs_to for record, one in self.by_record.items() if one.belongs_to is not None}

    @property
    def denied(self) -> dict[str, frozenset[str]]:
        """Records and the accounts they do not belong with."""
        return {record: frozenset(one.denied) for record, one in self.by_record.items() if one.denied}

    @property
    def nobody(self) -> frozenset[str]:
        """Records that are nobody's."""
        return frozenset(record for record, one in self.by_record.items() if one.is_nobodys)


def read_decisions(path: Path, connections: Collection[str]) -> Decisions:
    """The decisions in a file; none when it is not there yet. Raises ConfigError for a file that is no YAML at all."""
    text = _text(path)
    if text is None:
        return Decisions()
    node, twice = read_text(text, str(path), most_nodes=MOST_NODES)
    if not isinstance(node, Block):
        raise Refused(
            Place(str(path), 1, 1), "the map is not a list of links", 'a line reads "crm:contact:12": "crm:34"'
        )
    reading = _Reading(connections)
    reading.problems.found += twice
    found = {entry.key: decision for entry in node if (decision := reading.decision(entry)) is not None}
    return Decisions(by_record=found, problems=reading.problems.mistakes())


def checked_decisions(path: Path, connections: Collection[str]) -> Decisions:
    """The same, or a ConfigError with every mistake of the file."""
    found = read_decisions(path, connections)
    if found.problems:
        first = found.problems[0]
        where = f"{first.file}:{first.line}:{first.column}"
        raise ConfigError(
            f"the map has mistakes, first: {first.path} {first.message}", where=where, problems=found.problems
        )
    return found


def decide(path: Path, record: str, decision: Decision) -> None:
    """Write one decision: in place of the record's line if it has one, else at the end. The file is made when it is not there.

    Raises ConfigError where the record's entry takes several lines, when the file could not be read afterwards (a line that is too
    long), and when it cannot be written; then it stays as it was.
    """
    text = _text(path)
    known = read_decisions(path, ()).by_record.get(record) if text else None
    try:
        changed = _with(text or HEADER, record, decision, known, str(path))
        read_text(changed, str(path), most_nodes=MOST_NODES)
        _replace(path, changed)
    except OSError as error:
        raise ConfigError(f"the map cannot be written: {error.strerror}", where=str(path)) from error


def rendered(record: str, decision: Decision) -> str:
    """The line of a decision."""
    told = {"by": decision.by, "on": decision.on, "because": decision.because}
    parts = [f"belongs_to: {_quoted(decision.belongs_to)}"] if decision.belongs_to else []
    parts += [f"not: [{', '.join(map(_quoted, decision.denied))}]"] if decision.denied else []
    parts += ["nobody: true"] if decision.is_nobodys else []
    if decision.belongs_to and len(parts) == 1 and not any(told.values()):
        return f"{_quoted(record)}: {_quoted(decision.belongs_to)}"
    parts += [f"{name}: {value if name == 'on' else _quoted(value)}" for name, value in told.items() if value]
    return f"{_quoted(record)}: {{{', '.join(parts)}}}"


def _with(text: str, record: str, decision: Decision, known: Decision | None, shown: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    if known is None:
        while lines and not lines[-1].strip():
            lines.pop()
        return end.join([*lines, rendered(record, decision), ""])
    old = lines[known.line - 1]
    if not _is_whole(old, record):
        hint = "write it in one line, or change it by hand"
        raise ConfigError(f"what is said about {record} takes several lines", where=f"{shown}:{known.line}", hint=hint)
    remark = _TRAILING.search(old)
    lines[known.line - 1] = rendered(record, decision) + (f"  {remark[1]}" if remark else "")
    return end.join(lines)


def _is_whole(line: str, record: str) -> bool:
    """Whether a line says everything about a record by itself."""
    try:
        node, _ = read_text(line, "")
    except ConfigError:
        return False
    entry = node.entry(record) if isinstance(node, Block) else None
    return entry is not None and not (isinstance(entry.node, Value) and entry.node.value is None)


def _text(path: Path) -> str | None:
    try:
        content = path.read_bytes()
        if len(content) > MOST_BYTES:
            raise ConfigError("the map is larger than 1 MiB", where=str(path))
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the map cannot be read: {error}", where=str(path), hint="it is UTF-8 text") from error


def _replace(path: Path, text: str) -> None:
    """The whole file or nothing of it."""
    target = path.resolve()
    beside = target.with_name(f".{target.name}.new")
    beside.write_bytes(text.encode())
    if target.exists():
        beside.chmod(target.stat().st_mode)
    beside.replace(target)


def _quoted(text: str | None) -> str:
    """In double quotes, with everything escaped that is no letter to see: YAML refuses it bare."""
    quoted = orjson.dumps(text or "").decode()
    return "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted)


@dataclass(slots=True)
class _Reading:
    """Reads entries and notes what is wrong with them. Without connections, their names are not checked."""

    connections: Collection[str]
    problems: Problems = field(default_factory=Problems)

    def decision(self, entry: Entry) -> Decision | None:
        """What one line says."""
        before = len(self.problems.found)
        self._check_record(entry)
        node = entry.node
        if isinstance(node, Value):
            found = Decision(belongs_to=self._account(entry, node), line=entry.place.line)
        elif isinstance(node, Block):
            found = self._written_out(entry, node)
        else:
            self._add(entry, node.place, "says nothing", 'write "crm:34", {not: ["crm:34"]} or {nobody: true}')
            return None
        return found if len(self.problems.found) == before else None

    def _written_out(self, entry: Entry, block: Block) -> Decision:
        for one in block:
            if one.key not in _KEYS:
                self._add(entry, one.place, f"{one.key} is no known key", did_you_mean(one.key, _KEYS))
        belongs_to, nobody = block.get("belongs_to"), block.get("nobody")
        found = Decision(
            belongs_to=None if belongs_to is None else self._account(entry, belongs_to),
            denied=tuple(self._denied(entry, block.get("not"))),
            is_nobodys=isinstance(nobody, Value) and nobody.value is True,
            by=_said(block, "by"),
            on=_said(block, "on"),
            because=_said(block, "because"),
            line=entry.place.line,
        )
        if found.belongs_to and found.belongs_to in found.denied:
            self._add(
                entry, entry.place, f"is both accepted and rejected for {found.belongs_to}", "keep one of the two"
            )
        if found.belongs_to and found.is_nobodys:
            self._add(entry, entry.place, f"is nobody's and belongs to {found.belongs_to}", "keep one of the two")
        if not (found.belongs_to or found.denied or found.is_nobodys):
            self._add(entry, entry.place, "says nothing", "write belongs_to, not or nobody: true")
        return found

    def _check_record(self, entry: Entry) -> None:
        connection, _, rest = entry.key.partition(":")
        kind, colon, id = rest.partition(":")
        if not colon or not id:
            self._add(entry, entry.place, "is no record", 'write "connection:kind:id", like "crm:contact:12"')
            return
        self._check_connection(entry, entry.place, connection)
        if kind not in LINKED_KINDS:
            hint = f"kinds are {', '.join(LINKED_KINDS)}"
            self._add(entry, entry.place, f"there is no kind {kind}", hint)

    def _check_connection(self, entry: Entry, place: Place, connection: str) -> None:
        if self.connections and connection not in self.connections:
            self._add(entry, place, f"there is no connection {connection}", did_you_mean(connection, self.connections))

    def _account(self, entry: Entry, node: Node) -> str | None:
        text = node.text if isinstance(node, Value) else ""
        connection, colon, id = text.partition(":")
        if not colon or not id:
            place = entry.place if not text else node.place  # nothing at all stands in the line below
            self._add(entry, place, "names no account", 'write the connection and the id, like "crm:34"')
            return None
        self._check_connection(entry, node.place, connection)
        return text

    def _denied(self, entry: Entry, node: Node | None) -> Iterator[str]:
        if node is None:
            return
        for one in node.nodes if isinstance(node, Items) else (node,):
            if account := self._account(entry, one):
                yield account

    def _add(self, entry: Entry, place: Place, message: str, hint: str | None) -> None:
        self.problems.add(place, (entry.key,), message, hint)


def _said(block: Block, name: str) -> str | None:
    node = block.get(name)
    return node.text if isinstance(node, Value) and node.text else None
