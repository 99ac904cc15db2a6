"""The sections `trend` and `rollup`, and all that stands beside a score put together, with its part in the cards' hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from pydantic import Field

from ..model import Scorecard
from .blocks import Strict
from .check import check
from .draft import Draft
from .metrics import Metrics, canonical
from .nodes import Value, plain
from .outputs import Outputs, Rollup, Trend
from .risk import read_risk
from .voice import read_override

#: The sections of all that stands beside a score.
SECTIONS = ("risk", "trend", "override", "pulse", "rollup")


class TrendBlock(Strict):
    """How the score is compared with an earlier one."""

    days: int = Field(default=30, ge=1, le=365, description="how far back the score is compared")
    dead_band: float = Field(default=3, ge=0, description="a change of fewer points is stable")


class RollupBlock(Strict):
    """How customers with others below them in the hierarchy are scored."""

    by: Literal["mean", "mrr_weighted", "worst", "share_above"] = Field(description="how the scores become one")
    parent: Literal["include", "exclude", "fallback"] = Field(
        default="include", description="whether the parent's own score counts: always, never, or where no child has one"
    )
    above: float | None = Field(default=None, description="share_above: the score that counts as good")
    mrr: str | None = Field(default=None, description="mrr_weighted: the metric that gives the revenue")


def read_outputs(draft: Draft, metrics: Metrics, pulse: str | None) -> Outputs:
    """All of it."""
    return Outputs(
        risk=read_risk(draft, metrics),
        trend=read_trend(draft),
        override=read_override(draft),
        pulse=pulse,
        rollup=read_rollup(draft, metrics),
    )


def read_trend(draft: Draft) -> Trend:
    """The section `trend`, or how it is without one."""
    section = draft.section("trend")
    found = check(section, TrendBlock, draft.problems, ("trend",)) if section else None
    return Trend(span=timedelta(days=found.days), dead_band=found.dead_band) if found else Trend()


def read_rollup(draft: Draft, metrics: Metrics) -> Rollup | None:
    """The section `rollup`."""
    section = draft.section("rollup")
    found = check(section, RollupBlock, draft.problems, ("rollup",)) if section else None
    if section is None or found is None:
        return None
    for key, by in (("above", "share_above"), ("mrr", "mrr_weighted")):
        value, node = getattr(found, key), section.get(key)
        if found.by == by and value is None:
            draft.problems.add(section.place, ("rollup", key), f"is missing, and {by} needs it")
        if found.by != by and node is not None:
            draft.problems.add(node.place, ("rollup", key), f"means nothing with {found.by}", "delete it")
    node = section.get("mrr")
    if found.mrr is not None and isinstance(node, Value):
        draft.known(found.mrr, dict.fromkeys(metrics.named), node, ("rollup", "mrr"), what="metric")
    return Rollup(by=found.by, parent=found.parent, above=found.above or 0.0, mrr=found.mrr)


def with_outputs(draft: Draft, cards: Mapping[str, Scorecard]) -> dict[str, Scorecard]:
    """The cards with these sections in their text: another rule of risk is another version of a card, as another weight is."""
    told = {name: plain(node) for name in SECTIONS if (node := draft.root.get(name)) is not None}
    return {name: _with(card, told) for name, card in cards.items()} if told else dict(cards)


def _with(card: Scorecard, told: Mapping[str, object]) -> Scorecard:
    text = canonical({**json.loads(card.text), "beside": told})
    return replace(card, text=text, hash=hashlib.sha256(text.encode()).hexdigest()[:12])
