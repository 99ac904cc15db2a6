"""The objects of a fresh org with their standard fields, and the fields its people added for customer success."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .fields import (
    COMPUTED,
    READ_ONLY,
    SEALED,
    Field,
    flag,
    long_text,
    number,
    owner,
    picklist,
    plain,
    reference,
    system_fields,
    text,
)
from .ids import PREFIXES

STAGES = (
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
)
CASE_STATES = ("New", "Working", "Escalated", "Closed")
TASK_STATES = ("Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred")
PRIORITIES = ("High", "Normal", "Low")
ACCOUNT_TYPES = ("Prospect", "Customer", "Partner", "Competitor", "Other")


@dataclass(slots=True, kw_only=True)
class ObjectType:
    """One object: its names, its fields by name, and what may be done with it."""

    name: str
    label: str
    plural: str
    fields: dict[str, Field] = field(default_factory=dict)
    createable: bool = True
    updateable: bool = True
    deletable: bool = True
    mergeable: bool = False
    replicateable: bool = True
    in_bulk: bool = True

    @property
    def prefix(self) -> str:
        """The first three characters of its records' ids."""
        return PREFIXES[self.name]

    def field_named(self, name: str) -> Field | None:
        """The field of that name in any case, as Salesforce looks them up."""
        return self.fields.get(name) or self._by_small_name().get(name.lower())

    def add(self, *fields: Field) -> None:
        """Give it these fields too."""
        self.fields.update((each.name, each) for each in fields)

    def _by_small_name(self) -> dict[str, Field]:
        return {name.lower(): each for name, each in self.fields.items()}


def _object(name: str, plural: str, fields: Iterable[Field], label: str = "") -> ObjectType:
    made = ObjectType(name=name, label=label or name, plural=plural)
    made.add(*fields)
    return made


def _address(prefix: str) -> tuple[Field, ...]:
    compound = f"{prefix}Address"
    parts = (("Street", 255), ("City", 40), ("State", 80), ("PostalCode", 20), ("Country", 80))
    texts = (text(f"{prefix}{part}", f"{prefix} {part}", length, compound=compound) for part, length in parts)
    numbers = (
        number(f"{prefix}{part}", f"{prefix} {part}", 18, 15, compound=compound) for part in ("Latitude", "Longitude")
    )
    whole = plain(compound, f"{prefix} Address", "address", filterable=True, sortable=False, **READ_ONLY)
    return (*texts, *numbers, whole)


def account() -> ObjectType:
    """Account with the standard fields that matter here."""
    fields = (
        *system_fields(),
        # `Name` says it belongs to the compound "Name" though it is none: judge by the type.
        text("Name", "Account Name", 255, compound="Name", nillable=False, name_field=True, is_required=True, permissionable=False),
        reference("MasterRecordId", "Master Record ID", ["Account"], **SEALED),
        picklist("Type", "Account Type", ACCOUNT_TYPES),
        reference("ParentId", "Parent Account ID", ["Account"]),
        *_address("Billing"),
        plain("Phone", "Account Phone", "phone", length=40),
        plain("Website", "Website", "url", length=255),
        picklist("Industry", "Industry", ()),
        number("AnnualRevenue", "Annual Revenue", 18, 0, "currency"),
        plain("NumberOfEmployees", "Employees", "int"),
        long_text("Description", "Account Description"),
        owner(),
        plain("LastActivityDate", "Last Activity", "date", **READ_ONLY),
    )  # fmt: skip
    made = _object("Account", "Accounts", fields)
    made.mergeable = True
    return made


def contact() -> ObjectType:
    """Contact; its `Name` is made of first and last name."""
    fields = (
        *system_fields(),
        reference("MasterRecordId", "Master Record ID", ["Contact"], **SEALED),
        reference("AccountId", "Account ID", ["Account"]),
        text("LastName", "Last Name", 80, compound="Name", nillable=False, is_required=True, permissionable=False),
        text("FirstName", "First Name", 40, compound="Name", permissionable=False),
        text("Name", "Full Name", 121, nillable=False, name_field=True, **SEALED),
        plain("Email", "Email", "email", length=80, id_lookup=True),
        plain("Phone", "Business Phone", "phone", length=40),
        text("Title", "Title", 128),
        flag("HasOptedOutOfEmail", "Email Opt Out"),
        *_address("Mailing"),
        long_text("Description", "Contact Description"),
        owner(),
    )
    made = _object("Contact", "Contacts", fields)
    made.mergeable = True
    return made


