"""The core's own blocks of the YAML as pydantic models: which keys there are, of what type, with a line for editors.

What a connector, a form, a shape or an action adds to them is theirs to declare; what the names in them refer to is checked elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..model.durations import Duration, Share

_OFF = timedelta(0)


class Strict(BaseModel):
    """A block that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PluginsBlock(Strict):
    """Which plugins are not loaded; every other key is a plugin's own block."""

    disabled: list[str] = Field(default=[], description="names of plugins that are not loaded")


class StreamBlock(Strict):
    """What the core lets you say about one stream."""

    every: Duration | None = Field(default=None, description="pause between two readings of this stream")
    read: bool = Field(default=True, description="false leaves the stream out, where another tool has the same")


class ConnectionBlock(Strict):
    """The core's keys of a connection; the rest belongs to its connector."""

    connector: str = Field(description="which connector, as `cshub plugins` lists them")
    every: Duration | None = Field(default=None, description="pause between two pulls, instead of the schedule's")
    parallel: int | None = Field(default=None, ge=1, le=32, description="streams read at the same time")
    streams: dict[str, StreamBlock] = Field(default={}, description="settings per stream")


class ListedBlock(Strict):
    """One connection of the customer list."""

    where: str = Field(description="a rule over its accounts, or `all`")


class IdentityBlock(Strict):
    """Who is a customer, and what belongs to it."""

    customers: dict[str, object] = Field(
        description="CRM connections in order, each with `where:`; `exclude:` a list of ids"
    )
    rules: list[str] | None = Field(default=None, description="identity rules in the order they are tried")
    map: str | None = Field(default=None, description="file of what people decided about single records")
    fields: dict[str, object] = Field(
        default={}, description="fields of the account with the connections that give them, in order, or `newest`"
    )
    owners: dict[str, str] = Field(default={}, description="owners that are one person: connection:id, twice")


class HysteresisBlock(Strict):
    """How slowly a customer moves between bands (all off by default)."""

    margin: float = Field(default=0, ge=0, description="points beyond an edge before a band changes")
    dwell: Duration = Field(default=_OFF, description="how long a change must hold")
    jump: Literal["immediate", "dwell"] = Field(default="dwell", description="whether two bands at once skip the dwell")


Combine = Literal["weighted", "mean", "min", "max", "product", "geometric", "worst_of", "points"]


class GroupBlock(Strict):
    """A group of signals, or of groups."""

    weight: int = Field(default=1, ge=0, le=1_000_000, description="its weight among its siblings")
    combine: Combine = Field(default="weighted", description="how its members become one value")
    cap: float | None = Field(default=None, gt=0, description="the most a group of `combine: points` gives")
    poor: float | None = Field(default=None, description="worst_of: below this an input is poor (the lowest band)")
    good: float | None = Field(default=None, description="worst_of: from here on an input is good (the highest band)")
    signals: dict[str, object] = {}
    groups: dict[str, object] = {}
    required: bool = Field(default=False, description="without a value in here there is no score")


class ScorecardBlock(Strict):
    """A scorecard: either `groups` with signals or `signals` alone."""

    model: str = Field(description="weighted, additive or a plugin's model")
    groups: dict[str, object] | None = Field(default=None, description="groups of signals, weighed together")
    signals: dict[str, object] | None = Field(default=None, description="metrics with their shapes")
    combine: Combine = Field(default="weighted", description="how its members become one value, in a weighted card")
    cap: float | None = Field(default=None, gt=0, description="the most the whole of `combine: points` gives")
    poor: float | None = Field(default=None, description="worst_of: below this an input is poor (the lowest band)")
    good: float | None = Field(default=None, description="worst_of: from here on an input is good (the highest band)")
    bands: dict[str, float] = Field(min_length=2, description="bands with their lower edges in points")
    hysteresis: HysteresisBlock = HysteresisBlock()
    min_coverage: Share = Field(default=0.6, description="below this share of weight with data there is no score")
    step: float = Field(default=1, gt=0, le=100, description="the score is rounded to this step")
    round: Literal["once", "each_level"] = Field(
        default="once", description="each_level rounds every group to the step"
    )
    base: float | None = Field(default=None, description="where an additive score starts (5)")
    min: float | None = Field(default=None, description="lowest score there is (0)")
    max: float | None = Field(default=None, description="highest score there is (100, of an additive card 10)")
    strict: bool = Field(default=False, description="weights must sum to 100")
    adjust: list[object] = Field(
        default=[], description="penalties, boosts, floors, caps and vetoes, each with `when:`"
    )
    options: dict[str, object] = Field(default={}, description="options of a plugin's model")


