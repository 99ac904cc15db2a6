"""Due customers put into their places: facts out of the readings, the rules' answer, what of it is kept, and the scorecard it leads to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from ...config import (
    CHURNED,
    IGNORED,
    NOTHING_KEPT,
    ConfiguredMetric,
    Kept,
    Milestone,
    Placement,
    PlacementMetric,
    PlacementRules,
    Placer,
    QueryMetric,
    Rule,
)
from ...model import Aggregate, Query, Reading, Scalar, Status
from ...store import Lease, Store
from ...store.segments import Move, Reached, Stood
from .readings import Due

#: Questions of the rules' own; no metric has a dot in its name.
FIELD = "account."
EVENT = "onboarding.milestone"
#: What a stage does to scoring, where it does anything.
_TREATMENTS = {CHURNED: "frozen", IGNORED: "ignored"}
HOUR = timedelta(hours=1)


def questions(rules: PlacementRules, metrics: Mapping[str, ConfiguredMetric]) -> dict[str, ConfiguredMetric]:
    """What the rules want to know of every due customer: fields of the account, metrics, and the milestone's event."""
    asked: dict[str, ConfiguredMetric] = {
        f"{FIELD}{name}": _question(f"{FIELD}{name}", Aggregate(kind="account", function="any", value=name))
        for name in rules.fields
    }
    asked |= {name: metrics[name] for name in sorted(rules.metrics) if name in metrics}
    if rules.onboarding is not None and rules.onboarding.event is not None:
        quote = '"' if "'" in rules.onboarding.event else "'"
        where = f"name == {quote}{rules.onboarding.event}{quote}"
        asked[EVENT] = _question(EVENT, Aggregate(kind="event", function="min", value="at", where=where))
    return asked