def opportunity() -> ObjectType:
    """Opportunity; whether it is closed and won follows from its stage."""
    fields = (
        *system_fields(name_length=120),
        reference("AccountId", "Account ID", ["Account"]),
        picklist("StageName", "Stage", STAGES, nillable=False, is_required=True, permissionable=False),
        number("Amount", "Amount", 18, 2, "currency"),
        number("Probability", "Probability (%)", 3, 0, "percent"),
        plain("CloseDate", "Close Date", "date", nillable=False, is_required=True, permissionable=False),
        picklist("Type", "Opportunity Type", ("New Business", "Existing Business", "Renewal")),
        flag("IsClosed", "Closed", **SEALED),
        flag("IsWon", "Won", **SEALED),
        picklist("ForecastCategory", "Forecast Category", ("Omitted", "Pipeline", "BestCase", "Forecast", "Closed"), **SEALED),
        long_text("Description", "Description"),
        owner(),
    )  # fmt: skip
    return _object("Opportunity", "Opportunities", fields)


def case() -> ObjectType:
    """Case, which a queue may own."""
    fields = (
        *system_fields(),
        text("CaseNumber", "Case Number", 30, nillable=False, name_field=True, auto_number=True, id_lookup=True, **SEALED),
        reference("MasterRecordId", "Master Record ID", ["Case"], **SEALED),
        reference("AccountId", "Account ID", ["Account"]),
        reference("ContactId", "Contact ID", ["Contact"]),
        text("Subject", "Subject", 255),
        picklist("Status", "Status", CASE_STATES, defaulted=True, default="New"),
        picklist("Priority", "Priority", ("High", "Medium", "Low"), defaulted=True, default="Medium"),
        picklist("Origin", "Case Origin", ("Phone", "Email", "Web")),
        picklist("Type", "Case Type", ("Problem", "Question", "Feature Request")),
        flag("IsClosed", "Closed", **SEALED),
        flag("IsEscalated", "Escalated"),
        plain("ClosedDate", "Closed Date", "datetime", **SEALED),
        long_text("Description", "Description"),
        owner(("Group", "User")),
    )  # fmt: skip
    made = _object("Case", "Cases", fields)
    made.mergeable = True
    return made


def task() -> ObjectType:
    """Task; old closed ones are archived and show in `queryAll` alone."""
    fields = (
        *system_fields(),
        text("Subject", "Subject", 255, name_field=True),
        picklist("Status", "Status", TASK_STATES, nillable=False, defaulted=True, default="Not Started", permissionable=False),
        picklist("Priority", "Priority", PRIORITIES, nillable=False, defaulted=True, default="Normal", permissionable=False),
        plain("ActivityDate", "Due Date Only", "date"),
        reference("WhatId", "Related To ID", ["Account", "Case", "Opportunity"]),
        reference("WhoId", "Name ID", ["Contact"]),
        reference("AccountId", "Account ID", ["Account"], **READ_ONLY),
        picklist("TaskSubtype", "Task Subtype", ("Task", "Email", "Call"), defaulted=True, default="Task", createable=True, updateable=False),
        flag("IsClosed", "Closed", **SEALED),
        flag("IsArchived", "Archived", **SEALED),
        long_text("Description", "Description"),
        owner(("Group", "User")),
    )  # fmt: skip
    return _object("Task", "Tasks", fields)


def own_fields() -> dict[str, tuple[Field, ...]]:
    """What the people of the seeded company added, by object."""
    return {
        "Account": (
            text("Tenant__c", "Tenant", 40, external_id=True, id_lookup=True, unique=True),
            number("MRR__c", "MRR", 16, 2, "currency"),
            plain("Renewal_Date__c", "Renewal Date", "date"),
            picklist("Tier__c", "Tier", ("Gold", "Silver", "Bronze"), restricted=True),
            number("Days_To_Renewal__c", "Days To Renewal", 18, 0, formula="Renewal_Date__c - TODAY()", **COMPUTED),
            text("Parent_Name__c", "Parent Name", 1300, formula="Parent.Name", **COMPUTED),
            number("Won_Amount__c", "Won Amount", 18, 2, "currency", **COMPUTED),
        )
    }


def currency_field() -> Field:
    """What records have when the org has several currencies, and lack altogether when it has one."""
    return picklist(
        "CurrencyIsoCode", "Currency ISO Code", ("EUR", "GBP", "USD"), restricted=True, defaulted=True, default="EUR"
    )


def person_fields() -> tuple[Field, ...]:
    """What accounts have when they may be people."""
    return (
        flag("IsPersonAccount", "Is Person Account", **SEALED),
        reference("PersonContactId", "Contact ID", ["Contact"], **SEALED),
        text("FirstName", "First Name", 40),
        text("LastName", "Last Name", 80),
        plain("PersonEmail", "Email", "email", length=80),
        text("Favourite__pc", "Favourite", 80),
    )
