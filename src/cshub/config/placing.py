"""All that decides where customers stand, out of four sections: `lifecycle`, `onboarding`, `segments`, and the rules of `scorecards`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace

import orjson

from ..model import FunctionMetric, Group, Scorecard, Signal, Type
from .draft import Draft
from .lifecycle import read_lifecycle, read_onboarding
from .metrics import Metrics, canonical
from .nodes import Block, Entry, Node, plain
from .placement import DEFAULT_CARD, PlacementRules, Rule
from .result import PlacementMetric
from .rules import MILESTONE_WORDS, WORDS, RuleReader, account_fields, used_names


def read_placement(draft: Draft, metrics: Metrics) -> PlacementRules:
    """The rules, in the order they are asked: milestone, stages, segments, scorecards; each may use what was answered before it."""
    onboarding = read_onboarding(draft, metrics)
    has_milestone = draft.root.get("onboarding") is not None
    lifecycle = read_lifecycle(draft, metrics, has_milestone=has_milestone)
    words = {**WORDS, **(MILESTONE_WORDS if has_milestone else {}), "stage": Type.TEXT}
    names = {**account_fields(draft), **words}
    values = {"stage": lifecycle.names}
    reader = RuleReader(draft=draft, metrics=metrics, names=names, values=values)
    segments = tuple(_segments(draft, reader))
    section = draft.section("segments")
    flags = {entry.key: Type.FLAG for entry in section or ()}
    reader = RuleReader(draft=draft, metrics=metrics, names={**names, **flags}, values=values)
    cards = tuple(_cards(draft, reader))
    rules = PlacementRules(lifecycle=lifecycle, segments=segments, onboarding=onboarding, cards=cards)
    return _with_facts(draft, metrics, rules, flags)


def without_rule(entry: Entry) -> Entry:
    """A scorecard as its arithmetic sees it: whom it scores is no part of it, nor of its hash."""
    node = entry.node
    return replace(entry, node=node.without(["when"])) if isinstance(node, Block) else entry


def with_placement(draft: Draft, card: Scorecard, metrics: Metrics) -> Scorecard:
    """The card with what its metrics of the placement depend on in its text: another start of tenure is another card."""
    names = {signal.metric for signal in _signals(card.root)}
    asked = sorted(
        {one.of for name, one in metrics.ready.items() if name in names and isinstance(one, PlacementMetric)}
    )
    if not asked:
        return card
    sections = {name: plain(node) for name in ("lifecycle", "onboarding") if (node := draft.root.get(name)) is not None}
    lifecycle = sections.get("lifecycle")
    start = lifecycle.get("start") if isinstance(lifecycle, dict) else None
    told: dict[str, object] = {"start": start}
    if "time_to_value" in asked:
        told["onboarding"] = sections.get("onboarding")
    text = canonical({**orjson.loads(card.text), "placement": told})
    return replace(card, text=text, hash=hashlib.sha256(text.encode()).hexdigest()[:12])


def remark_ranges(draft: Draft, cards: Mapping[str, Scorecard]) -> None:
    """A card that counts otherwise than the default one: both go to the same field of the CRM."""
    default = cards.get(DEFAULT_CARD)
    for entry in draft.section("scorecards") or ():
        card = cards.get(entry.key)
        if card is None or default is None or (card.low, card.high) == (default.low, default.high):
            continue
        message = (
            f"goes from {card.low:g} to {card.high:g}, and {DEFAULT_CARD} from {default.low:g} to {default.high:g}"
        )
        hint = "people see both in one field; give them one range with `min:` and `max:`"
        draft.problems.remark(entry.place, ("scorecards", entry.key), message, hint)


def _signals(group: Group) -> Iterator[Signal]:
    yield from group.signals
    for inner in group.groups:
        yield from _signals(inner)


def _segments(draft: Draft, reader: RuleReader) -> Iterator[Rule]:
    for entry in draft.section("segments") or ():
        steps = ("segments", entry.key)
        taken = "a metric" if entry.key in reader.metrics.named else "a field" if entry.key in reader.names else None
        if taken:
            draft.problems.add(entry.place, steps, f"is the name of {taken} already", "name the segment otherwise")
        elif rule := reader.named(entry, steps):
            yield rule


def _cards(draft: Draft, reader: RuleReader) -> Iterator[Rule]:
    """The rule of each scorecard but `default`, which takes everybody else and has none."""
    section = draft.section("scorecards")
    for entry in section or ():
        block, steps = entry.node, ("scorecards", entry.key)
        if not isinstance(block, Block):
            continue
        when = block.entry("when")
        if entry.key == DEFAULT_CARD:
            if when is not None:
                message = "means nothing in the default card, which takes everybody the others do not"
                draft.problems.add(when.place, (*steps, "when"), message, "delete it")
        elif when is None and section and section.get(DEFAULT_CARD) is not None:
            hint = "say whom it scores, like `when: \"stage == 'onboarding'\"`"
            draft.problems.add(
                entry.place, (*steps, "when"), "is missing, so nobody would be scored with this card", hint
            )
        elif when is not None and (rule := reader.rule(when.node, (*steps, "when"))):
            yield Rule(name=entry.key, when=rule, place=when.place)


def _with_facts(draft: Draft, metrics: Metrics, rules: PlacementRules, flags: dict[str, Type]) -> PlacementRules:
    """The rules with all they read, and their text."""
    derived = {name: metric.of for name, metric in metrics.ready.items() if isinstance(metric, PlacementMetric)}
    early = used_names(rule.when for rule in rules.lifecycle.stages)
    early |= used_names(iter([rules.onboarding.when] if rules.onboarding and rules.onboarding.when else []))
    late = used_names(rule.when for rule in (*rules.segments, *rules.cards))
    words = {*WORDS, *MILESTONE_WORDS, "stage", *flags}
    read = ((early | late) - words) | ({"stage"} if "stage" in early or "account_stage" in early | late else set())
    types = account_fields(draft)
    asked = frozenset(name for name in read if name in metrics.named and name != "stage")
    fields = {name: types[name] for name in sorted(read - asked) if name in types}
    start = rules.lifecycle.start
    fields |= {start: types[start]} if start in types else {}
    return PlacementRules(
        lifecycle=rules.lifecycle,
        segments=rules.segments,
        onboarding=rules.onboarding,
        cards=rules.cards,
        fields=fields,
        metrics=asked - derived.keys(),
        derived=derived,
        dates=frozenset(
            name
            for name, type in {**fields, **{one: metrics.types.get(one) for one in asked}}.items()
            if type is Type.DATE
        ),
        text=_text(draft, metrics, rules, asked, fields),
    )


def _text(draft: Draft, metrics: Metrics, rules: PlacementRules, asked: frozenset[str], fields: dict[str, Type]) -> str:
    """Equal for rules that put customers in the same places: the rules, the metrics they read, and who gives their fields."""
    onboarding = rules.onboarding
    identity = draft.section("identity")
    priorities = plain(identity.get("fields") or Block(place=draft.root.place)) if identity else {}
    return canonical(
        {
            "start": rules.lifecycle.start,
            "stages": [*_pairs(rules.lifecycle.stages), rules.lifecycle.otherwise],
            "segments": _pairs(rules.segments),
            "cards": _pairs(rules.cards),
            "milestone": onboarding and [onboarding.event, onboarding.when and onboarding.when.text],
            "expected": str(onboarding.expected) if onboarding else None,
            "metrics": {name: _metric(draft, metrics, name) for name in sorted(asked)},
            "fields": {
                name: priorities[name] for name in fields if isinstance(priorities, dict) and name in priorities
            },
        }
    )


def _pairs(rules: tuple[Rule, ...]) -> list[list[str]]:
    return [[rule.name, rule.when.text] for rule in rules]


def _metric(draft: Draft, metrics: Metrics, name: str) -> object:
    section = draft.section("metrics")
    node: Node | None = section.get(name) if section else None
    if isinstance(metrics.ready.get(name), FunctionMetric):
        return name
    return plain(node) if node is not None else None
