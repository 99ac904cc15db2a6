"""What is written and used by nothing, what is used and brought by nothing, and a score that feeds on itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...connector import Stream
from ...model import ACCOUNT, KINDS, FunctionMetric, Scorecard
from ..draft import Draft
from ..nodes import Block, Entry, Items, Node, Place, Value, values
from ..result import ConfiguredMetric, Connection, Publish, QueryMetric
from ..triggers import SCORE_NAMES
from .domains import answering, is_whole_section
from .signals import Placed

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def lint_unused(draft: Draft, metrics: Mapping[str, ConfiguredMetric]) -> None:
    """Metrics whose name stands nowhere else in the file, and those whose name rules take for something else."""
    section = draft.section("metrics")
    words = {word for entry in draft.root if entry.key != "metrics" for word in _words(entry)}
    is_used = draft.root.get("scorecards") is not None or draft.root.get("triggers") is not None
    for entry in section or ():
        steps = ("metrics", entry.key)
        others = {word for one in section or () if one is not entry for word in _words(one.node)}
        if entry.key in SCORE_NAMES:
            message = "is also a word of rules about scores, which means the score's own"
            draft.problems.remark(entry.place, steps, message, "name the metric otherwise")
        elif is_used and entry.key in metrics and entry.key not in words | others:
            draft.problems.remark(entry.place, steps, "is used by nothing", "add it to a scorecard, or delete it")


def _words(node: Node | Entry) -> Iterator[str]:
    """Every word of keys and texts."""
    match node:
        case Entry():
            yield from _WORD.findall(node.key)
            yield from _words(node.node)
        case Value():
            yield from _WORD.findall(node.text)
        case Items():
            for item in node.nodes:
                yield from _words(item)
        case Block():
            for entry in node:
                yield from _words(entry)


def lint_sources(draft: Draft, metrics: Mapping[str, ConfiguredMetric], connections: Mapping[str, Connection]) -> None:
    """Metrics about rows that no connection brings, or about columns that none of those that do fills."""
    if not connections or not is_whole_section(draft, "connections", connections):
        return
    streams = [stream for one in connections.values() for stream in one.streams]
    section = draft.section("metrics")
    for name, metric in metrics.items():
        entry = section.entry(name) if section else None
        if entry is None:
            continue
        absent = next((kind for kind in _kinds(metric) if kind not in {stream.kind.name for stream in streams}), None)
        if absent is not None:
            message = f"no connection brings rows of the kind {absent}"
            draft.problems.remark(entry.place, ("metrics", name), message, "connect a tool that has them, or delete it")
        elif empty := next(_empty(draft, metric, streams), None):
            kind, column = empty
            place = _written(entry, column)
            hint = f"map it in a connection, like `{kind}s: {{{column}: …}}`"
            draft.problems.remark(place, ("metrics", name), f"no connection fills {kind}.{column}", hint)


def _kinds(metric: ConfiguredMetric) -> Iterator[str]:
    aggregates = metric.query.aggregates.values() if isinstance(metric, QueryMetric) else ()
    yield from (one.kind for one in aggregates)
    yield from (kind for kind in metric.needs if kind in KINDS) if isinstance(metric, FunctionMetric) else ()


def _empty(draft: Draft, metric: ConfiguredMetric, streams: Sequence[Stream]) -> Iterator[tuple[str, str]]:
    """The columns a metric reads and no stream fills; nothing where a connector does not tell what it fills."""
    for one in answering(metric.query) if isinstance(metric, QueryMetric) else ():
        told = [stream.columns for stream in streams if stream.kind.name == one.kind]
        filled = {column for columns in told for column in columns or ()}
        if all(columns is not None for columns in told):
            kind = KINDS[one.kind]
            read = [
                column
                for text in (one.value, one.where, one.per_person, one.at)
                for column in _WORD.findall(_bare(text or ""))
            ]
            yield from ((kind.name, column) for column in read if column in kind.names and column not in filled)


def _bare(rule: str) -> str:
    """A rule without the texts that it compares with."""
    return _QUOTED.sub("", rule)


def _written(entry: Entry, column: str) -> Place:
    """Where the column is named in the metric, else the metric."""
    for node in values(entry.node):
        at = re.search(rf"\b{column}\b", node.text) if isinstance(node.value, str) else None
        if at:
            return node.at(at.start())
    return entry.place


def lint_feedback(
    draft: Draft,
    placed: Mapping[str, list[Placed]],
    metrics: Mapping[str, ConfiguredMetric],
    connections: Mapping[str, Connection],
    publish: Mapping[str, Publish],
) -> None:
    """A field that the score is written to, read back into a metric of the scorecard: yesterday's score would be part of today's."""
    section = draft.section("connections")
    for name, target in publish.items():
        connection = connections.get(name)
        written = section.get(name) if section else None
        if connection is None or not isinstance(written, Block):
            continue
        named = connection.connector.field_name
        ours = {(field.vendor or named(field.standard)).lower() for field in target.fields}
        for path, read in _mapped(written):
            if read.text.lower() in ours and (user := _reader(path[-1], placed, metrics)):
                message = (
                    f"{read.text} is written by cshub, and the signal {user} reads it: the score would feed on itself"
                )
                hint = "take the field away, or the signal"
                draft.problems.add(read.place, ("connections", name, *path), message, hint)


def _mapped(connection: Block) -> Iterator[tuple[tuple[str, str], Value]]:
    """Each `accounts: {field: vendor's name}`, also where the name stands deeper, beside a type."""
    for block in connection:
        for entry in block.node if isinstance(block.node, Block) else ():
            node: Node | None = entry.node
            if isinstance(node, Block):
                node = next((one.node for one in node if one.key in ("property", "field", "column")), None)
            if isinstance(node, Value):
                yield (block.key, entry.key), node


def _reader(field: str, placed: Mapping[str, list[Placed]], metrics: Mapping[str, ConfiguredMetric]) -> str | None:
    """The signal that reads a field of the account."""
    for one in (one for signals in placed.values() for one in signals):
        metric = metrics.get(one.signal.metric)
        aggregates = metric.query.aggregates.values() if isinstance(metric, QueryMetric) else ()
        texts = [f"{part.value or ''} {part.where or ''}" for part in aggregates if part.kind == ACCOUNT.name]
        if any(field in _WORD.findall(text) for text in texts):
            return one.signal.metric
    return None


def cards_of(draft: Draft, cards: Mapping[str, Scorecard]) -> Iterator[tuple[Scorecard, Block]]:
    """Every card that was read, with its YAML."""
    section = draft.section("scorecards")
    for name, card in cards.items():
        node = section.get(name) if section else None
        if isinstance(node, Block):
            yield card, node
