"""The shape of a signal as YAML writes it, short forms included. The arithmetic and its rules are `scoring.shapes`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..expr.problem import did_you_mean
from ..model import Shape, Type
from ..scoring import check
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Entry, Items, Node, Step, Value, plain

_LINE = ("from", "to", "bad", "good")
#: Shapes with the keys they take.
_SHAPES: Mapping[str, tuple[str, ...]] = {
    "linear": _LINE, "linear_bounded": _LINE, "tiers": ("tiers",), "steps": ("steps",), "thresholds": ("thresholds",),
    "enum": ("values",), "ratio": ("of",), "growth": ("of",), "log": _LINE, "percentile": (), "own_baseline": (),
    "matrix": ("matrix",),
}  # fmt: skip
#: Keys that name a shape, so that `shape:` may be left out.
_IMPLIED = {
    "bad": "linear", "good": "linear", "from": "linear", "to": "linear", "tiers": "tiers", "values": "enum",
    "steps": "steps", "thresholds": "thresholds", "matrix": "matrix",
}  # fmt: skip
_NUMERIC = frozenset({Type.NUMBER, Type.INTEGER, Type.FLAG})
#: Shapes that fill whatever range is declared.
_FILLING = frozenset({"ratio", "growth", "percentile", "own_baseline"})
#: Catalyst's levels go up to 10, whatever the card's own scale.
_LEVELS = (0.0, 10.0)
_PERCENT = (0.0, 100.0)
_SIGNAL_KEYS = ("shape", "weight", "missing", "because", "out", "ttl", "age")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeReader:
    """Reads the shapes of one card. `span` is the range of points a signal has unless it says otherwise; None: only its numbers tell.

    `seconds` is filled with the metrics that shapes need besides their signal's own.
    """

    draft: Draft
    metrics: Metrics
    span: tuple[float, float] | None
    seconds: list[str] = field(default_factory=list)

    def read(self, entry: Entry, steps: tuple[Step, ...]) -> Shape | None:
        """The shape of the signal `entry.key`; None with its problems noted."""
        block = entry.node
        if not isinstance(block, Block):
            return None
        metric_type = self.metrics.types.get(entry.key)
        return _Shape(self, block, steps, entry, metric_type, self.span).read()


@dataclass(frozen=True, slots=True)
class _Shape:
    """One shape while it is read; `span` as of its reader, or that of the matrix around it."""

    reader: ShapeReader
    block: Block
    steps: tuple[Step, ...]
    entry: Entry
    metric_type: Type | None
    span: tuple[float, float] | None
    also: tuple[str, ...] = ("out",)

    def read(self) -> Shape | None:
        """The shape; None with its problems noted."""
        problems = self.reader.draft.problems
        name = self._name()
        if name is None:
            return None
        before = len(problems.found)
        written = self._written(name)
        self._check_type(name)
        self._check_of()
        if name == "matrix":
            return self._matrix(written.get("matrix"), before)
        options = {key: plain(node) for key, node in written.items()}
        out = self._out(name, options)
        if len(problems.found) > before:
            return None
        whole = _long(options, out, self._add)
        return None if whole is None else self._checked(Shape(name=name, options=whole, out=out))

    def _name(self) -> str | None:
        draft, node = self.reader.draft, self.block.get("shape")
        if isinstance(node, Value) and isinstance(node.value, str):
            steps = (*self.steps, "shape")
            return node.text if draft.known(node.text, _SHAPES, node, steps, what="shape") else None
        implied = [_IMPLIED[one.key] for one in self.block if one.key in _IMPLIED]
        if implied:
            return implied[0]
        if node is None:
            self._say_nameless()
        return None

    def _say_nameless(self) -> None:
        draft = self.reader.draft
        unknown = next((one for one in self.block if one.key not in self.also), None)
        if unknown is None:
            hint = "write {bad: 5, good: 0}, or tiers:, steps:, from: and to:, or values:"
            draft.problems.add(self.entry.place, self.steps, "has no shape: how does its value become points?", hint)
        elif unknown.key == "of":
            draft.problems.add(unknown.place, (*self.steps, "of"), "needs a shape", "write shape: ratio or growth")
        else:
            hint = did_you_mean(unknown.key, (*_IMPLIED, *_SIGNAL_KEYS))
            draft.problems.add(unknown.place, (*self.steps, unknown.key), "is no known key", hint)

    def _written(self, name: str) -> dict[str, Node]:
        """The options of the shape as they stand in the YAML; every other key is a mistake."""
        wanted, found = _SHAPES[name], {}
        for one in self.block.without(("shape", *self.also)):
            if one.key in wanted:
                found[one.key] = one.node
            else:
                hint = did_you_mean(one.key, (*wanted, *_SIGNAL_KEYS))
                self.reader.draft.problems.add(one.place, (*self.steps, one.key), f"is no known key of {name}", hint)
        return found

    def _check_type(self, name: str) -> None:
        metric, metric_type = self.entry.key, self.metric_type
        if metric_type is None or name == "matrix":
            return
        if metric_type in (Type.TIME, Type.DATE):
            message, hint = f"the metric {metric} gives a date, which has no points", "use days_since or days_until"
        elif name != "enum" and metric_type not in _NUMERIC:
            message, hint = f"the metric {metric} gives a text, and {name} needs a number", "use values: {word: points}"
        else:
            return
        self.reader.draft.problems.add(self.entry.place, self.steps, message, hint)

    def _check_of(self) -> None:
        node = self.block.get("of")
        if node is not None:
            self._second(node, (*self.steps, "of"), number=True)

    def _second(self, node: Node, steps: tuple[Step, ...], *, number: bool) -> str | None:
        """The other metric that is named here, which has to be there (and to give a number)."""
        draft, metrics = self.reader.draft, self.reader.metrics
        if not isinstance(node, Value) or not isinstance(node.value, str):
            draft.problems.add(node.place, steps, "needs the name of a metric")
            return None
        if not draft.known(node.text, dict.fromkeys(metrics.named, object()), node, steps, what="metric"):
            return None
        kind = metrics.types.get(node.text)
        if number and kind is not None and kind not in _NUMERIC:
            draft.problems.add(node.place, steps, f"the metric {node.text} gives no number")
            return None
        self.reader.seconds.append(node.text)
        return node.text

    def _matrix(self, node: Node | None, before: int) -> Shape | None:
        draft, steps = self.reader.draft, (*self.steps, "matrix")
        block = draft.block(node, steps) if node is not None else None
        if block is None:
            if node is None:
                self._add(
                    "matrix needs by: and cells:", "matrix: {by: tenure_days, cells: [{upto: 180, bad: 0, good: 50}]}"
                )
            return None
        for one in block.without(("by", "cells")):
            hint = did_you_mean(one.key, ("by", "cells"))
            draft.problems.add(one.place, (*steps, one.key), "is no known key of matrix", hint)
        rows, by = block.get("cells"), block.get("by")
        if by is None or not isinstance(rows, Items):
            message = "needs by: (a metric) and cells: (a list)"
            draft.problems.add(
                block.place, steps, message, "cells: [{upto: 180, bad: 0, good: 50}, {bad: 0, good: 75}]"
            )
            return None
        is_number = any(isinstance(row, Block) and row.get("upto") for row in rows.nodes)
        name = self._second(by, (*steps, "by"), number=is_number)
        out = self._declared()
        if out is None and any(isinstance(row, Block) and row.get("thresholds") for row in rows.nodes):
            out = _LEVELS
        cells = list(self._cells(rows, (*steps, "cells"), out))
        if len(draft.problems.found) > before or name is None:
            return None
        shapes = [shape for cell in cells if isinstance(shape := cell.get("shape"), Shape)]
        out = out or self.span or _span_of([shape.out for shape in shapes])
        return self._checked(Shape(name="matrix", options={"by": name, "cells": cells}, out=out))

    def _cells(
        self, rows: Items, steps: tuple[Step, ...], out: tuple[float, float] | None
    ) -> Iterator[dict[str, object]]:
        for number, row in enumerate(rows.nodes):
            inside = (*steps, number)
            block = self.reader.draft.block(row, inside)
            if block is None:
                continue
            cell: dict[str, object] = {one.key: plain(one.node) for one in block.only(("upto", "is"))}
            own = block.without(("upto", "is"))
            if own.entries:
                span = out or self.span
                nested = replace(self, block=own, steps=inside, span=span, also=())
                cell["shape"] = nested.read()
            yield cell

    def _declared(self) -> tuple[float, float] | None:
        """The range that `out:` declares; None without one, or with a problem noted."""
        node = self.block.get("out")
        if node is None or "out" not in self.also:
            return None
        out = plain(node)
        if isinstance(out, list) and len(out) == 2 and all(type(end) in (int, float) for end in out):
            return float(out[0]), float(out[1])
        self.reader.draft.problems.add(node.place, (*self.steps, "out"), "needs two numbers", "like [0, 10]")
        return None

    def _out(self, name: str, options: Mapping[str, object]) -> tuple[float, float]:
        """The range in points: as declared, else the card's own, or what the points of an additive card themselves span."""
        declared = self._declared()
        if declared is not None:
            return declared
        if self.span is not None:
            return _LEVELS if name == "thresholds" and "out" in self.also else self.span
        if "bad" in options or "good" in options or name in _FILLING:
            hint = "add out: [-2, 2], or write from: and to: with points"
            self._add("an additive card has to know how many points bad and good are", hint)
        return _LEVELS if name == "thresholds" else _spanned([0.0, *_points(options)])

    def _checked(self, shape: Shape) -> Shape | None:
        mistakes = check(shape)
        for mistake in mistakes:
            self._add(mistake)
        return None if mistakes else shape

    def _add(self, message: str, hint: str | None = None) -> None:
        self.reader.draft.problems.add(self.block.place, self.steps, message, hint)


