"""The section `scorecards`: models, groups, signals, shapes and bands, with the hash that tells one version of a card from another."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..model import Bands, FunctionMetric, Group, Scorecard, Signal
from .blocks import GroupBlock, HysteresisBlock, ScorecardBlock, SignalBlock
from .check import check, check_partly
from .draft import Draft
from .metrics import Metrics, canonical
from .nodes import Block, Entry, Step, Value, find, plain
from .shapes import read_shape

DEFAULT = "default"
#: Range and start of a card unless it says otherwise: additive cards count from 5 within 0 to 10, all others within 0 to 100.
_ADDITIVE = (5.0, 0.0, 10.0)
_OTHERS = (0.0, 0.0, 100.0)
_MOST_LEVELS = 10


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
        if card := _Card(draft, metrics, entry).read():
            cards[entry.key] = card
        if entry.key != DEFAULT:
            message = f"no customer is scored with this card yet, only with {DEFAULT}"
            draft.problems.remark(entry.place, ("scorecards", entry.key), message)
    return cards


@dataclass(slots=True)
class _Card:
    """One scorecard while it is read. `signals` are the metrics it uses so far."""

    draft: Draft
    metrics: Metrics
    entry: Entry
    signals: list[str] = field(default_factory=list)
    model: str = ""

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
        self.model = model.text if isinstance(model, Value) else ""
        _, core = check_partly(block, ScorecardBlock, self.draft.problems, self._steps)
        if isinstance(model, Value) and isinstance(model.value, str):
            self.draft.known(model.text, self.draft.registry.models, model, (*self._steps, "model"), what="model")
        root = self._root(block)
        if core is None:
            return None
        card = self._card(core, root, block)
        return card if len(self.draft.problems.found) == before else None

    def _root(self, block: Block) -> Group:
        if block.get("groups") is None and block.get("signals") is None:
            hint = "write `signals: {metric: {bad: …, good: …}}`, or `groups:` of them"
            self.draft.problems.add(self.entry.place, self._steps, "has no signals", hint)
        inside = block.only(["groups", "signals"])
        return Group(
            name=self.entry.key,
            signals=tuple(self._signals(inside, self._steps)),
            groups=tuple(self._groups(inside, self._steps)),
        )

    def _groups(self, block: Block, steps: tuple[Step, ...]) -> Iterator[Group]:
        node = block.get("groups")
        if node is None:
            return
        steps = (*steps, "groups")
        if len(steps) > 2 * _MOST_LEVELS:
            self.draft.problems.add(node.place, steps, f"is nested deeper than {_MOST_LEVELS} groups")
            return
        inside = self.draft.block(node, steps)
        for entry in inside or ():
            group = self._group(entry, (*steps, entry.key))
            if group is not None:
                yield group

    def _group(self, entry: Entry, steps: tuple[Step, ...]) -> Group | None:
        block = self.draft.block(entry.node, steps)
        core = check(block, GroupBlock, self.draft.problems, steps) if block else None
        if block is None:
            return None
        signals, groups = tuple(self._signals(block, steps)), tuple(self._groups(block, steps))
        if core is None:
            return None
        if not signals and not groups and not (block.get("signals") or block.get("groups")):
            self.draft.problems.add(entry.place, steps, "has no signals", "add some, or delete the group")
        return Group(name=entry.key, weight=core.weight, signals=signals, groups=groups, required=core.required)

    def _signals(self, block: Block, steps: tuple[Step, ...]) -> Iterator[Signal]:
        node = block.get("signals")
        inside = self.draft.block(node, (*steps, "signals")) if node is not None else None
        for entry in inside or ():
            signal = self._signal(entry, (*steps, "signals", entry.key))
            if signal is not None:
                yield signal

    def _signal(self, entry: Entry, steps: tuple[Step, ...]) -> Signal | None:
        block = self.draft.block(entry.node, steps)
        if entry.key in self.signals:
            self.draft.problems.add(entry.place, steps, f"the metric {entry.key} is in this card twice", "keep one")
        self.signals.append(entry.key)
        known = dict.fromkeys(self.metrics.named, object())
        name = Value(place=entry.place, value=entry.key, text=entry.key)
        is_known = self.draft.known(entry.key, known, name, steps, what="metric")
        if block is None:
            return None
        core = check(block.only(tuple(SignalBlock.model_fields)), SignalBlock, self.draft.problems, steps)
        own = block.without([key for key in SignalBlock.model_fields if key != "shape"])
        metric_type = self.metrics.types.get(entry.key)
        shape = read_shape(
            self.draft, Entry(key=entry.key, place=entry.place, node=own), steps, self.model, metric_type
        )
        if core is None or shape is None or not is_known:
            return None
        return Signal(metric=entry.key, shape=shape, weight=core.weight, missing=core.missing, because=core.because)

    def _card(self, core: ScorecardBlock, root: Group, block: Block) -> Scorecard:
        base, low, high = _ADDITIVE if core.model == "additive" else _OTHERS
        self._check_keys(core, block)
        card = Scorecard(
            name=self.entry.key,
            model=core.model,
            root=root,
            bands=self._bands(core.bands, core.hysteresis, block),
            step=core.step,
            min_coverage=core.min_coverage,
            base=base if core.base is None else core.base,
            low=low if core.min is None else core.min,
            high=high if core.max is None else core.max,
            options=core.options,
        )
        self._check_range(card, block)
        self._check_weights(root, self._steps, block, strict=core.strict)
        text = self._text(block)
        return replace(card, text=text, hash=hashlib.sha256(text.encode()).hexdigest()[:12])

    def _check_keys(self, core: ScorecardBlock, block: Block) -> None:
        """`base`, `min` and `max` belong to cards that count points."""
        for key in ("base", "min", "max") if core.model == "weighted" else ():
            if block.get(key) is not None:
                hint = "delete it, or use `model: additive`"
                self._add(block, (key,), "means nothing in a weighted card, which goes from 0 to 100", hint)

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
        if not card.low <= card.base <= card.high:
            self._add(block, ("base",), f"{card.base:g} is outside {card.low:g} to {card.high:g}")
        lowest, edge = card.bands.edges[0]
        if edge > card.low:
            hint = f"write {lowest}: {card.low:g}"
            self._add(block, ("bands", lowest), f"scores from {card.low:g} to {edge:g} are in no band", hint)
        for name, edge in card.bands.edges[1:]:
            if not card.low < edge <= card.high:
                reach = f"no score from {card.low:g} to {card.high:g} reaches it"
                self._add(block, ("bands", name), reach, "mend the edge")

    def _check_weights(self, group: Group, steps: tuple[Step, ...], block: Block, *, strict: bool) -> None:
        weights = [signal.weight for signal in group.signals] + [inner.weight for inner in group.groups]
        inside = steps[len(self._steps) :]
        if weights and not any(weights):
            self._add(block, inside, "all weights are 0", "give one of them a weight")
        elif strict and len(weights) > 1 and sum(weights) != 100:
            self._add(block, inside, f"the weights sum to {sum(weights)}, and `strict: true` wants 100")
        for part in group.groups:
            self._check_weights(part, (*steps, "groups", part.name), block, strict=strict)

    def _text(self, block: Block) -> str:
        """The card with the metrics it uses: equal text means equal scores for equal facts."""
        metrics = {name: self._metric_data(name) for name in sorted(set(self.signals))}
        fields = self._fields(canonical(metrics))
        told = {"fields": fields} if fields else {}
        return canonical({"card": plain(block), "metrics": metrics, "name": self.entry.key, **told})

    def _fields(self, metrics: str) -> Mapping[str, object]:
        """The declared priorities (`identity.fields`) of the fields that the metrics name: another source is another rule."""
        section = self.draft.root.get("identity")
        node = section.get("fields") if isinstance(section, Block) else None
        declared = plain(node) if isinstance(node, Block) else {}
        words = set(re.findall(r"\w+", metrics))
        return {name: value for name, value in declared.items() if name in words} if isinstance(declared, dict) else {}

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
