"""The YAML block of a HubSpot connection: credentials, API generation, which properties mean what, and limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from cshub import ROW_COLUMNS, Duration, Type, Window

from .objects import READABLE
from .paths import Generation

Purpose: TypeAlias = Literal["new", "renewal", "expansion"]
Priority: TypeAlias = Literal["low", "normal", "high", "urgent"]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

_OAUTH = ("client_id", "client_secret", "refresh_token")


class PropertyField(BaseModel):
    """A property that becomes an extra field of another type than text."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    property: Name
    type: Literal["text", "number", "integer", "flag", "time", "date"] = "text"


#: cshub's name → HubSpot property. A column of the kind is filled from it; any other name becomes an extra field.
FieldMap: TypeAlias = dict[Name, Name | PropertyField]


class HubSpotSettings(BaseModel):
    """A HubSpot account to read from and write to."""

    # ids are numbers in YAML
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)

    token: SecretStr | None = Field(None, description="service key or private app token (`env:HUBSPOT_TOKEN`)")
    client_id: str | None = Field(None, description="OAuth app, instead of `token`")
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    api: Generation = Field("2026-09", description="API generation; `classic` is v3 and v4")
    base_url: str = "https://api.hubapi.com"
    accounts: FieldMap = Field(default_factory=dict, description="company properties: {external_id: customer_id}")
    contacts: FieldMap = Field(default_factory=dict)
    deals: FieldMap = Field(default_factory=dict)
    tickets: FieldMap = Field(default_factory=dict)
    surveys: bool = Field(False, description="read survey answers (feedback submissions); needs Service Hub")
    responses: FieldMap = Field(
        default_factory=dict, description="survey answer properties, with `surveys`: {value: hs_value}"
    )
    pipelines: dict[str, Purpose] = Field(default_factory=dict, description="deal pipeline id → what its deals are for")
    dealtypes: dict[str, Purpose] = Field(
        {"newbusiness": "new", "existingbusiness": "expansion"},
        description="deal type → what the deal is for, where the pipeline does not say",
    )
    closed_stages: frozenset[str] | None = Field(
        None, description="ticket stage ids that mean closed; default: as the pipelines say"
    )
    priorities: dict[str, Priority] = Field(
        {"LOW": "low", "MEDIUM": "normal", "HIGH": "high", "URGENT": "urgent"},
        description="ticket priority → ours",
    )
    overlap: Duration = Field(timedelta(minutes=10), description="how far a pull re-reads behind its cursor")
    recheck: Duration = Field(
        timedelta(days=1), description="how often archived records are listed and the time since is read again"
    )
    calls_per_10s: int | None = Field(None, ge=1, description="default: 190, for OAuth apps 110")
    search_per_second: int = Field(4, ge=1, le=5, description="HubSpot allows 5, shared by everybody in the account")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        given = [name for name in _OAUTH if getattr(self, name) is not None]
        if self.token is None and len(given) < len(_OAUTH):
            raise ValueError("give `token`, or all of `client_id`, `client_secret` and `refresh_token`")
        if self.token is not None and given:
            raise ValueError(f"give either `token` or OAuth, not both: drop {', '.join(given)}")
        return self

    @model_validator(mode="after")
    def _fields_make_sense(self) -> Self:
        if self.responses and not self.surveys:
            raise ValueError("responses: survey answers are read with `surveys: true` only")
        for object_type in READABLE.values():
            _check(object_type.settings, self.fields(object_type.settings), object_type.kind.names)
        return self

    def fields(self, block: str) -> Mapping[str, Name | PropertyField]:
        """What YAML says about the properties of one block (`accounts`, `contacts`, `deals`, `tickets`, `responses`)."""
        blocks = {
            "accounts": self.accounts,
            "contacts": self.contacts,
            "deals": self.deals,
            "tickets": self.tickets,
            "responses": self.responses,
        }
        return blocks[block]

    def extras(self, block: str) -> dict[str, tuple[str, Type]]:
        """The extra fields of one block: name → (property, type)."""
        columns = next(each.kind.names for each in READABLE.values() if each.settings == block)
        return {
            name: (given, Type.TEXT) if isinstance(given, str) else (given.property, Type(given.type))
            for name, given in self.fields(block).items()
            if name not in columns
        }

    def windows(self) -> Mapping[str, tuple[Window, ...]]:
        """Rate windows by group. Searches have a limit of their own and do not count into the other.

        See https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
        """
        calls = self.calls_per_10s or (190 if self.token else 110)
        return {"default": (Window(calls, 10),), "search": (Window(self.search_per_second, 1),)}


def _check(block: str, fields: Mapping[str, Name | PropertyField], columns: tuple[str, ...]) -> None:
    """ValueError for a name every row already has, and for a type given where the column has its own."""
    for name, given in fields.items():
        if name in {column.name for column in ROW_COLUMNS} | {"deleted"}:
            raise ValueError(f"{block}.{name}: every row has its own {name}; choose another name")
        if name in columns and not isinstance(given, str):
            raise ValueError(f"{block}.{name}: a column has its own type; write {name}: {given.property}")
