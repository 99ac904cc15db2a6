"""What is written and used by nothing, what is used and brought by nothing, and a score that feeds on itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...model import ACCOUNT, KINDS, Scorecard
from ..draft import Draft
from ..nodes import Block, Entry, Items, Node, Value
from ..result import ConfiguredMetric, Connection, Publish, QueryMetric
from ..triggers import SCORE_NAMES
from .signals import Placed

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


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
    """Metrics about rows that no connection brings."""
    if not draft.certain or not connections:
        return
    brought = {stream.kind.name for one in connections.values() for stream in one.streams}
    section = draft.section("metrics")
    for name, metric in metrics.items():
        entry = section.entry(name) if section else None
        kinds = (
            [one.kind for one in metric.query.aggregates.values()] if isinstance(metric, QueryMetric) else metric.needs
        )
        absent = next((kind for kind in kinds if kind in KINDS and kind not in brought), None)
        if entry is not None and absent is not None:
            message = f"no connection brings rows of the kind {absent}"
            draft.problems.remark(entry.place, ("metrics", name), message, "connect a tool that has them, or delete it")


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
