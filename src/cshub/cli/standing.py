"""Where a customer stands, for `show`: stage, tenure, segments, scorecard and first value; and how many stand where, for `status`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ..config import Onboarding, started
from ..engine import Hub
from ..expr.instant import days_since
from ..store.segments import Membership, Reached, Stood
from ..store.unified import UnifiedField
from .output import count
from .unified import value_of

#: What a stage does to the score, in words.
TREATMENTS = {"frozen": "not scored any more: the last score stands", "ignored": "not scored, never written to"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All of it. `tenure` are whole days; `expected_by` is the day by which the first value should have been there."""

    stood: Stood
    memberships: list[Membership]
    start: str | None
    tenure: int | None
    first_value: Reached | None
    expected_by: datetime | None
    is_overdue: bool
    has_milestone: bool
    has_several_cards: bool

    def since(self, sort: str, name: str) -> datetime | None:
        """When the present membership began."""
        return next(
            (one.since for one in self.memberships if (one.sort, one.name, one.until) == (sort, name, None)), None
        )


def standing_of(hub: Hub, customer: str, fields: list[UnifiedField]) -> Standing | None:
    """Where a customer stands; None before it was looked at."""
    stood, reached = hub.store.segments.of(customer)
    rules = hub.config.placement
    if stood is None or rules is None:
        return None
    start = started(value_of(fields, rules.lifecycle.start))
    begun = start if isinstance(start, datetime) else None if start is None else started(f"{start:%Y-%m-%d}T00:00:00Z")
    expected = rules.onboarding.expected if rules.onboarding else None
    by = begun + expected if isinstance(begun, datetime) and expected is not None else None
    return Standing(
        stood=stood,
        memberships=hub.store.segments.history(customer),
        start=None if start is None else f"{start:%Y-%m-%d}",
        tenure=None if start is None else days_since(start, hub.now()),
        first_value=reached,
        expected_by=by,
        is_overdue=reached is None and by is not None and hub.now() >= by,
        has_milestone=isinstance(rules.onboarding, Onboarding),
        has_several_cards=bool(rules.cards),
    )


def standing_lines(found: Standing) -> Iterator[str]:
    """A line each for stage, segments, scorecard and first value, as far as there is something to say."""
    stood = found.stood
    since = found.since("stage", stood.stage)
    told = f"{stood.stage}{f' since {since:%Y-%m-%d}' if since else ''}"
    age = f", a customer for {found.tenure} days" if found.tenure is not None and found.tenure >= 0 else ""
    treatment = f" ({TREATMENTS[stood.treatment]})" if stood.treatment in TREATMENTS else ""
    yield f"  stage       {told}{age}{treatment}"
    if stood.segments:
        dated = ((name, found.since("segment", name)) for name in stood.segments)
        yield "  segments    " + ", ".join(f"{name} since {at:%Y-%m-%d}" if at else name for name, at in dated)
    if found.has_several_cards and stood.scorecard is not None:
        yield f"  scorecard   {stood.scorecard}"
    if found.has_milestone:
        yield f"  first value {_first_value(found)}"
    if stood.reason is not None:
        yield f"  unsure      {stood.reason}"


def _first_value(found: Standing) -> str:
    reached = found.first_value
    if reached is not None:
        after = "" if reached.days is None else f", {reached.days} days after the start"
        return f"{reached.at:%Y-%m-%d}{after}"
    if found.expected_by is None:
        return "not reached yet"
    return f"not reached yet, {'overdue since' if found.is_overdue else 'expected by'} {found.expected_by:%Y-%m-%d}"


def standing_document(found: Standing | None) -> dict[str, object] | None:
    """The same as data, with the whole history."""
    if found is None:
        return None
    stood = found.stood
    return {
        "stage": stood.stage,
        "stage_since": found.since("stage", stood.stage),
        "segments": stood.segments,
        "scorecard": stood.scorecard,
        "treatment": stood.treatment,
        "unsure": stood.reason,
        "start": found.start,
        "tenure_days": found.tenure,
        "first_value_at": found.first_value.at if found.first_value else None,
        "time_to_value_days": found.first_value.days if found.first_value else None,
        "first_value_expected_by": found.expected_by,
        "onboarding_overdue": found.is_overdue,
        "history": found.memberships,
    }


def standing_counts(hub: Hub) -> dict[str, dict[str, int]]:
    """How many customers are in each stage and segment, in the order of the configuration; those of none are 0."""
    counts, rules = hub.store.segments.counts(), hub.config.placement
    if rules is None:
        return {"stages": {}, "segments": {}}
    stages = {name: counts["stage"][name] for name in rules.lifecycle.names if name in counts["stage"]}
    segments = {rule.name: counts["segment"].get(rule.name, 0) for rule in rules.segments}
    return {"stages": stages, "segments": segments}


def count_lines(facts: Mapping[str, object]) -> Iterator[str]:
    """The counts for people."""
    for name in ("stages", "segments"):
        found = facts[name]
        if isinstance(found, Mapping) and found:
            told = ", ".join(f"{count(number)} {word.replace('_', ' ')}" for word, number in found.items())
            yield f"{name:<12}{told}"
