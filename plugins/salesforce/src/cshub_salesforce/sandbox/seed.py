"""Fills an org: with the seeded company, or with rows of account fields a test brings along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cshub.testing.company import Account, Company, Contact, Deal, Ticket, Twin
from cshub.testing.company import Owner as Colleague

from .effects import derive, won_amount
from .fields import Row, Value, text
from .org import Org
from .records import Record, Table
from .times import parse_instant, to_ms
from .values import stored

CASE_PRIORITIES = {"low": "Low", "normal": "Medium", "high": "High", "urgent": "High"}
CASE_ORIGINS = {"phone": "Phone", "form": "Web", "email": "Email", "chat": "Web"}
OPPORTUNITY_TYPES = {"new": "New Business", "renewal": "Renewal", "expansion": "Existing Business"}
#: Monthly revenue from which a customer is of a tier.
TIERS = ((4_000.0, "Gold"), (1_500.0, "Silver"), (0.0, "Bronze"))
#: Every so many customers have a task, open and closed in turn; the closed ones become older and older.
TASK_STEP = 5
_COMPANY_FIELDS = {"name": "Name", "customer_id": "Tenant__c"}
SEED_STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")


def seed_people(org: Org) -> None:
    """The organization, the user of the API, an administrator and a queue, which every org has."""
    now = org.now_ms
    _put(
        org,
        "Organization",
        {"Name": "Acme", "OrganizationType": "Enterprise Edition", "IsSandbox": False},
        now,
        now,
        org.id,
    )
    _put(org, "User", _user("Integration", "User", "cshub@acme.example", "integ"), now, now, org.integration_user)
    _put(org, "User", _user("Ada", "Admin", "admin@acme.example", "admin"), now, now, org.administrator)
    _put(org, "Group", {"Name": "Support", "DeveloperName": "Support", "Type": "Queue"}, now, now)


def seed_person(org: Org) -> None:
    """An account that is a person, with the contact that mirrors it."""
    names: Row = {"FirstName": "Pat", "LastName": "Person"}
    contact_id, account_id = org.new_id("Contact"), org.new_id("Account")
    person: Row = {"IsPersonAccount": True, "PersonContactId": contact_id, "PersonEmail": "pat@mail.example"}
    own: Row = {"OwnerId": org.administrator}
    _put(org, "Account", {**names, **person, **own}, org.now_ms, org.now_ms, account_id)
    mirrored: Row = {**names, "Email": "pat@mail.example", "AccountId": account_id, **own}
    _put(org, "Contact", mirrored, org.now_ms, org.now_ms, contact_id)


def seed_company(org: Org, company: Company) -> dict[str, str]:
    """Project the seeded company into the org. Returns its keys → ids here."""
    ids: dict[str, str] = {}
    for owner in company.owners:
        ids[owner.key] = _put(org, "User", _colleague(owner), org.now_ms - 1_000, org.now_ms)
    for account in company.accounts:
        values = _account(account, ids)
        ids[account.key] = _put(org, "Account", values, to_ms(account.created_at), to_ms(account.changed_at))
    for contact in company.contacts:
        values = _contact(contact, ids)
        ids[contact.key] = _put(org, "Contact", values, to_ms(contact.created_at), to_ms(contact.changed_at))
    for deal in company.deals:
        ids[deal.key] = _put(
            org, "Opportunity", _opportunity(deal, ids), to_ms(deal.created_at), to_ms(deal.changed_at)
        )
    for place, ticket in enumerate(ticket for ticket in company.tickets if ticket.system == "crm"):
        values = {**_case(ticket, ids), "CaseNumber": f"{place + 1_000:08d}"}
        ids[ticket.key] = _put(org, "Case", values, to_ms(ticket.opened_at), to_ms(ticket.changed_at))
    for twin in (twin for twin in company.twins if twin.system == "crm"):
        ids[twin.key] = _twin(org, twin, ids, company)
    _tasks(org, company, ids)
    for account in company.accounts:
        record = org.tables["Account"].records[ids[account.key]]
        record.values["Won_Amount__c"] = won_amount(org, record.id)
    return ids


def as_account(company: Mapping[str, str]) -> dict[str, str]:
    """A company's `name` and `customer_id` as the fields of an account; others keep their names."""
    return {_COMPANY_FIELDS.get(name, name): value for name, value in company.items()}


