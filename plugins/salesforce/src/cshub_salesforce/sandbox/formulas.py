"""Fields that are worked out: formulas when somebody looks, without any stamp; roll-ups when a child changes, with one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Protocol

from cshub.testing.sandbox import SandboxClock

from .fields import Row, Value
from .times import day_of

ARCHIVED_AFTER = timedelta(days=365)


class Surroundings(Protocol):
    """What a formula can look at beside its own row."""

    clock: SandboxClock

    def seen(self, record_id: Value) -> Row | None:
        """What a query sees of another record."""
        ...


Formula = Callable[[Surroundings, Row], Value]


def _days_to_renewal(org: Surroundings, row: Row) -> Value:
    renewal = row.get("Renewal_Date__c")
    if not isinstance(renewal, str):
        return None
    return float((date.fromisoformat(renewal) - day_of(org.clock.now_ms())).days)


def _parent_name(org: Surroundings, row: Row) -> Value:
    parent = org.seen(row.get("ParentId"))
    return parent.get("Name") if parent else None


def _is_archived(org: Surroundings, row: Row) -> Value:
    due = row.get("ActivityDate")
    if not row.get("IsClosed") or not isinstance(due, str):
        return False
    return date.fromisoformat(due) < day_of(org.clock.now_ms()) - ARCHIVED_AFTER


FORMULAS: dict[tuple[str, str], Formula] = {
    ("Account", "Days_To_Renewal__c"): _days_to_renewal,
    ("Account", "Parent_Name__c"): _parent_name,
    ("Task", "IsArchived"): _is_archived,
}


def full_name(row: Row) -> Value:
    """`Name` of a person, made of its parts."""
    return " ".join(str(part) for part in (row.get("FirstName"), row.get("LastName")) if part) or None


def forecast(row: Row) -> Value:
    """The forecast category that a stage belongs to."""
    if row.get("IsClosed"):
        return "Closed" if row.get("IsWon") else "Omitted"
    return "Pipeline"
