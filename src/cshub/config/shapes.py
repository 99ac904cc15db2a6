"""The shape of a signal as YAML writes it, short forms included. The arithmetic and its rules are `scoring.shapes`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..expr.problem import did_you_mean
from ..model import Shape, Type
from ..scoring import check
from .draft import Draft
from .nodes import Block, Entry, Step, Value, plain

#: Shapes with the options that name them, so that `shape:` may be left out, and what they take.
_SHAPES: Mapping[str, tuple[str, ...]] = {
    "linear": ("from", "to"), "linear_bounded": ("from", "to"), "tiers": ("tiers",), "enum": ("values",),
}  # fmt: skip
_IMPLIED = {"bad": "linear", "good": "linear", "from": "linear", "to": "linear", "tiers": "tiers", "values": "enum"}
_NUMERIC = frozenset({Type.NUMBER, Type.INTEGER, Type.FLAG})
_PERCENT = (0.0, 100.0)


def read_shape(
    draft: Draft, entry: Entry, steps: tuple[Step, ...], model: str, metric_type: Type | None
) -> Shape | None:
    """The shape of one signal; None with its problems noted. `metric_type` is what the metric gives, if that is known."""
    block = entry.node
    if not isinstance(block, Block):
        return None
    name = _name(draft, block, entry, steps)
    if name is None:
        return None
    found = len(draft.problems.found)
    options = _options(draft, block, name, steps)
    out = _out(draft, block, options, model, steps)
    _check_type(draft, entry, name, metric_type, steps)
    if len(draft.problems.found) > found:
        return None
    return _Ends(draft, block, steps).shape(name, options, out)


def _name(draft: Draft, block: Block, entry: Entry, steps: tuple[Step, ...]) -> str | None:
    node = block.get("shape")
    if isinstance(node, Value) and isinstance(node.value, str):
        return node.text if draft.known(node.text, _SHAPES, node, (*steps, "shape"), what="shape") else None
    implied = [_IMPLIED[one.key] for one in block if one.key in _IMPLIED]
    if implied:
        return implied[0]
    if node is None:
        unknown = next((one for one in block if one.key != "out"), None)
        if unknown:
            hint = did_you_mean(unknown.key, (*_IMPLIED, "shape", "weight", "missing", "because", "out"))
            draft.problems.add(unknown.place, (*steps, unknown.key), "is no known key", hint)
        else:
            hint = "write {bad: 5, good: 0}, or tiers:, from: and to:, or values:"
            draft.problems.add(entry.place, steps, "has no shape: how does its value become points?", hint)
    return None


def _options(draft: Draft, block: Block, name: str, steps: tuple[Step, ...]) -> dict[str, object]:
    wanted = (*_SHAPES[name], *(("bad", "good") if name.startswith("linear") else ()))
    options: dict[str, object] = {}
    for one in block.without(["shape", "out"]):
        if one.key in wanted:
            options[one.key] = plain(one.node)
        else:
            hint = did_you_mean(one.key, (*wanted, "shape", "weight", "missing", "because", "out"))
            draft.problems.add(one.place, (*steps, one.key), f"is no known key of {name}", hint)
    return options


def _out(
    draft: Draft, block: Block, options: Mapping[str, object], model: str, steps: tuple[Step, ...]
) -> tuple[float, float]:
    """The range in points: as declared, else 0 to 100, or what the points of an additive card themselves span."""
    node = block.get("out")
    if node is not None:
        out = plain(node)
        if isinstance(out, list) and len(out) == 2 and all(type(end) in (int, float) for end in out):
            return float(out[0]), float(out[1])
        draft.problems.add(node.place, (*steps, "out"), "needs two numbers", "like [0, 10]")
        return _PERCENT
    if model != "additive":
        return _PERCENT
    if "bad" in options or "good" in options:
        hint = "add out: [-2, 2], or write from: and to: with points"
        draft.problems.add(block.place, steps, "an additive card has to know how many points bad and good are", hint)
    numbers = [0.0, *_points(options)]
    return (min(numbers), max(numbers)) if len(set(numbers)) > 1 else _PERCENT


def _points(options: Mapping[str, object]) -> list[float]:
    """Every number of points in a shape's options, as far as they are well-formed."""
    found: list[object] = []
    for key in ("from", "to"):
        point = options.get(key)
        found += point[1:2] if isinstance(point, list) else []
    tiers = options.get("tiers")
    found += [tier[2] for tier in tiers if isinstance(tier, list) and len(tier) == 3] if isinstance(tiers, list) else []
    categories = options.get("values")
    found += categories.values() if isinstance(categories, dict) else []
    return [float(one) for one in found if isinstance(one, (int, float)) and not isinstance(one, bool)]


def _check_type(draft: Draft, entry: Entry, name: str, metric_type: Type | None, steps: tuple[Step, ...]) -> None:
    if metric_type is None:
        return
    if metric_type in (Type.TIME, Type.DATE):
        message, hint = f"the metric {entry.key} gives a date, which has no points", "use days_since or days_until"
    elif name != "enum" and metric_type not in _NUMERIC:
        message, hint = f"the metric {entry.key} gives a text, and {name} needs a number", "use values: {word: points}"
    else:
        return
    draft.problems.add(entry.place, steps, message, hint)


@dataclass(frozen=True, slots=True)
class _Ends:
    """Turns the short form into the long one and asks the arithmetic whether it can work with the result."""

    draft: Draft
    block: Block
    steps: tuple[Step, ...]

    def shape(self, name: str, options: dict[str, object], out: tuple[float, float]) -> Shape | None:
        short = {"bad", "good"} & options.keys()
        if short and {"from", "to"} & options.keys():
            self._add("write either bad: and good:, or from: and to:")
            return None
        if len(short) == 1:
            other = "good" if "bad" in short else "bad"
            self._add(f"has {next(iter(short))}: but no {other}:", "a line has two ends")
            return None
        if short:
            options = {"from": [options["bad"], out[0]], "to": [options["good"], out[1]]}
        shape = Shape(name=name, options=options, out=out)
        mistakes = check(shape)
        for mistake in mistakes:
            self._add(mistake)
        return None if mistakes else shape

    def _add(self, message: str, hint: str | None = None) -> None:
        self.draft.problems.add(self.block.place, self.steps, message, hint)
