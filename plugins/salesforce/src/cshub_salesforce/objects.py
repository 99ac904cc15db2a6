"""The Salesforce objects that are read, as one table: kind, usual fields, what else the mapping looks at; and the API's limits. No behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cshub import ACCOUNT, CONTACT, DEAL, EVENT, OWNER, TICKET, Kind

#: Limits of the API as documented.
PAGE_LIMIT = 2_000
WRITE_LIMIT = 200
#: Salesforce refuses URI and headers of more than 16 384 bytes together; longer queries travel in a body.
URI_BYTES = 8_000
SOQL_CHARACTERS = 100_000
#: Ids of one query: 180 of 21 characters stay below the 4 000 characters of a condition.
ID_LIMIT = 180
#: Rows of one part of a bulk result.
BULK_PAGE = 5_000

#: Fields by which changes are found, the best first: users and imports can set the second, and processes do not touch it.
STAMPS = ("SystemModstamp", "LastModifiedDate")
DELETED, MASTER, PERSON = "IsDeleted", "MasterRecordId", "IsPersonAccount"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One object and the stream it becomes. `fields` is column → field unless YAML says otherwise, `also` what its mapping looks at besides.

    `settings` is its block in the YAML, None where nothing can be mapped. `spare` are columns whose field an org may lack: only
    orgs with several currencies have one, and a task's kind and time are told by other fields as well.
    """

    name: str
    sobject: str
    kind: Kind
    fields: Mapping[str, str]
    settings: str | None = None
    also: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()


ACCOUNTS = ObjectType(
    name="accounts",
    sobject="Account",
    kind=ACCOUNT,
    settings="accounts",
    fields={
        "name": "Name",
        "domains": "Website",
        "parent": "ParentId",
        "owner": "OwnerId",
        "type": "Type",
        "currency": "CurrencyIsoCode",
        "created_at": "CreatedDate",
    },
    spare=("currency",),
)
CONTACTS = ObjectType(
    name="contacts",
    sobject="Contact",
    kind=CONTACT,
    settings="contacts",
    fields={"email": "Email", "name": "LastName", "role": "Title", "account_id": "AccountId"},
    also=("FirstName",),
)
DEALS = ObjectType(
    name="deals",
    sobject="Opportunity",
    kind=DEAL,
    settings="deals",
    fields={
        "purpose": "Type",
        "amount": "Amount",
        "currency": "CurrencyIsoCode",
        "stage": "StageName",
        "is_closed": "IsClosed",
        "is_won": "IsWon",
        "close_date": "CloseDate",
        "account_id": "AccountId",
    },
    spare=("currency",),
)
TICKETS = ObjectType(
    name="tickets",
    sobject="Case",
    kind=TICKET,
    settings="tickets",
    fields={
        "channel": "Origin",
        "is_open": "IsClosed",
        "priority": "Priority",
        "opened_at": "CreatedDate",
        "closed_at": "ClosedDate",
        "account_id": "AccountId",
        "contact_id": "ContactId",
    },
)
EVENTS = ObjectType(
    name="events",
    sobject="Task",
    kind=EVENT,
    settings="events",
    fields={"name": "Type", "at": "CompletedDateTime", "account_id": "WhatId", "contact_id": "WhoId"},
    also=("TaskSubtype", "ActivityDate", "CreatedDate", "AccountId"),
    spare=("name", "at"),
)
OWNERS = ObjectType(name="owners", sobject="User", kind=OWNER, fields={"email": "Email", "name": "Name"})

OBJECTS: Mapping[str, ObjectType] = {each.name: each for each in (ACCOUNTS, CONTACTS, DEALS, TICKETS, EVENTS, OWNERS)}
