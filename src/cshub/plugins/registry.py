"""What all loaded plugins declared, by name and immutable, and the guarded way to call them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from ..connector import Connector
from ..hookspecs import Action, IdentityRule
from ..model import Adjustments, CustomerView, FunctionMetric, Metric, Model, Reading, RunReport, Scorecard, Scored
from .calls import Batch, adjust_with, notify, read_with, score_with
from .guard import Failure
from .owner import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjuster:
    """One plugin's `adjust_scores`, taking the batch whatever arguments the plugin's function has."""

    owner: Owner
    call: Callable[[Sequence[Scored]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observer:
    """One plugin's `run_finished`."""

    owner: Owner
    call: Callable[[RunReport], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Everything that can be named in YAML, with its owner. Adjusters and observers are sorted by plugin name."""

    plugins: tuple[Owner, ...]
    connectors: Mapping[str, Connector[BaseModel]]
    metrics: Mapping[str, Metric]
    models: Mapping[str, Model]
    identity_rules: Mapping[str, IdentityRule]
    actions: Mapping[str, Action]
    adjusters: tuple[Adjuster, ...] = ()
    observers: tuple[Observer, ...] = ()
    owners: Mapping[tuple[str, str], Owner] = field(default_factory=dict)

    def owner(self, sort: str, name: str) -> Owner:
        """Who declared the connector, metric, model, identity rule or action of that name. Raises KeyError for none."""
        return self.owners[sort, name]

    def adjust(self, batch: Sequence[Scored]) -> tuple[list[tuple[Owner, Adjustments]], list[Failure]]:
        """What every plugin wants changed in this batch, sorted by plugin and then by name, and what failed.

        A plugin that fails for the batch is asked again customer by customer, so that one customer's trouble stays his own.
        """
        wanted: list[tuple[Owner, Adjustments]] = []
        failures: list[Failure] = []
        for adjuster in self.adjusters:
            found, failed = adjust_with(adjuster.owner, adjuster.call, batch)
            wanted.append((adjuster.owner, found))
            failures += failed
        return wanted, failures

    def read(self, metric: FunctionMetric, views: Sequence[CustomerView], *, name: str | None = None) -> list[Reading]:
        """One reading per view, in order, under `name` (the metric's own by default). A failure is a reading with an error."""
        owner = self.owners.get(("metric", metric.name), _NOBODY)
        return read_with(owner, metric, views, name=name or metric.name)

    def score(self, card: Scorecard, batch: Batch) -> tuple[list[Scored | None], list[Failure]]:
        """The model's word on each customer of the batch, in order; None for those it failed for."""
        return score_with(self.owner("model", card.model), self.models[card.model], card, batch)

    def finished(self, report: RunReport) -> list[Failure]:
        """Tell every observer that a run has ended."""
        return notify(((observer.owner, observer.call) for observer in self.observers), report)


#: Stands for a metric that was handed over without being registered, as tests do.
_NOBODY = Owner(name="unregistered", distribution="none", version="0")
