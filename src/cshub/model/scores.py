"""Scorecards and scores as values: what plugins declare, what models take and give, what `explain` prints.

Points and weights are integers: one point is 1 000 000 micro-points (SCORING: every rounding happens once, half-up).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeAlias

from .kinds import Scalar
from .metrics import Reading, Status

#: Micro-points in one point.
MICRO = 1_000_000
#: What a signal may be about; each has a sub-score beside the score.
DIMENSIONS = (
    "vendor_outcome", "vendor_risk", "vendor_expansion", "customer_outcome", "experience", "engagement", "maturity",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a value becomes points: `name` (tiers, linear, matrix, …) with its numbers as exact text or values.

    The arithmetic is `cshub.scoring.shapes`; `options` holds the YAML arguments, checked when the configuration is read.
    `out` is the declared range in points, which `weighted` maps to the range of its scorecard (0–100).
    """

    name: str
    options: Mapping[str, object] = field(default_factory=dict)
    out: tuple[float, float] = (0.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A metric inside a scorecard. `missing` is skip, neutral, worst, best, last or fail; `last` holds for `last_for`.

    `because` is printed with the driver; `{value}` in it is the answer, `{date}` the day it counts from. A value older than `ttl` is
    stale; `age` names the metric that says its age in days. `dimension` is one of `DIMENSIONS`, which have sub-scores of their own.
    """

    metric: str
    shape: Shape
    weight: int = 1
    missing: str = "skip"
    because: str | None = None
    last_for: timedelta | None = None
    ttl: timedelta | None = None
    age: str | None = None
    dimension: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Signals that are weighed together; groups nest. `required` means: without any value here there is no score.

    `combine` is weighted, mean, min, max, product, geometric, worst_of or points. `cap` is the most a group of points gives; `poor` and
    `good` are the edges of worst_of: an input below `poor` is poor, one from `good` on is good.
    """

    name: str
    weight: int = 1
    signals: tuple[Signal, ...] = ()
    groups: tuple[Group, ...] = ()
    required: bool = False
    combine: str = "weighted"
    cap: float | None = None
    poor: float | None = None
    good: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Ordered bands with their lower edges in points, lowest first, and how slowly a customer moves between them.

    SCORING §7: `margin` in points, `dwell` the time a change must hold, `jump_immediate` whether two bands at once skip the dwell.
    """

    edges: tuple[tuple[str, float], ...]
    margin: float = 0.0
    dwell: timedelta = timedelta(0)
    jump_immediate: bool = False


#: Whether a rule holds for the values of a customer's metrics by name (None: no value); None is unknown.
Condition: TypeAlias = Callable[[Mapping[str, object]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRule:
    """A scorecard's own change to the score of those for whom `when` holds (SCORING §5); `metrics` are those it reads.

    Exactly one of: `points` added, a `cap` no score may pass, a `floor` none may fall below, a `veto`: the best band that is left.
    """

    name: str
    when: Condition
    metrics: tuple[str, ...]
    text: str
    points: float | None = None
    cap: float | None = None
    floor: float | None = None
    veto: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A named set of signals with its model and bands. `hash` is the SHA-256 (first 12 hex digits) of its canonical text.

    `adjust` are its own penalties, boosts, floors, caps and vetoes; `round_levels` rounds every group to `step` before it is used.
    """

    name: str
    model: str
    root: Group
    bands: Bands
    step: float = 1.0
    min_coverage: float = 0.6
    base: float = 5.0
    low: float = 0.0
    high: float = 100.0
    options: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
    hash: str = ""
    adjust: tuple[ScoreRule, ...] = ()
    round_levels: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """One line of the explanation. All lines' `micro` add up to the score exactly.

    `sort` is base, signal, part (a group that does not add up) with each input (0 points), points, floor, cap, veto, clamp, rounding or
    child (a line of a roll-up); `owner` the plugin an adjustment came from. `value` is the metric's value as it was read (of a veto: the
    best band that is left), `micro` the contribution in micro-points; `weight_share` the share after re-weighting (0–1).
    """

    sort: str
    name: str
    micro: int
    group: str | None = None
    value: Scalar = None
    shaped_micro: int | None = None
    weight_share: float | None = None
    status: Status = Status.OK
    text: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a model says about one customer. `micro` is None when there is not enough data; `reason` then says why.

    `coverage` is the share of weight that had data (0–1).
    """

    customer: str
    micro: int | None
    coverage: float
    drivers: tuple[Driver, ...]
    readings: Mapping[str, Reading]
    reason: str | None = None


#: A model: a scorecard and the readings of a batch of customers → one `Scored` per customer, in the same order.
ModelFunction: TypeAlias = Callable[[Scorecard, Sequence[tuple[str, Mapping[str, Reading]]]], Sequence[Scored]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A named way to combine signals into a score."""

    name: str
    doc: str
    score: ModelFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A change to one customer's score, as data: `points` added (may be negative), or a `cap` no score may pass.

    The core applies all of them sorted by plugin and `name`; the lowest cap wins; each becomes a line of the explanation.
    """

    customer: str
    name: str
    text: str
    points: float | None = None
    cap: float | None = None


Adjustments: TypeAlias = Sequence[Adjustment]


@dataclass(frozen=True, slots=True, kw_only=True)
class BandState:
    """Where a customer stands between bands: the band in force, since when, and the streak outside it, if any.

    `streak_up` is the direction of the streak, `streak_since` when it began, `streak_band` the nearest band reached during it.
    `cause` is `config` when another scorecard put the customer into this band, and not its facts.
    """

    band: str
    since: datetime
    streak_up: bool | None = None
    streak_since: datetime | None = None
    streak_band: str | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """How likely a customer is to leave: 0–100 points, higher is worse; None when nothing is known (`reason` says why).

    All lines' `micro` add up to it exactly; their `sort` is rule, health, renewal, cap or rounding.
    """

    micro: int | None
    drivers: tuple[Driver, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """What a person said in place of the score, in fields of a CRM. It changes what is shown, never what was calculated.

    `value` is what stands in the field, `band` and `micro` what it means (a word means a band alone). It counts from `at`, the vendor's
    time of the change, through the day `until`. `trouble` is the reason why it does not count; None when it does.
    """

    value: str
    connection: str
    at: datetime | None
    band: str | None = None
    micro: int | None = None
    reason: str | None = None
    until: date | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedScore:
    """The score of one customer as the store keeps it: what `explain` prints, `act` watches and `publish` writes.

    `micro` is None when there is not enough data (then `reason` says why and `band` is None). `previous_band` is the band in force
    before `band_since`. `data_as_of` is the oldest last success of the streams the scorecard reads; `stale` names those that failed since.
    `valid_until` is the earliest instant at which it may change with the same facts.
    `risk` is None where none is declared. `trend` is improving, stable, declining or new; `change_micro` the change over 30 days.
    `dimensions` are sub-scores in micro-points; `children` how many customers the score was rolled up from (0: its own).
    `override` stands beside the machine's `micro` and `band`, which it never changes; `is_frozen` says that the customer has churned.
    """

    customer: str
    as_of: datetime
    scorecard: str
    scorecard_hash: str
    micro: int | None
    band: str | None
    band_state: BandState | None
    previous_band: str | None
    coverage: float
    reason: str | None
    data_as_of: datetime | None
    valid_until: datetime | None
    drivers: tuple[Driver, ...]
    readings: Mapping[str, Reading]
    stale: tuple[str, ...] = ()
    risk: Risk | None = None
    trend: str | None = None
    change_micro: int | None = None
    dimensions: Mapping[str, int] = field(default_factory=dict)
    override: Override | None = None
    children: int = 0
    is_frozen: bool = False

    @property
    def spoken(self) -> Override | None:
        """The override that counts, if any."""
        return self.override if self.override is not None and self.override.trouble is None else None

    @property
    def shown_band(self) -> str | None:
        """The band people see: that of the override where one counts, else the machine's."""
        return self.spoken.band if self.spoken is not None else self.band

    @property
    def shown_micro(self) -> int | None:
        """The score people see: the number of the override where it gives one, else the machine's."""
        return self.spoken.micro if self.spoken is not None and self.spoken.micro is not None else self.micro
