"""The contract between cshub and its plugins: seven hooks. Hooks declare, the core calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import pluggy
from pydantic import BaseModel

from .connector import Connector
from .model import Adjustments, AlertNotice, Metric, Model, RunReport, Scored

hookspec = pluggy.HookspecMarker("cshub")
hookimpl = pluggy.HookimplMarker("cshub")


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityRule:
    """A way to tell whose a row is. `keys` is pure: a row of `kind` as a mapping of its columns → keys, none when it has none.

    A row belongs to the customer whose account gives an equal key. `columns` names, by kind, the columns `keys` wants to see.
    """

    name: str
    doc: str
    columns: Mapping[str, tuple[str, ...]]
    keys: KeysOf


class KeysOf(Protocol):
    """Keys of one row; both sides of a match (account and row) come through the same function."""

    def __call__(self, kind: str, row: Mapping[str, object]) -> Iterable[str]: ...


class Deliver(Protocol):
    """Carries one alert out. Raises a VendorError to be tried again at the next run; must bear being called twice with the same key."""

    def __call__(self, notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str: ...


class ActionContext(Protocol):
    """What the core lends an action: HTTP with deadline, retry and redaction."""

    def post(self, url: str, body: Mapping[str, object], *, label: str) -> None:
        """POST `body` as JSON to `url`, which comes from the configuration. Raises a VendorError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something to do about an alert (`log`, `webhook`). `deliver` returns one line for people: what was done."""

    name: str
    doc: str
    settings: type[BaseModel]
    deliver: Deliver


@hookspec
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[BaseModel]]:  # type: ignore[empty-body]  # a hookspec has no body
    """Vendor adapters. `config` is this plugin's own block under `plugins:` in the YAML, empty when there is none."""


@hookspec
def register_metrics(config: Mapping[str, object]) -> Iterable[Metric]:  # type: ignore[empty-body]  # a hookspec has no body
    """Query forms (words for YAML) and function metrics."""


@hookspec
def register_models(config: Mapping[str, object]) -> Iterable[Model]:  # type: ignore[empty-body]  # a hookspec has no body
    """Ways to combine signals into a score."""


@hookspec
def register_identity_rules(config: Mapping[str, object]) -> Iterable[IdentityRule]:  # type: ignore[empty-body]  # a hookspec has no body
    """Ways to tell whose a row is, for `identity.rules`."""


@hookspec
def register_actions(config: Mapping[str, object]) -> Iterable[Action]:  # type: ignore[empty-body]  # a hookspec has no body
    """Things to do about an alert, for `triggers`."""


@hookspec
def adjust_scores(batch: Sequence[Scored]) -> Adjustments | None:
    """Caps and points for a batch of at most 1 000 scored customers, as data. Must not change its input."""


@hookspec
def run_finished(report: RunReport) -> None:
    """A run has ended. For observers: nothing it does changes the run."""