class AdjustBlock(Strict):
    """One change of a scorecard to its own scores: exactly one of `points`, `cap`, `floor` and `veto`."""

    when: str = Field(description="a rule over metrics by name")
    text: str = Field(min_length=1, max_length=200, description="the reason, printed with the line")
    points: float | None = Field(default=None, description="added to the score; below 0 a penalty")
    cap: float | None = Field(default=None, description="no score is higher; the lowest cap wins, over any floor")
    floor: float | None = Field(default=None, description="no score is lower")
    veto: str | None = Field(default=None, description="the best band that is left")


class SignalBlock(Strict):
    """The core's keys of a signal; the rest belongs to its shape."""

    shape: str | None = Field(
        default=None, description="needed where the other keys do not tell, see write-a-scorecard"
    )
    weight: int = Field(default=1, ge=0, le=1_000_000, description="its weight among its siblings")
    missing: str = Field(
        default="skip",
        description="what stands in for a missing value: skip, neutral, worst, best, fail, or last(30d): the last one known",
    )
    ttl: Duration | None = Field(default=None, description="an older value is stale; needs `age`")
    age: str | None = Field(default=None, description="the metric that says how many days old the value is")
    because: str | None = Field(default=None, max_length=200, description="printed with the driver")
    dimension: (
        Literal[
            "vendor_outcome",
            "vendor_risk",
            "vendor_expansion",
            "customer_outcome",
            "experience",
            "engagement",
            "maturity",
        ]
        | None
    ) = Field(default=None, description="what it is about; each dimension has a sub-score")


class TriggerBlock(Strict):
    """The core's keys of a trigger; every other key is an action with its settings."""

    when: str = Field(description="a rule over score, band, coverage and metrics")
    text: str | None = Field(default=None, max_length=2000, description="what the alert says, with {field}s")
    cooldown: Duration = Field(default=_OFF, description="pause before it may open again")
    dwell: Duration = Field(default=_OFF, description="how long the condition must hold first")


class FieldBlock(Strict):
    """One published field with policies of its own."""

    name: str | None = Field(default=None, description="the vendor's name of the field")
    null: Literal["keep", "clear"] | None = None
    drift: Literal["yield", "overwrite", "alert"] | None = None


class PublishBlock(Strict):
    """Where scores go in one CRM."""

    object: str | None = Field(default=None, description="the CRM's object (companies, Account)")
    fields: Literal["standard"] | list[str] | dict[str, str | FieldBlock] = Field(
        default="standard", description="`standard`, a list of standard fields, or a mapping to the CRM's names"
    )
    approve: Literal["auto", "plan"] = Field(default="plan", description="whether the daemon writes by itself")
    canary: int = Field(default=5, ge=0, le=10_000, description="records of the very first write; 0 for none")
    null: Literal["keep", "clear"] = Field(default="clear", description="what becomes of a field without a value")
    drift: Literal["yield", "overwrite", "alert"] = Field(
        default="overwrite", description="what becomes of somebody else's change to our fields"
    )
    churned: Literal["keep", "clear"] = Field(
        default="keep",
        description="what becomes of the fields of a customer in the stage churned: left alone, or emptied once",
    )


class ScheduleBlock(Strict):
    """The daemon's times."""

    pull: Duration = Field(default=timedelta(minutes=15), description="pause between pulls")
    score: Duration = Field(default=timedelta(hours=1), description="pause between scorings")
    sweep: str | None = Field(default=None, description="full reading of ids, as five crontab fields")
    jitter: Duration = Field(default=_OFF, description="random delay, so that not everything starts at once")


class SafetyBlock(Strict):
    """Limits beyond which nothing is written."""

    max_band_flips: Share = Field(default=0.2, description="share of customers that may change band in one plan")
