"""The section `scorecards`: models, groups, signals, shapes and bands, with the hash that tells one version of a card from another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..model import Bands, FunctionMetric, Group, Scorecard
from .adjusting import Limits, read_adjust
from .blocks import HysteresisBlock, ScorecardBlock
from .check import check_partly
from .draft import Draft
from .metrics import Metrics, canonical
from .nodes import Block, Entry, Step, Value, find, plain
from .placing import remark_ranges, with_placement, without_rule
from .signals import Tree
from .weighing import check_points, check_weights

DEFAULT = "default"
#: Range and start of a card unless it says otherwise: additive cards count from 5 within 0 to 10, all others within 0 to 100.
_ADDITIVE = (5.0, 0.0, 10.0)
_OTHERS = (0.0, 0.0, 100.0)


def read_scorecards(draft: Draft, metrics: Metrics) -> dict[str, Scorecard]:
    """Every scorecard that is right."""
    section = draft.section("scorecards")
    if section is None or not section.entries:
        return {}
    if section.get(DEFAULT) is None:
        first = section.entries[0]
        hint = f"rename {first.key} to {DEFAULT}, or add a card of that name"
        draft.problems.add(first.place, ("scorecards", DEFAULT), "is missing", hint)
    cards: dict[str, Scorecard] = {}
    for entry in section:
        if not draft.named(entry, ("scorecards", entry.key)):
            continue
        if card := _Card(draft, metrics, without_rule(entry)).read():
            cards[entry.key] = with_placement(draft, card, metrics)
    remark_ranges(draft, cards)
    return cards


def read_card(draft: Draft, metrics: Metrics, entry: Entry) -> Scorecard | None:
    """One scorecard; None with its problems noted."""
    return _Card(draft, metrics, entry).read()


@dataclass(slots=True)
class _Card:
    """One scorecard while it is read. `used` are the metrics its scores depend on, so far."""

    draft: Draft
    metrics: Metrics
    entry: Entry
    used: set[str] = field(default_factory=set)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return ("scorecards", self.entry.key)

    def read(self) -> Scorecard | None:
        """The card; None with its problems noted."""
        block = self.draft.block(self.entry.node, self._steps)
        if block is None:
            return None
        before = len(self.draft.problems.found)
        model = block.get("model")
        _, core = check_partly(block, ScorecardBlock, self.draft.problems, self._steps)
        if isinstance(model, Value) and isinstance(model.value, str):
            self.draft.known(model.text, self.draft.registry.models, model, (*self._steps, "model"), what="model")
        root = self._root(block, core, model.text if isinstance(model, Value) else "")
        if core is None:
            return None
        card = self._card(core, root, block, before)
        return card if len(self.draft.problems.found) == before else None

    def _root(self, block: Block, core: ScorecardBlock | None, model: str) -> Group:
        edges = sorted(core.bands.values()) if core is not None else [0.0, 0.0]
        tree = Tree(
            draft=self.draft,
            metrics=self.metrics,
            model=model,
            span=_span(model, core),
            worst_of=(edges[1], edges[-1]),
        )
        root = tree.root(self.entry, block, core)
        self.used |= {*tree.signals, *tree.seconds}
        return root

    def _card(self, core: ScorecardBlock, root: Group, block: Block, before: int) -> Scorecard:
        base, low, high = _range(core)
        if core.model == "weighted" and block.get("base") is not None:
            hint = "delete it, or use `model: additive`"
            self._add(block, ("base",), "means nothing in a weighted card, whose lines begin in the middle", hint)
        if core.round == "each_level" and (core.model != "weighted" or core.combine == "points"):
            message = "means nothing in a card that counts points: no level is weighed"
            self._add(block, ("round",), message, "delete it")
        card = Scorecard(
            name=self.entry.key,
            model=core.model,
            root=root,
            bands=self._bands(core.bands, core.hysteresis, block),
            step=core.step,
            min_coverage=core.min_coverage,
            base=base,
            low=low,
            high=high,
            options=core.options,
            round_levels=core.round == "each_level",
        )
        self._check_range(card, block)
        check_weights(self.draft, self._steps, block, root, strict=core.strict)
        if len(self.draft.problems.found) == before:  # a signal that is wrong leaves its points out
            check_points(self.draft, self._steps, block, root, high - low)
        limits = Limits(low=low, high=high, bands=card.bands)
        rules = tuple(read_adjust(self.draft, self.metrics, block.get("adjust"), (*self._steps, "adjust"), limits))
        self.used.update(name for rule in rules for name in rule.metrics)
        text = self._text(block)
        return replace(card, adjust=rules, text=text, hash=hashlib.sha256(text.encode()).hexdigest()[:12])

    def _bands(self, edges: Mapping[str, float], hysteresis: HysteresisBlock, block: Block) -> Bands:
        ordered = tuple(sorted(edges.items(), key=lambda edge: edge[1]))
        for (lower, one), (upper, other) in pairwise(ordered):
            if one == other:
                self._add(block, ("bands", upper), f"begins where {lower} begins", "no score could be in both")
        for name in edges:
            if name == "not_enough_data":
                self._add(block, ("bands", name), "is what stands in the CRM without a score", "name it otherwise")
        return Bands(
            edges=ordered,
            margin=hysteresis.margin,
            dwell=hysteresis.dwell,
            jump_immediate=hysteresis.jump == "immediate",
        )

    def _check_range(self, card: Scorecard, block: Block) -> None:
        if card.low >= card.high:
            self._add(block, ("min",), f"{card.low:g} has to be below max, which is {card.high:g}")
            return
        if card.model != "weighted" and not card.low <= card.base <= card.high:
            self._add(block, ("base",), f"{card.base:g} is outside {card.low:g} to {card.high:g}")
        lowest, edge = card.bands.edges[0]
        if edge > card.low:
            hint = f"write {lowest}: {card.low:g}"
            self._add(block, ("bands", lowest), f"scores from {card.low:g} to {edge:g} are in no band", hint)
        for name, edge in card.bands.edges[1:]:
            if not card.low < edge <= card.high:
                reach = f"no score from {card.low:g} to {card.high:g} reaches it"
                self._add(block, ("bands", name), reach, "mend the edge")

    def _text(self, block: Block) -> str:
        """The card with the metrics it uses: equal text means equal scores for equal facts."""
        metrics = {name: self._metric_data(name) for name in sorted(self.used)}
        fields = self._fields(canonical(metrics))
        told = {"fields": fields} if fields else {}
        return canonical({"card": plain(block), "metrics": metrics, "name": self.entry.key, **told})

    def _fields(self, metrics: str) -> Mapping[str, object]:
        """The declared priorities (`identity.fields`) of the fields that the metrics name: another source is another rule."""
        section = self.draft.root.get("identity")
        node = section.get("fields") if isinstance(section, Block) else None
        declared = plain(node) if isinstance(node, Block) else {}
        words = set(re.findall(r"\w+", metrics))
        used = [self.metrics.ready.get(name) for name in sorted(self.used)]
        asks = any(isinstance(one, FunctionMetric) and "account" in one.needs for one in used)  # for any field
        return (
            {name: of for name, of in declared.items() if asks or name in words} if isinstance(declared, dict) else {}
        )

    def _metric_data(self, name: str) -> object:
        """The metric's YAML; a function's stands in its plugin, so the plugin's version stands for it."""
        section = self.draft.section("metrics")
        node = section.get(name) if section else None
        data = plain(node) if node else None
        if not isinstance(self.metrics.ready.get(name), FunctionMetric):
            return data
        word = data if isinstance(data, str) else next(iter(data)) if isinstance(data, dict) else name
        owner = self.draft.registry.owners.get(("metric", word))
        return [word, owner.distribution, owner.version] if owner else [word]

    def _add(self, block: Block, inside: Sequence[Step], message: str, hint: str | None = None) -> None:
        place, _ = find(block, inside)
        self.draft.problems.add(place, (*self._steps, *inside), message, hint)


def _range(core: ScorecardBlock) -> tuple[float, float, float]:
    """Where the scores of a card start, and their lowest and highest."""
    base, low, high = _ADDITIVE if core.model == "additive" else _OTHERS
    return (
        base if core.base is None else core.base,
        low if core.min is None else core.min,
        high if core.max is None else core.max,
    )


def _span(model: str, core: ScorecardBlock | None) -> tuple[float, float] | None:
    """The range of a signal's points unless it says otherwise: the card's own; None where only its numbers tell."""
    if model == "additive":
        return None
    if model != "weighted" or core is None:
        return _OTHERS[1:]
    _, low, high = _range(core)
    return (low, high) if low < high else _OTHERS[1:]
