"""Short cuts for plugin authors: a plain function becomes a metric or a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from .kinds import Scalar
from .metrics import CustomerView, FunctionMetric, Reading
from .scores import ModelFunction, Scorecard, Scored

_DAY = timedelta(days=1)


def metric(
    *, needs: Sequence[str], name: str | None = None, valid_for: timedelta = _DAY
) -> Callable[[Callable[[CustomerView], Scalar]], FunctionMetric]:
    """Make a metric of a function of one customer; its name and the first line of its docstring are taken over.

    `needs` names the kinds of rows it looks at; `valid_for` how long an answer holds while the facts stay the same.
    """

    def make(function: Callable[[CustomerView], Scalar]) -> FunctionMetric:
        own: str = getattr(function, "__name__", "metric")
        doc = (function.__doc__ or own).strip().splitlines()[0]
        return FunctionMetric(name=name or own, doc=doc, needs=tuple(needs), function=function, valid_for=valid_for)

    return make


def per_customer(function: Callable[[Scorecard, str, Mapping[str, Reading]], Scored]) -> ModelFunction:
    """Make a model of a function that scores one customer: `score(card, customer, readings) -> Scored`."""

    def score(card: Scorecard, batch: Sequence[tuple[str, Mapping[str, Reading]]]) -> Sequence[Scored]:
        return [function(card, customer, readings) for customer, readings in batch]

    return score
