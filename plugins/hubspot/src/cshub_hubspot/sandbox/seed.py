"""Fills an account: with the seeded company, or with rows a test brings along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cshub.testing.company import Account, Company, Contact, Deal, Response, Ticket
from cshub.testing.company import Owner as Colleague

from .association_types import PARENT_TO_CHILD
from .catalog import own_property
from .links import Links
from .pipelines import RENEWAL_PIPELINE
from .portal import Owner, Portal
from .records import Record, Table
from .times import iso, parse_instant, to_ms
from .twins import seed_twins

Row = Mapping[str, str]
STAGE = {"customer": "customer", "partner": "other", "competitor": "other"}
PROSPECT_STAGES = ("lead", "opportunity")
PRIORITY = {"low": "LOW", "normal": "MEDIUM", "high": "HIGH", "urgent": "URGENT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Which part of the company stands here: tickets, survey answers, records that stand twice.

    `crm_ids` are the ids that accounts have in the first CRM, by key.
    """

    tickets: bool = True
    surveys: bool = False
    twins: bool = False
    crm_ids: Mapping[str, str] = field(default_factory=dict)


def seed_company(portal: Portal, company: Company, shown: Shown | None = None) -> dict[str, str]:
    """Project the seeded company into the account. Returns its keys → ids here; a merged twin has its survivor's."""
    shown = shown or Shown()
    ids: dict[str, str] = {}
    for place, owner in enumerate(company.owners):
        portal.owners.append(_owner(owner, place))
        ids[owner.key] = portal.owners[-1].id
    companies = ((a.key, _company(a, ids, shown.crm_ids), a.created_at, a.changed_at) for a in company.accounts)
    _load(portal, "companies", companies, ids)
    if shown.twins:
        seed_twins(portal, company, ids)
    _load(portal, "contacts", ((c.key, _contact(c, ids), c.created_at, c.changed_at) for c in company.contacts), ids)
    _load(portal, "deals", ((d.key, _deal(d, ids), d.created_at, d.changed_at) for d in company.deals), ids)
    if shown.tickets:
        _load(portal, "tickets", ((t.key, _ticket(t, ids), t.opened_at, t.changed_at) for t in company.tickets), ids)
    if shown.surveys:
        rows = ((r.key, _feedback(r), r.answered_at, r.changed_at) for r in company.responses)
        _load(portal, "feedback_submissions", rows, ids)
    _link(portal, company, ids)
    return ids


def seed_rows(portal: Portal, object_type: str, rows: Iterable[Row]) -> list[str]:
    """Add rows of property values as they are; unknown properties become text properties of the account's own.

    Stamps are those in `createdate` and in the type's modified property when a row has them (ISO or epoch ms), else
    the clock's. Returns the ids in the order of the rows.
    """
    table = portal.tables[object_type]
    made = [_row_record(portal, table, row) for row in rows]
    known = table.schema.properties
    unknown = dict.fromkeys(name for record in made for name in record.values if name not in known)
    table.schema.add(own_property(name) for name in unknown)
    table.load(made)
    return [str(record.id) for record in made]


def _row_record(portal: Portal, table: Table, row: Row) -> Record:
    values = {name: str(value) for name, value in row.items() if value not in ("", None)}
    now = iso(portal.clock.now_ms())
    created = parse_instant(values.pop(table.created, now))
    modified = parse_instant(values.pop(table.stamp, now))
    if table.name == "companies":
        values.setdefault("lifecyclestage", "customer")
    return Record(portal.new_id(table.name), values, created, modified)


def _load(
    portal: Portal,
    object_type: str,
    rows: Iterable[tuple[str, dict[str, str], datetime, datetime]],
    ids: dict[str, str],
) -> None:
    records = []
    for key, values, created, changed in rows:
        record = Record(portal.new_id(object_type), values, to_ms(created), to_ms(changed))
        ids[key] = str(record.id)
        records.append(record)
    portal.tables[object_type].load(records)


def _owner(owner: Colleague, place: int) -> Owner:
    return Owner(
        id=str(41_000_000 + 13 * place),
        user_id=7_100_000 + 17 * place,
        email=owner.email,
        first_name=owner.first_name,
        last_name=owner.last_name,
        archived=not owner.active,
    )


