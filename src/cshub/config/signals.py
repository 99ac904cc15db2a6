"""The tree of a scorecard: groups, how each combines its members, and signals with what they say when data is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from ..expr.problem import did_you_mean
from ..model import Group, Signal
from ..model.durations import duration
from .blocks import GroupBlock, ScorecardBlock, SignalBlock
from .check import check
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Entry, Step, Value
from .shapes import ShapeReader

_MOST_LEVELS = 10
_POLICIES = ("skip", "neutral", "worst", "best", "fail")
_LAST = re.compile(r"last\((.*)\)")
#: How groups combine without asking for weights.
_UNWEIGHTED = ("mean", "min", "max", "product", "geometric", "worst_of", "points")


@dataclass(slots=True, kw_only=True)
class Tree:
    """One card's tree while it is read. `signals` are the metrics it uses so far, `seconds` those that they need besides.

    `span` is the range of its points (None: points as they are), `worst_of` the edges of that way unless a group says otherwise.
    """

    draft: Draft
    metrics: Metrics
    model: str
    span: tuple[float, float] | None
    worst_of: tuple[float, float] = (0.0, 0.0)
    signals: list[str] = field(default_factory=list)
    seconds: list[str] = field(default_factory=list)

    def root(self, entry: Entry, block: Block, core: ScorecardBlock | None) -> Group:
        """The root group, as far as it is right."""
        steps = ("scorecards", entry.key)
        if block.get("groups") is None and block.get("signals") is None:
            hint = "write `signals: {metric: {bad: …, good: …}}`, or `groups:` of them"
            self.draft.problems.add(entry.place, steps, "has no signals", hint)
        combine = core.combine if core is not None else "weighted"
        if core is not None:
            self._check_ways(block, core, steps)
        poor, good = self._edges(core)
        return Group(
            name=entry.key,
            signals=tuple(self._signals(block, steps, combine)),
            groups=tuple(self._groups(block, steps, combine)),
            combine=combine,
            cap=core.cap if core is not None else None,
            poor=poor,
            good=good,
        )

    def _groups(self, block: Block, steps: tuple[Step, ...], around: str) -> Iterator[Group]:
        node = block.get("groups")
        if node is None:
            return
        steps = (*steps, "groups")
        if len(steps) > 2 * _MOST_LEVELS:
            self.draft.problems.add(node.place, steps, f"is nested deeper than {_MOST_LEVELS} groups")
            return
        inside = self.draft.block(node, steps)
        for entry in inside or ():
            group = self._group(entry, (*steps, entry.key), around)
            if group is not None:
                yield group

    def _group(self, entry: Entry, steps: tuple[Step, ...], around: str) -> Group | None:
        block = self.draft.block(entry.node, steps)
        core = check(block, GroupBlock, self.draft.problems, steps) if block else None
        if block is None:
            return None
        combine = self._combine(core, block, steps, around)
        signals, groups = tuple(self._signals(block, steps, combine)), tuple(self._groups(block, steps, combine))
        if core is None:
            return None
        if not signals and not groups and not (block.get("signals") or block.get("groups")):
            self.draft.problems.add(entry.place, steps, "has no signals", "add some, or delete the group")
        self._check_weight(block, steps, around)
        self._check_ways(block, core, steps, combine)
        poor, good = self._edges(core)
        return Group(
            name=entry.key,
            weight=core.weight,
            signals=signals,
            groups=groups,
            required=core.required,
            combine=combine,
            cap=core.cap,
            poor=poor,
            good=good,
        )

    def _combine(self, core: GroupBlock | None, block: Block, steps: tuple[Step, ...], around: str) -> str:
        """How a group combines; points contain nothing but points."""
        combine, node = core.combine if core is not None else "weighted", block.get("combine")
        if around != "points":
            return combine
        if node is not None and combine != "points":
            hint = "delete it; a group inside a group of points counts points"
            self.draft.problems.add(node.place, (*steps, "combine"), "cannot stand inside a group of points", hint)
        return "points"

    def _check_ways(
        self, block: Block, core: GroupBlock | ScorecardBlock, steps: tuple[Step, ...], combine: str | None = None
    ) -> None:
        """Keys that belong to one way of combining, and combining itself to weighted cards."""
        combine = combine or core.combine
        if self.model in self.draft.registry.models and self.model != "weighted" and block.get("combine") is not None:
            hint = "delete it, or use `model: weighted`"
            self._add(block, steps, "combine", f"means nothing in a card whose model is {self.model}", hint)
        for key, way in (("cap", "points"), ("poor", "worst_of"), ("good", "worst_of")):
            if block.get(key) is not None and combine != way:
                self._add(block, steps, key, f"belongs to `combine: {way}`", "delete it")
        poor, good = self._edges(core)
        if combine == "worst_of" and poor > good:
            self._add(block, steps, "poor", f"{poor:g} has to be at most good, which is {good:g}")

    def _check_weight(self, block: Block, steps: tuple[Step, ...], around: str) -> None:
        if around in _UNWEIGHTED and block.get("weight") is not None:
            hint = "delete it, or use `combine: weighted`"
            self._add(block, steps, "weight", f"means nothing where the group around it combines by {around}", hint)

    def _edges(self, core: GroupBlock | ScorecardBlock | None) -> tuple[float, float]:
        poor, good = self.worst_of
        if core is not None:
            poor = poor if core.poor is None else core.poor
            good = good if core.good is None else core.good
        return poor, good

    def _signals(self, block: Block, steps: tuple[Step, ...], around: str) -> Iterator[Signal]:
        node = block.get("signals")
        inside = self.draft.block(node, (*steps, "signals")) if node is not None else None
        for entry in inside or ():
            signal = self._signal(entry, (*steps, "signals", entry.key), around)
            if signal is not None:
                yield signal

    def _signal(self, entry: Entry, steps: tuple[Step, ...], around: str) -> Signal | None:
        block = self.draft.block(entry.node, steps)
        if entry.key in self.signals:
            self.draft.problems.add(entry.place, steps, f"the metric {entry.key} is in this card twice", "keep one")
        self.signals.append(entry.key)
        is_known = self._is_metric(entry.key, Value(place=entry.place, value=entry.key, text=entry.key), steps)
        if block is None:
            return None
        core = check(block.only(tuple(SignalBlock.model_fields)), SignalBlock, self.draft.problems, steps)
        own = block.without([key for key in SignalBlock.model_fields if key != "shape"])
        span = None if around == "points" else self.span
        reader = ShapeReader(draft=self.draft, metrics=self.metrics, span=span, seconds=self.seconds)
        shape = reader.read(Entry(key=entry.key, place=entry.place, node=own), steps)
        self._check_weight(block, steps, around)
        if core is None:
            return None
        missing, last_for = self._missing(core.missing, block, steps)
        age_known = self._check_age(core, block, steps)
        if shape is None or not is_known or not age_known:
            return None
        return Signal(
            metric=entry.key,
            shape=shape,
            weight=core.weight,
            missing=missing,
            because=core.because,
            last_for=last_for,
            ttl=core.ttl,
            age=core.age,
            dimension=core.dimension,
        )

    def _is_metric(self, name: str, node: Value, steps: tuple[Step, ...]) -> bool:
        known = dict.fromkeys(self.metrics.named, object())
        return self.draft.known(name, known, node, steps, what="metric")

    def _missing(self, text: str, block: Block, steps: tuple[Step, ...]) -> tuple[str, timedelta | None]:
        """The policy for missing data, and for `last(30d)` how long the last value holds."""
        if text in _POLICIES:
            return text, None
        held = _LAST.fullmatch(text)
        if held is None:
            hint = "write last(30d)" if text.startswith("last") else did_you_mean(text, _POLICIES)
            message = f'needs one of {", ".join(_POLICIES)} or last(30d), got "{text[:20]}"'
            self._add(block, steps, "missing", message, hint)
            return "skip", None
        try:
            return "last", duration(held[1])
        except ValueError as error:
            self._add(block, steps, "missing", f"last(…): {error}", "write last(30d)")
            return "skip", None

    def _check_age(self, core: SignalBlock, block: Block, steps: tuple[Step, ...]) -> bool:
        """Whether `ttl` and `age` stand together, and the age is a metric."""
        node = block.get("age")
        if (core.ttl is None) is not (node is None):
            key, other = ("ttl", "age") if node is None else ("age", "ttl")
            hint = "age: names a metric that counts days, like {days_since: response.answered_at}"
            self._add(block, steps, key, f"needs {other}: beside it", hint)
            return False
        if not isinstance(node, Value):
            return node is None
        if core.age is None or not self._is_metric(core.age, node, (*steps, "age")):
            return False
        self.seconds.append(core.age)
        return True

    def _add(self, block: Block, steps: tuple[Step, ...], key: str, message: str, hint: str | None = None) -> None:
        entry = block.entry(key)
        place = entry.node.place if entry is not None else block.place
        self.draft.problems.add(place, (*steps, key), message, hint)
