"""Metrics that a customer's placement answers, not its rows: `{tenure: days}`, `value: account.tenure`, `time_to_value`."""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from ..expr.problem import did_you_mean
from ..model import Type
from .draft import Draft
from .nodes import Block, Entry, Value, plain
from .result import PlacementMetric

#: What may be asked, and of which type the answer is.
ANSWERS: Mapping[str, Type] = {
    "tenure": Type.INTEGER,
    "tenure_months": Type.NUMBER,
    "time_to_value": Type.INTEGER,
}
_UNITS = {"days": "tenure", "months": "tenure_months"}
TIME_TO_VALUE = "time_to_value"


def asks_placement(entry: Entry, known: Mapping[str, object]) -> bool:
    """Whether this metric is one of these; a plugin's form of the same name goes first."""
    node = entry.node
    if isinstance(node, Value):
        return node.text in ("tenure", TIME_TO_VALUE) and node.text not in known
    first = next(iter(node), None) if isinstance(node, Block) else None
    if first is None:
        return False
    if first.key in ("tenure", TIME_TO_VALUE):
        return first.key not in known
    return first.key == "value" and _field(first) in ANSWERS


def read_derived(draft: Draft, entry: Entry) -> tuple[PlacementMetric, Type] | None:
    """The metric with its type; None with a problem noted."""
    of = _asked(draft, entry)
    if of is None:
        return None
    if of == TIME_TO_VALUE and draft.root.get("onboarding") is None:
        hint = "say when a customer has got its first value: `onboarding: {milestone: …}`"
        draft.problems.add(entry.place, ("metrics", entry.key), "needs the section `onboarding`", hint)
        return None
    return PlacementMetric(name=entry.key, of=of, text=_text(entry)), ANSWERS[of]


def _asked(draft: Draft, entry: Entry) -> str | None:
    node, steps = entry.node, ("metrics", entry.key)
    if not isinstance(node, Block):
        return node.text if isinstance(node, Value) else None
    first, *rest = node.entries
    for one in rest:
        draft.problems.add(one.place, (*steps, one.key), f"is no option of {first.key}", "it takes none")
    if rest:
        return None
    if first.key == "value":
        return _field(first)
    unit = first.node.text if isinstance(first.node, Value) else ""
    units = _UNITS if first.key == "tenure" else {"days": TIME_TO_VALUE}
    if unit not in units:
        hint = did_you_mean(unit, units)
        draft.problems.add(first.node.place, (*steps, first.key), f"needs one of {', '.join(units)}", hint)
        return None
    return units[unit]


def _text(entry: Entry) -> str:
    return orjson.dumps(plain(entry.node), option=orjson.OPT_SORT_KEYS).decode()


def _field(first: Entry) -> str:
    return first.node.text.removeprefix("account.") if isinstance(first.node, Value) else ""
