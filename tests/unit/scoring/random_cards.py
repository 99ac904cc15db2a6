"""Random scorecards of every shape, way to combine, missing policy and rule, and random customers for them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from cshub.model import Bands, Group, ModelFunction, Reading, Scalar, Scorecard, ScoreRule, Shape, Signal, Status
from cshub.scoring import additive, weighted
from cshub.scoring.groups import COMBINES
from cshub.scoring.needs import metrics_of

#: Values nobody should send, and everybody does.
HOSTILE: list[Scalar] = [math.nan, math.inf, -math.inf, 1e300, 10**40, -(10**40), "text", "", True, -1, 1e-300]
_POLICIES = ("skip", "skip", "neutral", "worst", "best", "last", "fail")
_STATUSES = (Status.MISSING, Status.STALE, Status.SOURCE_DOWN, Status.NOT_APPLICABLE, Status.ERROR)
#: Points are from 0 to this.
_MOST = 10


@dataclass(slots=True)
class Maker:
    """Makes one card. `rising` says of every signal whether more is better; None where neither (its shape is bounded, or of words)."""

    random: Random
    names: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))
    rising: dict[str, bool | None] = field(default_factory=dict)

    def card(self) -> tuple[Scorecard, ModelFunction]:
        """A card with its model."""
        random = self.random
        is_additive = random.random() < 0.2
        low, high = random.choice([(0.0, 100.0), (0.0, 10.0), (-5.0, 5.0), (0.0, 33.3)])
        combine = "weighted" if is_additive or random.random() < 0.4 else random.choice(COMBINES)
        card = Scorecard(
            name="random",
            model="additive" if is_additive else "weighted",
            root=self._group(random.randint(0, 3), combine, is_additive=is_additive),
            bands=Bands(edges=(("bad", low), ("good", (low + high) / 2), ("best", high))),
            step=random.choice([1.0, 0.1, 0.5, 3.0, 0.000001]),
            min_coverage=random.choice([0.0, 0.0, 0.6]),
            base=random.choice([low, 0.0, 3.3]),
            low=low,
            high=high,
            round_levels=random.random() < 0.3,
        )
        return card, additive if is_additive else weighted

    def ruled(self, card: Scorecard) -> Scorecard:
        """The same card with rules of its own."""
        names = list(self.rising) or ["nobody"]
        return replace(
            card, adjust=tuple(self._rule(number, card, names) for number in range(self.random.randint(0, 4)))
        )

    def _rule(self, number: int, card: Scorecard, names: list[str]) -> ScoreRule:
        random = self.random
        metric, edge = random.choice(names), random.randint(0, 60)
        effect: dict[str, float | str] = random.choice(
            [
                {"points": round(random.uniform(-20, 20), 3)},
                {"cap": round(random.uniform(card.low, card.high), 2)},
                {"floor": round(random.uniform(card.low, card.high), 2)},
                {"veto": random.choice(["bad", "good"])},
            ]
        )
        return ScoreRule(
            name=f"adjust {number}", when=_above(metric, edge), metrics=(metric,), text="because", **effect
        )

    def _group(self, depth: int, combine: str, *, is_additive: bool) -> Group:
        random = self.random
        below = "points" if combine == "points" else None
        groups = tuple(
            self._group(
                depth - 1,
                "weighted" if is_additive else below or random.choice(COMBINES),
                is_additive=is_additive,
            )
            for _ in range(random.randint(0, 2) if depth else 0)
        )
        counts = combine == "points" or is_additive
        signals = tuple(self._signal(counts=counts) for _ in range(random.randint(0 if groups else 1, 3)))
        poor = random.randint(0, 40)
        return Group(
            name=f"g{next(self.names)}",
            weight=random.choice([0, 1, 1, 3, 7]),
            signals=signals,
            groups=groups,
            combine=combine,
            cap=random.choice([None, 5.0, 12.5]) if combine == "points" else None,
            poor=float(poor),
            good=float(poor + random.randint(0, 40)),
            required=random.random() < 0.05,
        )

    def _signal(self, *, counts: bool) -> Signal:
        random = self.random
        name = f"m{next(self.names)}"
        shape, rising = self._shape(counts=counts)
        self.rising[name] = rising
        missing = random.choice(_POLICIES)
        ages = random.random() < 0.1
        return Signal(
            metric=name,
            shape=shape,
            weight=random.choice([0, 1, 1, 2, 5, 17]),
            missing=missing,
            last_for=timedelta(days=30) if missing == "last" else None,
            ttl=timedelta(days=30) if ages else None,
            age=f"age_of_{name}" if ages else None,
        )

    def _shape(self, *, counts: bool) -> tuple[Shape, bool | None]:
        out = (0.0, float(_MOST)) if counts else random_range(self.random)
        if self.random.random() < 0.1:
            out = (0.0, float(_MOST))
            cells: list[dict[str, object]] = [
                {"upto": 50, "shape": self._plain(out)[0]},
                {"shape": self._plain(out)[0]},
            ]
            return Shape(name="matrix", options={"by": "tenure", "cells": cells}, out=out), None
        return self._plain(out)

    def _plain(self, out: tuple[float, float]) -> tuple[Shape, bool | None]:
        random = self.random
        low, high = out
        middle = round((low + high) / 2, 3)
        start = random.randint(0, 50)
        end = start + random.randint(1, 90)
        line, fall = {"from": [start, low], "to": [end, high]}, {"from": [end, low], "to": [start, high]}
        rows = {"tiers": [[None, start, low], [start, start + 9, middle], [start + 9, None, high]]}
        spans = {"at_risk": [0, start + 1], "neutral": [start + 1, start + 20], "healthy": [start + 20, start + 50]}
        shapes: list[tuple[Shape, bool | None]] = [
            (Shape(name="linear", options=line, out=out), True),
            (Shape(name="linear", options=fall, out=out), False),
            (Shape(name="linear_bounded", options=line, out=out), None),
            (Shape(name="log", options=line, out=out), True),
            (Shape(name="tiers", options=rows, out=out), True),
            (Shape(name="steps", options={"steps": [[None, high], [start, middle], [start + 5, low]]}, out=out), False),
            (Shape(name="thresholds", options={"thresholds": spans}, out=(0.0, 10.0)), True),
            (Shape(name="enum", options={"values": {"true": high, "7": low, "text": middle}}, out=out), None),
            (Shape(name="ratio", options={"of": "seats"}, out=out), True),
            (Shape(name="growth", out=out), True),
            (Shape(name="growth", options={"of": "seats"}, out=out), True),
            (Shape(name="percentile", out=out), True),
            (Shape(name="own_baseline", out=out), True),
        ]
        return random.choice(shapes)


def random_range(random: Random) -> tuple[float, float]:
    """A range of points."""
    return random.choice([(0.0, 100.0), (0.0, 10.0), (-5.0, 5.0), (1.0, 2.5)])


def customer(random: Random, card: Scorecard, *, hostile: float = 0.1, missing: float = 0.15) -> dict[str, Reading]:
    """Readings of every metric the card needs."""
    return {name: _reading(random, name, hostile, missing) for name in metrics_of(card)}


def _reading(random: Random, name: str, hostile: float, missing: float) -> Reading:
    if random.random() < missing:
        return Reading(metric=name, value=random.choice([None, 40.0]), status=random.choice(_STATUSES))
    if random.random() < hostile:
        return Reading(metric=name, value=random.choice(HOSTILE))
    value: Scalar = random.choice([random.randint(0, 100), round(random.uniform(0, 100), 4), random.uniform(0, 3)])
    return Reading(metric=name, value=value)


def _above(metric: str, edge: float) -> Callable[[Mapping[str, object]], object]:
    def when(row: Mapping[str, object]) -> object:
        value = row.get(metric)
        return None if value is None else value > edge  # type: ignore[operator]  # as rules do

    return when
