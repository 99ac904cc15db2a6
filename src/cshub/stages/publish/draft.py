"""What one record of a CRM lacks: its score against the values the CRM is known to hold. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ...model import Value
from ...scoring.words import why
from ...store.plans import Draft, DueRecord, KnownValue, PlanLine
from .fields import values
from .target import Target

#: Standard name, vendor's name, old and new value of a field to be written.
Change: TypeAlias = tuple[str, str, Value, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """Fields that are left alone, by (record, field): those a person asked for, and values refused a short while ago."""

    marked: frozenset[tuple[str, str]]
    refused: Mapping[tuple[str, str], Value]


@dataclass(slots=True, kw_only=True)
class Summary:
    """What a plan holds and what it leaves out, counted while it is made."""

    records: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    ambiguous: list[str] = field(default_factory=list)
    drifted: int = 0
    waiting: Counter[str] = field(default_factory=Counter)

    @property
    def lines(self) -> int:
        """How many lines the plan has."""
        return sum(self.fields.values())

    def told(self) -> dict[str, object]:
        """The summary for people."""
        return {
            "records": self.records,
            "fields": self.lines,
            "by_field": dict(sorted(self.fields.items())),
            "not_in_this_crm": self.unknown,
            "ambiguous": sorted(self.ambiguous),
            "drifted": self.drifted,
            "waiting_after_refusal": dict(sorted(self.waiting.items())),
        }


def draft_record(
    draft: Draft,
    summary: Summary,
    target: Target,
    record: DueRecord,
    known: Mapping[str, KnownValue],
    guards: Guards,
) -> None:
    """Add what a record lacks to the draft; a record that lacks nothing is settled, unless a refused value waits."""
    changes: list[Change] = []
    waiting = False
    for standard, scored in values(record.score).items():
        mapped = target.fields.get(standard)
        if mapped is None or (record.id, mapped.name) in guards.marked:
            continue
        place, value = (record.id, mapped.name), known[mapped.name]
        wanted = None if record.is_churned else scored
        if record.is_churned and value.confirmed and value.acknowledged is None:
            continue  # it was emptied once; what stands there now is somebody else's
        if wanted == value.current:
            if value.drifted or not value.confirmed:  # it stands there already, whoever wrote it
                draft.adopted.append((*place, wanted))
            continue
        if value.drifted:
            draft.drifted.append((*place, value.acknowledged, value.observed))
        if (value.drifted and mapped.drift != "overwrite") or (
            wanted is None and mapped.keep_null and not record.is_churned
        ):
            continue
        if place in guards.refused and guards.refused[place] == wanted:
            summary.waiting[mapped.name] += 1
            waiting = True
            continue
        changes.append((standard, mapped.name, value.current, wanted))
    changes = _without_lonely_stamp(changes)
    _add_lines(draft, summary, record, changes)
    if not changes and not waiting:
        draft.settled.append(record.score.customer)


def _without_lonely_stamp(changes: list[Change]) -> list[Change]:
    """`Data as of` is written only together with another field of that record, or when its day is another."""
    if [standard for standard, *_ in changes] != ["data_as_of"]:
        return changes
    *_, old, new = changes[0]
    return changes if old is None or new is None or old[:10] != new[:10] else []


def _add_lines(draft: Draft, summary: Summary, record: DueRecord, changes: Sequence[Change]) -> None:
    if not changes:
        return
    score, reason = record.score, _reason(record)
    for _, name, old, new in changes:
        draft.lines.append(
            PlanLine(
                number=summary.lines + 1,
                id=record.id,
                field=name,
                old=old,
                new=new,
                why=reason,
                customer=score.customer,
                scorecard=f"{score.scorecard} {score.scorecard_hash}",
            )
        )
        summary.fields[name] += 1
    summary.records += 1


def _reason(record: DueRecord) -> str:
    score = record.score
    if record.is_churned:
        return "churned: its fields are emptied"
    if score.micro is None:
        return score.reason or "not enough data"
    moved = f"{score.previous_band} → {score.band}: " if score.previous_band else ""
    return moved + why(score)
