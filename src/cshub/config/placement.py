"""Where a customer stands at an instant: tenure, first value, lifecycle stage, segments, scorecard. Rules and facts in, a placement out; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from ..expr import Expression
from ..expr.instant import days_since
from ..model import Type
from .clocks import Clocks
from .nodes import Place

#: Stages with a meaning beyond their name: what they hold is not scored any more, or never was.
CHURNED, IGNORED = "churned", "ignored"
#: The usual stages, in the order of a customer's life.
STAGES = ("trial", "onboarding", "adopting", "renewing", CHURNED, IGNORED)
DEFAULT_CARD = "default"
#: Days in a month (SCORING).
MONTH = 30

Start: TypeAlias = datetime | date
Test: TypeAlias = Callable[[Mapping[str, object]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A name that holds for a customer while `when` does. `place` is where the rule stands."""

    name: str
    when: Expression
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Stages by first match; `otherwise` is the last. `start` is the field of the account that tenure counts from.

    `is_written` is False for the rules used where the configuration has none.
    """

    stages: tuple[Rule, ...]
    otherwise: str
    start: str = "created_at"
    is_written: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every stage, in order."""
        return tuple(dict.fromkeys((*(rule.name for rule in self.stages), self.otherwise)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Onboarding:
    """The milestone at which a customer got its first value: an `event` by name, or the first instant at which `when` holds.

    `expected` is how long after the start it should be reached (None: nobody said).
    """

    event: str | None
    when: Expression | None
    expected: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementRules:
    """Everything that decides where customers stand. `cards` are the scorecards with a rule, in order; others take `default`.

    `fields` are the fields of the account that rules read, with their types; `metrics` the metrics they read; `derived` are metrics that
    a placement answers itself, with what they ask for; `dates` are names of fields and metrics whose values are dates. `text` is equal
    for equal rules.
    """

    lifecycle: Lifecycle
    segments: tuple[Rule, ...] = ()
    onboarding: Onboarding | None = None
    cards: tuple[Rule, ...] = ()
    fields: Mapping[str, Type] = field(default_factory=dict)
    metrics: frozenset[str] = frozenset()
    derived: Mapping[str, str] = field(default_factory=dict)
    dates: frozenset[str] = frozenset()
    text: str = ""

    def expressions(self) -> Iterator[Expression]:
        """Every rule."""
        yield from (rule.when for rule in (*self.lifecycle.stages, *self.segments, *self.cards))
        if self.onboarding is not None and self.onboarding.when is not None:
            yield self.onboarding.when


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """When the first value was reached, and whole days from the start to it (None: the start was not known)."""

    reached_at: datetime
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What stays as it was, because a source fails whose metric its rule reads; the rest is asked anew."""

    stage: str | None = None
    segments: Mapping[str, bool] = field(default_factory=dict)
    card: str | None = None
    milestone: bool = False


NOTHING_KEPT = Kept()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a customer stands. `card` is None for one that is not scored; `reason` says which rules could not be judged, and why.

    `tenure` are whole days since `start` (None: not known, and `untold` says why). `valid_until` is the first instant at which it may
    change with the same facts.
    """

    stage: str
    segments: tuple[str, ...]
    card: str | None
    reason: str | None
    start: Start | None
    tenure: int | None
    untold: str | None
    milestone: Milestone | None
    is_overdue: bool
    valid_until: datetime | None


class Placer:
    """The rules made ready for one `as_of`."""

    def __init__(self, rules: PlacementRules, as_of: datetime) -> None:
        self._rules = rules
        self._as_of = as_of
        self._clocks = Clocks(
            rules.expressions(), rules.lifecycle.start, rules.derived, also=expected_days(rules.onboarding)
        )
        self._stages = self._ready("stage", rules.lifecycle.stages)
        self._segments = self._ready("segment", rules.segments)
        self._cards = self._ready("scorecard", rules.cards)
        milestone = rules.onboarding and rules.onboarding.when
        self._milestone = milestone.closure(as_of) if milestone else None

    def place(
        self,
        fields: Mapping[str, object],
        metrics: Mapping[str, object],
        *,
        before: Milestone | None = None,
        event_at: datetime | None = None,
        notes: Mapping[str, str] | None = None,
        until: datetime | None = None,
        kept: Kept = NOTHING_KEPT,
    ) -> Placement:
        """Where a customer with these facts stands. `event_at` is when the milestone's event was first seen, `before` what is kept of it.

        `notes` say of names without a value why; `until` is when the facts themselves fall due; `kept` is not asked.
        """
        doubts: list[str] = []
        told = notes or {}
        row = {**fields, **metrics, "stage": fields.get("stage"), "account_stage": fields.get("stage")}
        start = started(fields.get(self._rules.lifecycle.start))
        tenure, untold = self._tenure(start)
        self._tell(row, tenure=tenure, tenure_months=None if tenure is None else tenure / MONTH)
        milestone = before if kept.milestone else self._reached(row, start, before, event_at, told, doubts)
        is_overdue = self._tell_milestone(row, milestone, tenure)
        stage = kept.stage or _first(self._stages, row, told, doubts) or self._rules.lifecycle.otherwise
        row["stage"] = stage
        segments = self._tell_segments(row, kept.segments, told, doubts)
        card = None
        if stage not in (CHURNED, IGNORED):
            card = kept.card or _first(self._cards, row, told, doubts) or DEFAULT_CARD
        return Placement(
            stage=stage,
            segments=segments,
            card=card,
            reason="; ".join(doubts) or None,
            start=start,
            tenure=tenure,
            untold=untold,
            milestone=milestone,
            is_overdue=is_overdue,
            valid_until=_earliest(until, self._clocks.next(row, start, self._as_of)),
        )

    def _ready(self, what: str, rules: Sequence[Rule]) -> list[tuple[str, _Named, Test]]:
        return [
            (rule.name, _Named(f"{what} {rule.name}", rule.when.names), rule.when.closure(self._as_of))
            for rule in rules
        ]

    def _tenure(self, start: Start | None) -> tuple[int | None, str | None]:
        """Whole days, or why there are none."""
        name = self._rules.lifecycle.start
        if start is None:
            return None, f"{name} is not known or no date"
        days = days_since(start, self._as_of)
        return (days, None) if days >= 0 else (None, f"{name} is {start:%Y-%m-%d}, which is still to come")

    def _tell(self, row: dict[str, object], **words: object) -> None:
        """Put answers of the placement into the row, under their own names and those of metrics that ask for them."""
        row.update(words)
        row.update({name: words[of] for name, of in self._rules.derived.items() if of in words})

    def _reached(
        self,
        row: Mapping[str, object],
        start: Start | None,
        before: Milestone | None,
        event_at: datetime | None,
        notes: Mapping[str, str],
        doubts: list[str],
    ) -> Milestone | None:
        """The milestone as it was kept, as it is found now, or an earlier one than was kept: never a later one."""
        onboarding, found = self._rules.onboarding, event_at
        if onboarding is None:
            return before
        if self._milestone is not None and onboarding.when is not None and before is None:
            named = _Named("the milestone", onboarding.when.names)
            found = self._as_of if _holds(named, self._milestone, row, notes, doubts) else None
        known = [] if before is None else [before.reached_at]
        at = min([*known, found] if found is not None else known, default=None)
        if at is None or (before is not None and before.reached_at == at and before.days is not None):
            return before
        return Milestone(reached_at=at, days=None if start is None else max(0, days_since(start, at)))

    def _tell_segments(
        self, row: dict[str, object], kept: Mapping[str, bool], notes: Mapping[str, str], doubts: list[str]
    ) -> tuple[str, ...]:
        """The segments the customer is in; a segment knows nothing of the others."""
        inside = {
            name: kept[name] if name in kept else _holds(what, test, row, notes, doubts)
            for name, what, test in self._segments
        }
        row.update(inside)
        return tuple(name for name, holds in inside.items() if holds)

    def _tell_milestone(self, row: dict[str, object], milestone: Milestone | None, tenure: int | None) -> bool:
        onboarding = self._rules.onboarding
        expected = onboarding.expected if onboarding else None
        is_late = expected is not None and tenure is not None and tenure >= expected / timedelta(days=1)
        row["milestone_reached"] = milestone is not None
        row["onboarding_overdue"] = is_overdue = milestone is None and is_late
        self._tell(row, time_to_value=milestone.days if milestone else None)
        return is_overdue


def started(value: object) -> Start | None:
    """A start as a day or an instant; dates in extra fields are text."""
    if isinstance(value, date):  # an instant is one, too
        return value
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if len(value) == len("2026-01-31"):
        return found.date()
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Named:
    """A rule in people's words, with the names it reads."""

    what: str
    names: tuple[str, ...]


def _first(
    rules: Iterable[tuple[str, _Named, Test]], row: Mapping[str, object], notes: Mapping[str, str], doubts: list[str]
) -> str | None:
    return next((name for name, what, test in rules if _holds(what, test, row, notes, doubts)), None)


def _holds(what: _Named, test: Test, row: Mapping[str, object], notes: Mapping[str, str], doubts: list[str]) -> bool:
    """Whether a rule holds. One that cannot be judged does not, and is a doubt with its reason."""
    try:
        answer = test(row)
    except (TypeError, ValueError, ArithmeticError) as error:  # a metric gave text where the rule compares numbers
        doubts.append(f"{what.what} cannot be judged: {error}")
        return False
    if answer is None:
        unknown = [notes.get(name) or f"{name} is not known" for name in what.names if row.get(name) is None]
        doubts.append(f"{what.what} cannot be judged: {', '.join(unknown) or 'it divides by zero'}")
    return answer is True


def expected_days(onboarding: Onboarding | None) -> tuple[float, ...]:
    """The days of tenure after which a milestone is overdue, if anybody said."""
    return (onboarding.expected / timedelta(days=1),) if onboarding and onboarding.expected else ()


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)
