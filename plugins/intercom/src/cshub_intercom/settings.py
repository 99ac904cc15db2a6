"""The YAML block of an Intercom connection: credentials, region, version, which fields mean what, and limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from cshub import ROW_COLUMNS, Duration, Type, Window

from .objects import KNOWN_TYPES, OBJECTS
from .version import Version

Priority: TypeAlias = Literal["low", "normal", "high", "urgent"]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
#: A field, or one inside another (`plan.name`); after `custom_attributes.` stands its name as Intercom writes it.
Path: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[^.\x00]+)*$", max_length=200)]

_HOSTS = {
    "us": "https://api.intercom.io",
    "eu": "https://api.eu.intercom.io",
    "au": "https://api.au.intercom.io",
}
#: Texts that people write; their fields are never stored, whatever YAML asks for.
_TEXTS = (
    *("source.body", "source.subject", "title", "conversation_parts", "ticket_parts"),
    "ticket_attributes._default_description_",
)


class FieldOf(BaseModel):
    """A field that becomes an extra field of another type than it would."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    field: Path
    type: Literal["text", "number", "integer", "flag", "time", "date", "list"] = "text"


#: cshub's name → Intercom field. A column of the kind is filled from it; any other name becomes an extra field.
FieldMap: TypeAlias = dict[Name, Path | FieldOf]


class IntercomSettings(BaseModel):
    """An Intercom workspace to read from."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    token: SecretStr = Field(description="access token of the app (`env:INTERCOM_TOKEN`)")
    region: Literal["us", "eu", "au"] = Field("us", description="where the workspace is kept")
    base_url: str | None = Field(None, description="another host instead of the region's")
    version: str = Field("2.16", strict=True, description="API version, in quotes; sent with every request")
    companies: FieldMap = Field(default_factory=dict, description="{mrr: monthly_spend, tier: custom_attributes.tier}")
    contacts: FieldMap = Field(default_factory=dict)
    conversations: FieldMap = Field(default_factory=dict)
    tickets: FieldMap = Field(default_factory=dict)
    priorities: dict[str, Priority] = Field(
        {
            "none": "normal",
            "low": "low",
            "medium": "normal",
            "high": "high",
            "urgent": "urgent",
            "not_priority": "normal",
            "priority": "high",
        },
        description="Intercom's priority → ours; the last two are those before version 2.16",
    )
    read_companies: Literal["auto", "list", "scroll"] = Field(
        "auto", description="by list (up to 10 000, only those with users), by scroll, or by their number"
    )
    overlap: Duration = Field(
        timedelta(minutes=10), ge=timedelta(0), description="how far a pull re-reads behind its cursor"
    )
    recheck: Duration = Field(
        timedelta(days=1), gt=timedelta(0), description="how often the time since the last recheck is read again"
    )
    calls_per_10s: int = Field(
        150, ge=1, description="at most so many calls; Intercom's own count of what is left is heeded besides"
    )

    @field_validator("version")
    @classmethod
    def _a_version(cls, text: str) -> str:
        return str(Version.parse(text))

    @model_validator(mode="after")
    def _fields_make_sense(self) -> Self:
        for object_type in OBJECTS.values():
            _check(object_type.name, self.fields(object_type.name), object_type.kind.names)
        return self

    @property
    def origin(self) -> str:
        """The host everything is asked at."""
        return self.base_url or _HOSTS[self.region]

    @property
    def api_version(self) -> Version:
        """The version, to be compared."""
        return Version.parse(self.version)

    def fields(self, block: str) -> Mapping[str, Path | FieldOf]:
        """What YAML says about the fields of one object."""
        blocks = {
            "companies": self.companies,
            "contacts": self.contacts,
            "conversations": self.conversations,
            "tickets": self.tickets,
        }
        return blocks[block]

    def extras(self, block: str) -> dict[str, tuple[str, Type]]:
        """The extra fields of one object, those that it always has included: name → (field, type)."""
        object_type = OBJECTS[block]
        own = self.fields(block)
        given = {name: _typed(field) for name, field in own.items() if name not in object_type.kind.names}
        return {**object_type.extras, **given}

    def windows(self) -> Mapping[str, tuple[Window, ...]]:
        """Rate windows by group. A scroll that waits for another one to end must not stop the other calls."""
        calls = (Window(self.calls_per_10s, 10),)
        return {"default": calls, "scroll": calls}


def path_of(given: Path | FieldOf) -> str:
    """The Intercom field that YAML named."""
    return given if isinstance(given, str) else given.field


def _typed(given: Path | FieldOf) -> tuple[str, Type]:
    if isinstance(given, str):
        return given, KNOWN_TYPES.get(given, Type.TEXT)
    return given.field, Type(given.type)


def _check(block: str, fields: Mapping[str, Path | FieldOf], columns: tuple[str, ...]) -> None:
    """ValueError for a name every row has, for a type where the column has its own, and for what people wrote."""
    for name, given in fields.items():
        path = path_of(given)
        if name in {column.name for column in ROW_COLUMNS} | {"deleted"}:
            raise ValueError(f"{block}.{name}: every row has its own {name}; choose another name")
        if name in columns and not isinstance(given, str):
            raise ValueError(f"{block}.{name}: a column has its own type; write {name}: {path}")
        if any(path == text or path.startswith(f"{text}.") for text in _TEXTS):
            raise ValueError(f"{block}.{name}: {path} is text that people wrote, which is never stored")
