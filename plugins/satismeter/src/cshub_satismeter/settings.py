"""The YAML block of a SatisMeter connection: key, project, what an answer means and whose it is, and how much is read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from cshub import RESPONSE, ROW_COLUMNS, Duration, Type, Window

Survey: TypeAlias = Literal["nps", "csat", "ces", "csi"]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
#: What your page told SatisMeter about the person: `traits.companyId`, `groups.company`, nested with further dots.
Told: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(user_id|(traits|groups)\.\S.*)$")]
#: The same, and what SatisMeter itself says about the answer.
Path: TypeAlias = Annotated[
    str,
    StringConstraints(pattern=r"^(campaign|question|method|language|comment|user_id|(traits|groups)\.\S.*)$"),
]


class PathField(BaseModel):
    """A part of the response that becomes an extra field of another type than text."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    path: Path
    type: Literal["text", "number", "integer", "flag", "time", "date"] = "text"


class SatisMeterSettings(BaseModel):
    """One SatisMeter project to read survey answers from."""

    # ids may be numbers in YAML
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)

    token: SecretStr = Field(description="the API key (`env:SATISMETER_TOKEN`); the write key reads nothing")
    project: str = Field(
        pattern=r"^[A-Za-z0-9_-]+$", description="the project's id; like the key, under Settings → Integrations → API"
    )
    base_url: str = "https://app.satismeter.com"
    account_external_id: Told | None = Field(
        None, description="where the account's external id stands: `traits.companyId`, `groups.company` or `user_id`"
    )
    fields: dict[Name, Path | PathField] = Field(
        default_factory=dict, description="extra fields: {plan: traits.plan, comment: comment}"
    )
    questions: dict[str, Survey] = Field(
        default_factory=dict, description="question id → what it asks, where SatisMeter knows no metric of it"
    )
    campaigns: frozenset[str] | None = Field(None, description="ids of the surveys to read; default: all")
    start: date = Field(
        date(2010, 1, 1), ge=date(2000, 1, 1), description="first day to read; the default is before SatisMeter began"
    )
    reread: Duration = Field(
        timedelta(days=14),
        ge=timedelta(hours=1),
        description="how far back each pull reads again what may have changed",
    )
    refresh: Duration = Field(
        timedelta(days=7), ge=timedelta(hours=1), description="how often everything is read again"
    )
    calls_per_second: float = Field(5, gt=0, le=50, description="SatisMeter publishes no limit")

    @model_validator(mode="after")
    def _names_are_free(self) -> Self:
        taken = {*RESPONSE.names, *(column.name for column in ROW_COLUMNS), "deleted"}
        for name in sorted(taken & self.fields.keys()):
            raise ValueError(f"fields.{name}: every response has its own {name}; choose another name")
        return self

    @property
    def begins(self) -> datetime:
        """The first instant to read."""
        return datetime.combine(self.start, time(), UTC)

    def extras(self) -> Mapping[str, tuple[str, Type]]:
        """The extra fields: name → (path, type)."""
        return {
            name: (given, Type.TEXT) if isinstance(given, str) else (given.path, Type(given.type))
            for name, given in self.fields.items()
        }

    def windows(self) -> Mapping[str, tuple[Window, ...]]:
        """One call at a time, evenly spaced: nobody knows how a burst would be taken."""
        return {"default": (Window(1, 1 / self.calls_per_second),)}