def seed_accounts(org: Org, rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Add accounts with these fields; a field Salesforce does not have becomes a text of the org's own.

    `CreatedDate` and `SystemModstamp` are taken where a row has them. Accounts are customers unless their row says
    otherwise. Returns the ids in the order of the rows.
    """
    table = org.tables["Account"]
    made = []
    for row in rows:
        own = {**_known(table, row), "OwnerId": row.get("OwnerId") or org.administrator}
        own.setdefault("Type", "Customer")
        stamps = {name: parse_instant(row[name]) for name in SEED_STAMPS if row.get(name)}
        created = stamps.get("CreatedDate", org.now_ms)
        made.append(_put(org, "Account", own, created, stamps.get("SystemModstamp", org.now_ms)))
    return made


def _known(table: Table, row: Mapping[str, str]) -> Row:
    values: Row = {}
    for name, value in row.items():
        if name in SEED_STAMPS or value in ("", None):
            continue
        if table.type.field_named(name) is None:
            table.type.add(text(name, name.removesuffix("__c").replace("_", " ")))
        field = table.type.fields[name]
        values[name] = stored(field, value)
    return values


def _put(org: Org, name: str, values: Row, created_ms: int, changed_ms: int, record_id: str = "") -> str:
    """A record that has always been there: it is in no log, and queries see it at once."""
    table = org.tables[name]
    record_id = record_id or org.new_id(name)
    row: Row = {field.name: field.default for field in table.type.fields.values() if field.default is not None}
    people: Row = {"CreatedById": org.administrator, "LastModifiedById": org.administrator}
    stamps: Row = {"CreatedDate": created_ms, "LastModifiedDate": changed_ms, "SystemModstamp": changed_ms}
    # A field that the org does not have is not kept: there is no currency where there is one for all.
    known: Row = {key: value for key, value in values.items() if key in table.type.fields}
    row |= {**people, **stamps, **known, "Id": record_id, "IsDeleted": bool(values.get("IsDeleted"))}
    row |= derive(org, name, row)
    table.add(Record(record_id, row))
    return record_id


def _user(first: str, last: str, email: str, alias: str) -> Row:
    names: Row = {"FirstName": first, "LastName": last, "Email": email, "Username": email, "Alias": alias}
    return {**names, "IsActive": True, "UserType": "Standard"}


def _colleague(owner: Colleague) -> Row:
    return {**_user(owner.first_name, owner.last_name, owner.email, owner.key[:8]), "IsActive": owner.active}


def _account(account: Account, ids: Mapping[str, str]) -> Row:
    return {
        "Name": account.name,
        "Type": account.kind.capitalize(),
        "Website": f"https://www.{account.domain}" if account.domain else None,
        "ParentId": ids[account.parent] if account.parent else None,
        "OwnerId": ids[account.owner],
        "CurrencyIsoCode": account.currency,
        "Industry": account.industry.replace("_", " ").title(),
        "NumberOfEmployees": account.employees,
        "BillingCountry": account.country,
        "Tenant__c": account.external_id,
        "MRR__c": account.mrr,
        "Renewal_Date__c": account.renewal_date.isoformat() if account.renewal_date else None,
        "Tier__c": _tier(account.mrr),
    }


def _tier(mrr: float | None) -> Value:
    return None if mrr is None else next(name for least, name in TIERS if mrr >= least)


def _contact(contact: Contact, ids: Mapping[str, str]) -> Row:
    return {
        "FirstName": contact.first_name,
        "LastName": contact.last_name,
        "Email": contact.email.lower() if contact.email else None,
        "Title": contact.role,
        "AccountId": ids[contact.account] if contact.linked else None,
        "OwnerId": _first_owner(ids),
    }


def _first_owner(ids: Mapping[str, str]) -> str:
    return next(iter(ids.values()))


def _opportunity(deal: Deal, ids: Mapping[str, str]) -> Row:
    closed = "Closed Won" if deal.is_won else "Closed Lost"
    return {
        "Name": deal.name[:120],
        "AccountId": ids[deal.account],
        "StageName": closed if deal.is_closed else "Negotiation/Review",
        "Probability": (100.0 if deal.is_won else 0.0) if deal.is_closed else 60.0,
        "Amount": deal.amount,
        "CurrencyIsoCode": deal.currency,
        "CloseDate": deal.close_date.isoformat(),
        "Type": OPPORTUNITY_TYPES[deal.purpose],
        "OwnerId": ids[deal.owner],
    }


def _case(ticket: Ticket, ids: Mapping[str, str]) -> Row:
    return {
        "Subject": ticket.subject,
        "AccountId": ids[ticket.account] if ticket.linked else None,
        "ContactId": ids[ticket.contact] if ticket.contact else None,
        "Status": ("New" if ticket.first_reply_s is None else "Working") if ticket.is_open else "Closed",
        "Priority": CASE_PRIORITIES[ticket.priority],
        "IsEscalated": ticket.priority == "urgent",
        "Origin": CASE_ORIGINS[ticket.channel],
        "ClosedDate": to_ms(ticket.closed_at) if ticket.closed_at else None,
        "OwnerId": ids[ticket.owner],
    }


def _twin(org: Org, twin: Twin, ids: Mapping[str, str], company: Company) -> str:
    """A second record of an account: merged into the first by now, or still standing there as a prospect."""
    first = org.tables["Account"].records[ids[twin.account]]
    values: Row = {
        "Name": twin.name,
        "Type": "Prospect",
        "Website": f"https://www.{twin.domain}" if twin.domain else None,
        "OwnerId": first.values["OwnerId"],
    }
    created, changed = to_ms(twin.created_at), to_ms(twin.changed_at)
    if not twin.is_merged:
        return _put(org, "Account", values, created, changed)
    merged_at = max(twin.changed_at, company.now - timedelta(days=10))
    gone: Row = {"IsDeleted": True, "MasterRecordId": first.id}
    record_id = _put(org, "Account", {**values, **gone}, created, to_ms(merged_at))
    org.tables["Account"].records[record_id].deleted_ms = to_ms(merged_at)
    return record_id


def _tasks(org: Org, company: Company, ids: Mapping[str, str]) -> None:
    for place, account in enumerate(company.customers[::TASK_STEP]):
        is_closed = place % 2 == 1
        due = company.now - timedelta(days=30 * place) if is_closed else company.now + timedelta(days=7)
        _put(
            org,
            "Task",
            _task(account, ids, due, is_closed=is_closed),
            to_ms(account.created_at),
            to_ms(account.changed_at),
        )


def _task(account: Account, ids: Mapping[str, str], due: datetime, *, is_closed: bool) -> Row:
    return {
        "Subject": f"Call {account.name}",
        "Status": "Completed" if is_closed else "Not Started",
        "Priority": "Normal",
        "ActivityDate": due.date().isoformat(),
        "WhatId": ids[account.key],
        "OwnerId": ids[account.owner],
    }