def _question(name: str, aggregate: Aggregate) -> QueryMetric:
    return QueryMetric(name=name, form="value", query=Query(aggregates={"it": aggregate}, finish="it"), text="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A due customer in its place: its readings are those of its scorecard. `card` is None for one that is not scored."""

    due: Due
    card: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Which answers are not asked anew while some sources fail: days passing without news are not news. `stages` are those there are."""

    stage: bool
    segments: frozenset[str]
    card: bool
    milestone: bool
    stages: frozenset[str]

    @classmethod
    def of(cls, rules: PlacementRules, held: frozenset[str]) -> Holding:
        """The answers whose rules read a metric that is held; those that lean on them are asked with what they were."""

        def is_held(*asked: Rule) -> bool:
            return any(held.intersection(rule.when.names) for rule in asked)

        milestone = rules.onboarding.when if rules.onboarding else None
        return cls(
            stage=is_held(*rules.lifecycle.stages),
            segments=frozenset(rule.name for rule in rules.segments if is_held(rule)),
            card=is_held(*rules.cards),
            milestone=milestone is not None and bool(held.intersection(milestone.names)),
            stages=frozenset(rules.lifecycle.names),
        )

    def kept(self, stood: Stood, cards: Collection[str]) -> Kept:
        """What stays of where a customer stood."""
        return Kept(
            stage=stood.stage if self.stage and stood.stage in self.stages else None,
            segments={name: name in stood.segments for name in self.segments},
            card=stood.scorecard if self.card and stood.scorecard in cards else None,
            milestone=self.milestone,
        )


@dataclass(slots=True)
class Placing:
    """Puts due customers into their places, in order, and gathers what changed. `held` are metrics a source of which fails."""

    rules: PlacementRules
    metrics: Mapping[str, Mapping[str, ConfiguredMetric]]
    held: frozenset[str]
    as_of: datetime
    moves: list[Move] = field(default_factory=list)
    stay: list[tuple[str, datetime | None]] = field(default_factory=list)
    _placer: Placer = field(init=False)
    _holding: Holding = field(init=False)

    def __post_init__(self) -> None:
        self._placer = Placer(self.rules, self.as_of)
        self._holding = Holding.of(self.rules, self.held)

    def batch(self, batch: Sequence[Due], stood: Iterator[tuple[str, Stood | None, Reached | None]]) -> list[Placed]:
        """The customers of a batch; `stood` must be at the first of them."""
        return [self._place(due, *next(stood)[1:]) for due in batch]

    def keep(self, store: Store, *, run: int, lease: Lease) -> None:
        """Write down what has come together."""
        if self.moves or self.stay:
            store.segments.save(self.moves, self.stay, run=run, as_of=self.as_of, lease=lease)
            self.moves.clear()
            self.stay.clear()

    def _place(self, due: Due, stood: Stood | None, reached: Reached | None) -> Placed:
        found = self._found(due, stood, reached)
        after = _stands(found)
        is_new = found.milestone is not None and _reached(found.milestone) != reached
        if stood != replace(after, valid_until=stood.valid_until if stood else None) or is_new:
            new = _reached(found.milestone) if found.milestone is not None and is_new else None
            self.moves.append(Move(customer=due.customer, before=stood, after=after, reached=new))
        elif stood.valid_until != after.valid_until:
            self.stay.append((due.customer, after.valid_until))
        return Placed(due=self._of_card(due, found), card=found.card)

    def _found(self, due: Due, stood: Stood | None, reached: Reached | None) -> Placement:
        readings = due.readings
        fields = {name: self._fact(name, readings[f"{FIELD}{name}"].value) for name in self.rules.fields}
        asked = {name: readings[name] for name in self.rules.metrics if name in readings}
        event = readings[EVENT].value if EVENT in readings else None
        return self._placer.place(
            fields,
            {name: self._fact(name, reading.value) for name, reading in asked.items()},
            before=Milestone(reached_at=reached.at, days=reached.days) if reached else None,
            event_at=event if isinstance(event, datetime) else None,
            notes={name: _note(reading) for name, reading in asked.items() if reading.value is None},
            kept=NOTHING_KEPT if stood is None else self._holding.kept(stood, self.metrics.keys()),
            until=self._until([*asked.values(), *([readings[EVENT]] if EVENT in readings else [])]),
        )

    def _fact(self, name: str, value: Scalar) -> object:
        return date.fromisoformat(value) if name in self.rules.dates and isinstance(value, str) else value

    def _until(self, asked: Sequence[Reading]) -> datetime | None:
        """When the facts fall due; while a source fails, at the next hour."""
        ends = [one.valid_until for one in asked if one.valid_until is not None]
        ends += [self.as_of] if self.held & self.rules.metrics else []
        return max(min(ends), self.as_of + HOUR) if ends and min(ends) <= self.as_of else min(ends, default=None)

    def _of_card(self, due: Due, found: Placement) -> Due:
        """The customer with the readings of its scorecard alone, those of the placement filled in."""
        metrics = self.metrics.get(found.card or "", {})
        readings = {
            name: self._answer(name, metric.of, found) if isinstance(metric, PlacementMetric) else due.readings[name]
            for name, metric in metrics.items()
        }
        return replace(due, readings=readings)

    def _answer(self, name: str, of: str, found: Placement) -> Reading:
        """A metric of the placement. Texts say the date, because ages change every day."""
        if of == "time_to_value":
            days = found.milestone.days if found.milestone else None
            note = None if days is not None else "the start was not known" if found.milestone else "not reached yet"
            return _told(name, days, note, None)
        if found.start is None or found.tenure is None:
            return _told(name, None, found.untold, None)
        value = found.tenure if of == "tenure" else found.tenure / 30
        return _told(name, value, f"{found.start:%Y-%m-%d}", _next_day(found.start, found.tenure))


def _told(name: str, value: float | None, note: str | None, until: datetime | None) -> Reading:
    status = Status.MISSING if value is None else Status.OK
    return Reading(metric=name, value=value, status=status, valid_until=until, note=note)


def _stands(found: Placement) -> Stood:
    return Stood(
        stage=found.stage,
        segments=found.segments,
        scorecard=found.card,
        treatment=_TREATMENTS.get(found.stage, "scored"),
        reason=found.reason,
        valid_until=found.valid_until,
    )


def _reached(milestone: Milestone) -> Reached:
    return Reached(at=milestone.reached_at, days=milestone.days)


def _note(reading: Reading) -> str:
    return f"{reading.metric} is not known" + (f" ({reading.note})" if reading.note else "")


def _next_day(start: date, tenure: int) -> datetime:
    begun = start if isinstance(start, datetime) else datetime.combine(start, datetime.min.time(), tzinfo=UTC)
    return begun + timedelta(days=tenure + 1)
