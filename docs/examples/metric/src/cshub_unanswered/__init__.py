"""A metric: which share of a customer's open tickets nobody has answered yet."""

from __future__ import annotations

from cshub import CustomerView, FunctionMetric, hookimpl, metric


@metric(needs=["ticket"])
def unanswered(view: CustomerView) -> float | None:
    """Share of the open tickets without a first reply; none when no ticket is open."""
    waiting = [row["first_reply_s"] is None for row in view.rows["ticket"] if row["is_open"]]
    return sum(waiting) / len(waiting) if waiting else None


@hookimpl
def register_metrics() -> list[FunctionMetric]:
    """The metric of this package."""
    return [unanswered]
