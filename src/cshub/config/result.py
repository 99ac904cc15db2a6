"""What reading the configuration gives: frozen values, every name resolved, every default filled in. No YAML is left here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, SecretStr

from ..connector import Connector, Stream
from ..errors import Problem
from ..expr import Expression
from ..hookspecs import Action
from ..model import FunctionMetric, Priority, Query, Scorecard, Type
from ..plugins import Registry
from ..scoring.portfolio import Grades
from ..scoring.portfolio.grades import USUAL
from .backtest import Backtest
from .outputs import Outputs
from .placement import PlacementRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A configured connector. `streams` are those its settings ask for; `stream_every` holds the pauses set per stream.

    `every` is the pause between two pulls (None: the schedule's `pull`); `parallel` how many streams are read at once.
    """

    name: str
    connector: Connector[BaseModel]
    settings: BaseModel
    streams: tuple[Stream, ...]
    parallel: int
    every: timedelta | None = None
    stream_every: Mapping[str, timedelta] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A connection of the customer list. `where` is a checked rule over account rows; None means every account."""

    connection: str
    where: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who is a customer (in order of `customers`) and which rules attach rows to them (in order of `rules`).

    `exclude` holds accounts that are never customers, as `connection:vendor_id`; `map` is the file of what people decided about single
    records. `fields` says which connections give a field of the account; `owners` are pairs of owners that are one person.
    """

    customers: tuple[Listed, ...] = ()
    exclude: frozenset[str] = frozenset()
    rules: tuple[str, ...] = ()
    map: Path | None = None
    fields: Mapping[str, Priority] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryMetric:
    """A metric of the YAML reduced to a `Query` by the form it names. `text` is its YAML as canonical JSON."""

    name: str
    form: str
    query: Query
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacementMetric:
    """A metric that a customer's placement answers: `of` is tenure, tenure_months or time_to_value."""

    name: str
    of: str
    text: str
    needs: tuple[str, ...] = ("account",)


#: A configured metric: set-based, a plugin's function, or of the placement. Its name is its key in `Config.metrics`; a function keeps its own.
ConfiguredMetric: TypeAlias = QueryMetric | FunctionMetric | PlacementMetric


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionUse:
    """One action of a trigger with its settings. `text` still holds its `{field}`s; `config.fill` fills them."""

    action: Action
    settings: BaseModel
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """When a customer's score meets `when`, an alert opens and the actions are carried out.

    `when` reads the names of `triggers.SCORE_NAMES` and metrics by name; a metric without a value is None.
    `dwell` is how long the condition must hold first, `cooldown` how long after closing it may not open again.
    """

    name: str
    when: Expression
    actions: tuple[ActionUse, ...]
    cooldown: timedelta = timedelta(0)
    dwell: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedField:
    """A standard field published to a CRM; `vendor` is its name there, None for the destination's own `field_name`.

    `null` is keep or clear (what to do when there is no value); `drift` is yield, overwrite or alert (a person's edit).
    """

    standard: str
    vendor: str | None
    null: str
    drift: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """Where scores go: `object` is the vendor's name of the target. `approve` is auto or plan.

    `churned` is keep or clear: what becomes of the fields of a customer in the stage churned.
    `canary` is how many records the first write to a CRM may touch before it stops to look (0: no canary).
    """

    connection: str
    object: str
    fields: tuple[PublishedField, ...]
    approve: str
    canary: int
    churned: str = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The daemon's times: pauses between pulls and between scorings, `sweep` as five crontab fields, random `jitter`."""

    pull: timedelta = timedelta(minutes=15)
    score: timedelta = timedelta(hours=1)
    sweep: str | None = None
    jitter: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """Limits of the breaker; `max_band_flips` is the share (0–1) of scored customers that may change band in one plan."""

    max_band_flips: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioRules:
    """What a portfolio is reckoned with; None is what nobody declared.

    `rates` convert other currencies into `currency`; amounts without a currency are in `default_currency`.
    `segment`, `partner`, `root`, `proximate` and `function` name fields of the account; `grades` are by segment in small letters;
    `quality` are the points of each band.
    """

    margin: Fraction | None = None
    currency: str | None = None
    default_currency: str | None = None
    rates: Mapping[str, Fraction] = field(default_factory=dict)
    segment: str | None = None
    partner: str | None = None
    ces: str | None = None
    grades: Mapping[str, Grades] = field(default_factory=lambda: USUAL)
    quality: Mapping[str, Fraction] | None = None
    root: str | None = None
    proximate: str | None = None
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole configuration. `folder` is where its relative paths start; `warnings` are remarks that stop nothing.

    `placement` says which scorecard, stage and segments a customer has.
    `extras` are the extra fields the connections declare, by kind, with their types; rules may use them.
    `outputs` is what stands beside each score. `secrets` holds every secret value that was resolved, for redaction.
    """

    path: Path
    folder: Path
    profile: str | None
    registry: Registry
    store: str = field(repr=False)
    timezone: str = "UTC"
    connections: Mapping[str, Connection] = field(default_factory=dict)
    extras: Mapping[str, Mapping[str, Type]] = field(default_factory=dict)
    identity: Identity = field(default_factory=Identity)
    metrics: Mapping[str, ConfiguredMetric] = field(default_factory=dict)
    scorecards: Mapping[str, Scorecard] = field(default_factory=dict)
    placement: PlacementRules | None = None
    outputs: Outputs = field(default_factory=Outputs)
    triggers: tuple[Trigger, ...] = ()
    publish: Mapping[str, Publish] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    safety: Safety = field(default_factory=Safety)
    portfolio: PortfolioRules = field(default_factory=PortfolioRules)
    backtest: Backtest = field(default_factory=Backtest)
    notify: SecretStr | None = None
    secrets: tuple[SecretStr, ...] = ()
    warnings: tuple[Problem, ...] = ()
