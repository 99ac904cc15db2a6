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
    """An organisation. `parent` is the key of its mother; `story` shapes its facts; `mrr` is per month."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything at one instant `now`, and the truth about who belongs to whom."""

    now: datetime
    owners: tuple[Owner, ...]
    accounts: tuple[Account, ...]
    contacts: tuple[Contact, ...]
    deals: tuple[Deal, ...]
    tickets: tuple[Ticket, ...]

    @property
    def customers(self) -> tuple[Account, ...]:
        """The accounts that are customers."""
        return tuple(account for account in self.accounts if account.kind == "customer")

    @property
    def truth(self) -> dict[str, str]:
        """Key of a contact, deal or ticket → key of the account it belongs to."""
        parts: Iterable[Contact | Deal | Ticket] = (*self.contacts, *self.deals, *self.tickets)
        return {part.key: part.account for part in parts}

    def told(self, story: Story) -> tuple[Account, ...]:
        """The customers with this story."""
        return tuple(account for account in self.customers if account.story == story)
