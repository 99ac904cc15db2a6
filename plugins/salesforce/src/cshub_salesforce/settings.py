"""The YAML block of a Salesforce connection: the org and the way in, which fields mean what, and limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator, model_validator

from cshub import ROW_COLUMNS, ConfigError, Duration, Origin, Share, Type

from .hosts import MY_DOMAIN, SHARED_LOGINS, login_origin
from .objects import OBJECTS

Purpose: TypeAlias = Literal["new", "renewal", "expansion"]
Priority: TypeAlias = Literal["low", "normal", "high", "urgent"]
Method: TypeAlias = Literal["auto", "rest", "bulk"]
StreamName: TypeAlias = Literal["accounts", "contacts", "deals", "tickets", "events", "owners"]
Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
FieldName: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=80)]
Version: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]\.0$")]


class TypedField(BaseModel):
    """A field that becomes an extra field of another type than text."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    field: FieldName
    type: Literal["text", "number", "integer", "flag", "time", "date"] = "text"


#: cshub's name → Salesforce field. A column of the kind is filled from it; any other name becomes an extra field.
FieldMap: TypeAlias = dict[Name, FieldName | TypedField]


class SalesforceSettings(BaseModel):
    """A Salesforce org to read from and write to."""

    # 66.0 is a number in YAML
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True, defer_build=True)

    my_domain: str | None = Field(None, description="`acme`; a sandbox `acme--uat`, a developer edition `acme-dev-ed`")
    base_url: str | None = Field(None, description="the login host, where `my_domain` does not lead to it")
    client_id: str = Field(description="consumer key of the External Client App (or Connected App)")
    client_secret: SecretStr | None = Field(None, description="consumer secret, for the client credentials flow")
    username: str | None = Field(None, description="the integration user, for the JWT flow")
    private_key: SecretStr | None = Field(None, description="PEM text for the JWT flow (`file:salesforce.key`)")
    audience: str | None = Field(
        None, description="`aud` of the JWT; default: the login host of production or sandboxes"
    )
    api: Version = Field("66.0", description="API version; `cshub doctor` says whether the org has it")
    session: Duration | None = Field(
        None, description="the org's session timeout; without it a token is used until it is refused"
    )
    accounts: FieldMap = Field(
        default_factory=dict, description="account fields: {external_id: Tenant__c, mrr: MRR__c}"
    )
    contacts: FieldMap = Field(default_factory=dict)
    deals: FieldMap = Field(default_factory=dict, description="opportunity fields")
    tickets: FieldMap = Field(default_factory=dict, description="case fields")
    events: FieldMap = Field(default_factory=dict, description="task fields")
    record_types: dict[str, Purpose] = Field(
        default_factory=dict, description="opportunity record type (name or id) → what its deals are for"
    )
    deal_types: dict[str, Purpose] = Field(
        {
            "New Business": "new",
            "New Customer": "new",
            "Existing Business": "expansion",
            "Existing Customer - Upgrade": "expansion",
            "Renewal": "renewal",
        },
        description="opportunity type → what the deal is for, where the record type does not say",
    )
    closed_statuses: frozenset[str] | None = Field(
        None, description="case statuses that mean closed; default: as Salesforce says"
    )
    priorities: dict[str, Priority] = Field(
        {"Low": "low", "Medium": "normal", "High": "high", "Critical": "urgent", "Urgent": "urgent"},
        description="case priority → ours",
    )
    person_accounts: bool = Field(False, description="read person accounts as well; they are people, not companies")
    methods: dict[StreamName, Method] = Field(
        default_factory=dict, description="how whole streams are read: {events: bulk}; default: auto, by size"
    )
    bulk_above: int = Field(50_000, ge=1, description="more records than this are read whole by the Bulk API")
    reserve: Share = Field(0.2, description="share of the org's daily calls that reading leaves for writing and others")
    overlap: Duration = Field(timedelta(minutes=10), description="how far a pull re-reads behind its cursor")
    refresh: Duration = Field(
        timedelta(days=1), description="how often streams with calculated fields are read whole: these change unseen"
    )

    @field_validator("my_domain")
    @classmethod
    def _is_a_domain(cls, given: str | None) -> str | None:
        if given is None:
            return None
        if not MY_DOMAIN.fullmatch(given.lower()):
            raise ValueError("write only the name, like acme or acme--uat, not the whole address; that is `base_url`")
        return given.lower()

    @field_validator("base_url")
    @classmethod
    def _is_an_origin(cls, given: str | None) -> str | None:
        try:
            return None if given is None else str(Origin.parse(given))
        except ConfigError as error:
            raise ValueError(str(error)) from error

    @model_validator(mode="after")
    def _one_org(self) -> Self:
        if (self.my_domain is None) == (self.base_url is None):
            raise ValueError("give `my_domain`, or else `base_url`")
        return self

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        jwt = self.username is not None and self.private_key is not None
        if (self.client_secret is not None) == jwt or (self.username is None) != (self.private_key is None):
            raise ValueError("give `client_secret`, or else `username` and `private_key`")
        if self.client_secret is not None and Origin.parse(self.login).host in SHARED_LOGINS:
            raise ValueError("client credentials are taken only at the org's own host: give `my_domain`")
        return self

    @model_validator(mode="after")
    def _fields_make_sense(self) -> Self:
        for each in OBJECTS.values():
            _check(each.settings or "", self.fields(each.settings), each.kind.names)
        return self

    @property
    def login(self) -> str:
        """The origin that tokens come from."""
        return self.base_url or login_origin(self.my_domain or "")

    def fields(self, block: str | None) -> Mapping[str, FieldName | TypedField]:
        """What YAML says about the fields of one block (`accounts`, …); nothing for None."""
        blocks = {
            "accounts": self.accounts,
            "contacts": self.contacts,
            "deals": self.deals,
            "tickets": self.tickets,
            "events": self.events,
        }
        return blocks[block] if block else {}

    def method(self, stream: str) -> Method:
        """How the whole of a stream is to be read."""
        return next((method for name, method in self.methods.items() if name == stream), "auto")

    def extras(self, stream: str) -> dict[str, tuple[str, Type]]:
        """The extra fields of one stream: name → (field, type)."""
        columns = OBJECTS[stream].kind.names
        return {
            name: (given, Type.TEXT) if isinstance(given, str) else (given.field, Type(given.type))
            for name, given in self.fields(OBJECTS[stream].settings).items()
            if name not in columns
        }


def _check(block: str, fields: Mapping[str, FieldName | TypedField], columns: tuple[str, ...]) -> None:
    """ValueError for a name every row already has, and for a type given where the column has its own."""
    for name, given in fields.items():
        if name in {column.name for column in ROW_COLUMNS} | {"deleted"}:
            raise ValueError(f"{block}.{name}: every row has its own {name}; choose another name")
        if name in columns and not isinstance(given, str):
            raise ValueError(f"{block}.{name}: a column has its own type; write {name}: {given.field}")
