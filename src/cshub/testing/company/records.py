"""The records of the seeded company. Keys are its own; each sandbox gives them ids of its vendor's making."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

AccountKind: TypeAlias = Literal["customer", "prospect", "partner", "competitor"]
Story: TypeAlias = Literal["healthy", "steady", "at_risk"]
Purpose: TypeAlias = Literal["new", "renewal", "expansion"]
Priority: TypeAlias = Literal["low", "normal", "high", "urgent"]
Channel: TypeAlias = Literal["email", "chat", "phone", "form"]
Survey: TypeAlias = Literal["nps", "csat", "ces"]
#: The tools the company works with: two CRMs, of which the first leads, a support desk, and a survey tool.
System: TypeAlias = Literal["crm", "sales", "support", "survey"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Somebody of ours who looks after accounts; an inactive one has left."""

    key: str
    email: str
    first_name: str
    last_name: str
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An organisation. `parent` is the key of its mother; `story` shapes its facts; `mrr` is per month.

    `support_name` is what the support desk calls it, now and then something else than `name`; `is_synced` says that the
    second CRM's record holds the id of the first's.
    """

    key: str
    name: str
    domain: str | None
    kind: AccountKind
    story: Story
    parent: str | None
    owner: str
    external_id: str | None
    mrr: float | None
    currency: str
    renewal_date: date | None
    country: str
    industry: str
    employees: int
    created_at: datetime
    changed_at: datetime
    support_name: str
    is_synced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A second record of an organisation in one tool, without external id.

    A merged one was merged into the first by a person of that tool; one that was not still stands there.
    """

    key: str
    account: str
    system: System
    is_merged: bool
    name: str
    domain: str | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person. `account` is the truth; `linked` says whether a CRM knows it; `duplicate_of` names the first copy."""

    key: str
    account: str
    email: str | None
    first_name: str
    last_name: str
    role: str
    linked: bool
    duplicate_of: str | None
    last_seen_at: datetime | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A sale, renewal or expansion; `amount` in `currency`."""

    key: str
    account: str
    name: str
    purpose: Purpose
    amount: float
    currency: str
    is_closed: bool
    is_won: bool
    close_date: date
    owner: str
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A support case. `account` is the truth; `linked` says whether it names the account itself or only the contact."""

    key: str
    account: str
    contact: str | None
    subject: str
    channel: Channel
    priority: Priority
    linked: bool
    is_open: bool
    opened_at: datetime
    closed_at: datetime | None
    first_reply_s: int | None
    owner: str
    changed_at: datetime

    @property
    def system(self) -> System:
        """Where it is kept when the company has a support desk: what is written goes there, calls and forms to the first CRM."""
        return "support" if self.channel in ("email", "chat") else "crm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer to a survey: NPS 0–10, CSAT and CES 1–5, higher is better. `account` is the truth.

    `changed_at` is later than `answered_at` where the person came back to it. `carries` says what the survey tool was told
    about the person: `external_id` of the account, `email`, both or nothing.
    """

    key: str
    account: str
    contact: str
    metric: Survey
    value: int
    comment: str | None
    carries: frozenset[str]
    answered_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything at one instant `now`, and the truth about who belongs to whom."""

    now: datetime
    owners: tuple[Owner, ...]
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    deals: tuple[Deal, ...]
    tickets: tuple[Ticket, ...]
    responses: tuple[Response, ...]
    twins: tuple[Twin, ...]

    @property
    def customers(self) -> tuple[Account, ...]:
        """The accounts that are customers."""
        return tuple(account for account in self.accounts if account.kind == "customer")

    @property
    def truth(self) -> dict[str, str]:
        """Key of a contact, deal, ticket, response or twin → key of the account it belongs to."""
        parts: Iterable[Contact | Deal | Ticket | Response | Twin] = (
            *self.contacts,
            *self.deals,
            *self.tickets,
            *self.responses,
            *self.twins,
        )
        return {part.key: part.account for part in parts}

    def told(self, story: Story) -> tuple[Account, ...]:
        """The customers with this story."""
        return tuple(account for account in self.customers if account.story == story)