def _company(account: Account, ids: Mapping[str, str], crm_ids: Mapping[str, str]) -> dict[str, str]:
    return _filled(
        name=account.name,
        domain=account.domain,
        website=account.domain,
        type=account.kind.upper(),
        lifecyclestage=STAGE.get(account.kind) or PROSPECT_STAGES[account.employees % 2 == 0],
        industry=account.industry,
        country=account.country,
        numberofemployees=str(account.employees),
        hubspot_owner_id=ids[account.owner],
        customer_id=account.external_id,
        mrr=_number(account.mrr),
        renewal_date=_day(account.renewal_date),
        salesforceaccountid=crm_ids.get(account.key) if account.is_synced else None,
    )


def _contact(contact: Contact, ids: Mapping[str, str]) -> dict[str, str]:
    seen = iso(to_ms(contact.last_seen_at)) if contact.last_seen_at else None
    return _filled(
        email=contact.email,
        firstname=contact.first_name,
        lastname=contact.last_name,
        jobtitle=contact.role,
        hs_email_domain=contact.email.partition("@")[2] if contact.email else None,
        contact_external_id=contact.key,
        associatedcompanyid=ids[contact.account] if contact.linked else None,
        notes_last_contacted=seen,
        notes_last_updated=seen,
        hs_last_sales_activity_timestamp=seen,
    )


def _deal(deal: Deal, ids: Mapping[str, str]) -> dict[str, str]:
    is_renewal = deal.purpose == "renewal"
    stage = "closedwon" if deal.is_won else "closedlost" if deal.is_closed else "contractsent"
    return _filled(
        dealname=deal.name,
        amount=_number(deal.amount),
        deal_currency_code=deal.currency,
        pipeline=RENEWAL_PIPELINE if is_renewal else "default",
        dealstage="135002" if is_renewal else stage,
        closedate=f"{deal.close_date.isoformat()}T12:00:00.000Z",
        dealtype="newbusiness" if deal.purpose == "new" else "existingbusiness",
        hubspot_owner_id=ids[deal.owner],
        hs_is_closed=str(deal.is_closed).lower(),
        hs_is_closed_won=str(deal.is_won).lower(),
    )


def _ticket(ticket: Ticket, ids: Mapping[str, str]) -> dict[str, str]:
    reply = ticket.first_reply_s
    return _filled(
        subject=ticket.subject,
        hs_pipeline="0",
        hs_pipeline_stage=("1" if reply is None else "3") if ticket.is_open else "4",
        hs_ticket_priority=PRIORITY[ticket.priority],
        source_type=ticket.channel.upper(),
        hubspot_owner_id=ids[ticket.owner],
        hs_is_closed=str(not ticket.is_open).lower(),
        closed_date=iso(to_ms(ticket.closed_at)) if ticket.closed_at else None,
        time_to_first_agent_reply=None if reply is None else str(reply * 1000),
        first_agent_reply_date=None if reply is None else iso(to_ms(ticket.opened_at + timedelta(seconds=reply))),
    )


def _feedback(said: Response) -> dict[str, str]:
    submitted = iso(to_ms(said.answered_at))
    return _filled(
        hs_survey_type=said.metric.upper(),
        hs_value=str(said.value),
        hs_content=said.comment,
        hs_submission_timestamp=submitted,
    )


def _link(portal: Portal, company: Company, ids: Mapping[str, str]) -> None:
    links = portal.links
    for account in company.accounts:
        if account.parent:
            child, parent = int(ids[account.key]), int(ids[account.parent])
            links.add("companies", parent, "companies", child, [PARENT_TO_CHILD])
            portal.tables["companies"].live[child].values["hs_parent_company_id"] = str(parent)
    for contact in company.contacts:
        if contact.linked:
            links.add("contacts", int(ids[contact.key]), "companies", int(ids[contact.account]))
    for deal in company.deals:
        links.add("deals", int(ids[deal.key]), "companies", int(ids[deal.account]))
    _link_tickets(links, (each for each in company.tickets if each.key in ids), ids)
    _link_surveys(links, (each for each in company.responses if each.key in ids), ids)


def _link_tickets(links: Links, tickets: Iterable[Ticket], ids: Mapping[str, str]) -> None:
    for ticket in tickets:
        if ticket.linked:
            links.add("tickets", int(ids[ticket.key]), "companies", int(ids[ticket.account]))
        if ticket.contact:
            links.add("tickets", int(ids[ticket.key]), "contacts", int(ids[ticket.contact]))


def _link_surveys(links: Links, responses: Iterable[Response], ids: Mapping[str, str]) -> None:
    for response in responses:
        number = int(ids[response.key])
        links.add("contacts", int(ids[response.contact]), "feedback_submissions", number)
        if "external_id" in response.carries:
            links.add("companies", int(ids[response.account]), "feedback_submissions", number)


def _filled(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}" if value < 100_000 else f"{value:.0f}"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
