"""Looking over a configuration that can be read for what cannot be meant. Offline, from the YAML and what it means alone.

A mistake is what can do nothing at all; a remark is what is allowed but hardly meant. What depends on data, or on a plugin, is never told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ...model import Scorecard
from ..draft import Draft
from ..result import ConfiguredMetric, Connection, Identity, Publish, Trigger
from .cards import lint_card
from .domains import domain_of
from .rules import lint_customers, lint_metrics, lint_triggers
from .signals import signals_of
from .uses import cards_of, lint_feedback, lint_sources, lint_unused
from .usual import lint_usual


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """What was read of the file, as far as it is right."""

    connections: Mapping[str, Connection]
    identity: Identity
    metrics: Mapping[str, ConfiguredMetric]
    cards: Mapping[str, Scorecard]
    triggers: tuple[Trigger, ...]
    publish: Mapping[str, Publish]


def lint(draft: Draft, found: Sections) -> None:
    """Note every mistake and remark."""
    domains = {name: domain_of(metric, draft.extras) for name, metric in found.metrics.items()}
    placed = {}
    for card, block in cards_of(draft, found.cards):
        steps = ("scorecards", card.name)
        placed[card.name] = list(signals_of(card, block, steps, domains))
        lint_card(draft, card, block, steps, placed[card.name])
        for one in placed[card.name]:
            lint_usual(draft, one, found.metrics.get(one.signal.metric))
    lint_triggers(draft, found.triggers, found.cards, domains)
    lint_metrics(draft, found.metrics, found.connections)
    lint_customers(draft, found.identity, found.connections)
    lint_unused(draft, found.metrics)
    lint_sources(draft, found.metrics, found.connections)
    lint_feedback(draft, placed, found.metrics, found.connections, found.publish)
