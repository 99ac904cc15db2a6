"""The section `triggers`: a rule over a score and its metrics, what the alert says, and the actions with their settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..expr import Expression
from ..expr.problem import did_you_mean
from ..model import Type
from ..plugins.checks import ACTION_KEYS
from .blocks import TriggerBlock
from .check import check, check_settings
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Entry, Node, Step, Value
from .result import ActionUse, Trigger
from .text import DEFAULT_TEXT, TEXT_FIELDS, fields_of
from .when import read_when

#: What `when:` may say about a score, besides the metrics by name. Days and times are of `as_of`, so that time alone opens no alert.
SCORE_NAMES: Mapping[str, Type] = {
    "score": Type.NUMBER,
    "band": Type.TEXT,
    "previous_band": Type.TEXT,
    "coverage": Type.NUMBER,
    "scorecard": Type.TEXT,
}
_CORE = tuple(TriggerBlock.model_fields)


def read_triggers(draft: Draft, metrics: Metrics) -> tuple[Trigger, ...]:
    """Every trigger that is right."""
    section = draft.section("triggers")
    found = [_trigger(draft, entry, metrics) for entry in section or ()]
    return tuple(trigger for trigger in found if trigger)


def _trigger(draft: Draft, entry: Entry, metrics: Metrics) -> Trigger | None:
    steps = ("triggers", entry.key)
    block = draft.block(entry.node, steps)
    if block is None or not draft.named(entry, steps):
        return None
    core = check(block.only(_CORE), TriggerBlock, draft.problems, steps)
    when = block.get("when")
    rule = when_scored(draft, when, (*steps, "when"), metrics) if isinstance(when, Value) and when.text else None
    text = _text(draft, block, steps, metrics) or DEFAULT_TEXT
    actions = tuple(_actions(draft, block.without(_CORE), steps, metrics, text))
    if not block.without(_CORE).entries:
        known = ", ".join(draft.registry.actions)
        draft.problems.add(entry.place, steps, "has no action", f"add one of {known}, like `log: {{}}`")
    if core is None or rule is None:
        return None
    return Trigger(name=entry.key, when=rule, actions=actions, cooldown=core.cooldown, dwell=core.dwell)


def when_scored(draft: Draft, node: Value, steps: tuple[Step, ...], metrics: Metrics) -> Expression | None:
    """The checked rule of a `when:` about a score."""
    bands = tuple(_bands(draft))
    values = {"band": bands, "previous_band": bands} if bands else {}
    return read_when(draft, node, steps, metrics, SCORE_NAMES, values)


def _bands(draft: Draft) -> Iterator[str]:
    """Every band of every scorecard, whatever else is wrong with the card."""
    for entry in draft.section("scorecards") or ():
        bands = entry.node.get("bands") if isinstance(entry.node, Block) else None
        yield from (band.key for band in bands) if isinstance(bands, Block) else ()


def _text(draft: Draft, block: Block, steps: tuple[Step, ...], metrics: Metrics) -> str | None:
    node = block.get("text")
    if not isinstance(node, Value) or not isinstance(node.value, str):
        return None
    known = {*TEXT_FIELDS, *metrics.named}
    for name, column in fields_of(node.text):
        if name not in known:
            hint = did_you_mean(name, TEXT_FIELDS if not name else known)
            draft.problems.add(node.at(column), (*steps, "text"), f"{{{name}}} is no field of a text", hint)
    return node.text


def _actions(draft: Draft, block: Block, steps: tuple[Step, ...], metrics: Metrics, text: str) -> Iterator[ActionUse]:
    known = draft.registry.actions
    for entry in block:
        if entry.key not in known:
            hint = did_you_mean(entry.key, (*known, *_CORE))
            draft.problems.add(entry.place, (*steps, entry.key), f"there is no action {entry.key}", hint)
            continue
        inside = (*steps, entry.key)
        own = _own(draft, entry.node, inside)
        if own is None:
            continue
        settings, _ = check_settings(own.without(ACTION_KEYS), known[entry.key].settings, draft.references, inside)
        said = _text(draft, own, inside, metrics) or text
        if settings is not None:
            yield ActionUse(action=known[entry.key], settings=settings, text=said)


def _own(draft: Draft, node: Node, steps: tuple[Step, ...]) -> Block | None:
    block = draft.block(node, steps)
    text = block.get("text") if block else None
    if text is not None and not (isinstance(text, Value) and isinstance(text.value, str)):
        draft.problems.add(text.place, (*steps, "text"), "needs text", "put it in quotes")
    return block