def _long(
    options: dict[str, object], out: tuple[float, float], add: Callable[[str, str | None], None]
) -> dict[str, object] | None:
    """The short form of a line as the long one; None with a problem noted."""
    short = {"bad", "good"} & options.keys()
    if short and {"from", "to"} & options.keys():
        add("write either bad: and good:, or from: and to:", None)
        return None
    if len(short) == 1:
        other = "good" if "bad" in short else "bad"
        add(f"has {next(iter(short))}: but no {other}:", "a line has two ends")
        return None
    return {"from": [options["bad"], out[0]], "to": [options["good"], out[1]]} if short else options


def _points(options: Mapping[str, object]) -> list[float]:
    """Every number of points in a shape's options, as far as they are well-formed."""
    found: list[object] = []
    for key in ("from", "to"):
        point = options.get(key)
        found += point[1:2] if isinstance(point, list) else []
    for key in ("tiers", "steps"):
        rows = options.get(key)
        found += [row[-1] for row in rows if isinstance(row, list) and row] if isinstance(rows, list) else []
    categories = options.get("values")
    found += categories.values() if isinstance(categories, dict) else []
    return [float(one) for one in found if isinstance(one, (int, float)) and not isinstance(one, bool)]


def _spanned(numbers: Sequence[float]) -> tuple[float, float]:
    """The least range that holds the numbers."""
    return (min(numbers), max(numbers)) if len(set(numbers)) > 1 else _PERCENT


def _span_of(ranges: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return _spanned([end for span in ranges for end in span] or [0.0])
