"""Fills a workspace with what the seeded company keeps in it: companies, contacts, teammates. Its cases are in `seed_cases`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from cshub.testing.company import Account, Company, Contact, Twin
from cshub.testing.company import Owner as Colleague
from cshub.testing.sandbox import JSON

from .hands import generated_company_id
from .people import Admin, Segment, Tag, Team
from .records import Record
from .seed_cases import seed_cases
from .times import seconds
from .workspace import COMPANIES, CONTACTS, Workspace

#: Every so many: prospects shown here, contacts who belong to a second company, accounts in no hurry to say their size,
#: contacts whose sign-up lies decades ahead (as was recorded), and those with a tag.
PROSPECTS, SHARED, SIZELESS, FAR_AHEAD, VIPS = 4, 40, 5, 90, 15
TAGS = ("VIP", "Churn risk", "Feature request", "Bug")
PLANS = ("Starter", "Growth", "Enterprise")
DECADES = timedelta(days=30 * 365)


def seed_company(workspace: Workspace, company: Company) -> dict[str, str]:
    """Project the seeded company into the workspace. Returns its keys → ids here, also of what was deleted or merged."""
    ids: dict[str, str] = {}
    _seed_people(workspace, company, ids)
    _seed_attributes(workspace)
    shown = [account for place, account in enumerate(company.accounts) if _is_shown(account, place)]
    for account in shown:
        values = {"monthly_spend": int(account.mrr or 0)} | _company(workspace, account)
        made = _put(workspace, COMPANIES, values, seconds(account.created_at), seconds(account.changed_at))
        made.custom = {"country": account.country}
        ids[account.key] = made.id
    customers = {account.key for account in company.customers}
    contacts = [contact for contact in company.contacts if contact.account in customers]
    _seed_contacts(workspace, contacts, ids)
    for twin in company.twins:
        if twin.system == "support":
            _seed_twin(workspace, twin, contacts, ids)
    _seed_activity(workspace, company, contacts, ids)
    seed_cases(workspace, company, ids)
    for record in workspace.contacts:
        workspace.publish(record, at_once=True)
    workspace.settle()
    return ids


def _is_shown(account: Account, place: int) -> bool:
    return account.kind == "customer" or (account.kind == "prospect" and place % PROSPECTS == 0)


def _seed_people(workspace: Workspace, company: Company, ids: dict[str, str]) -> None:
    for place, owner in enumerate(company.owners):
        workspace.admins.append(_admin(owner, place))
        ids[owner.key] = workspace.admins[-1].id
    halves = workspace.admins[::2], workspace.admins[1::2]
    for place, members in enumerate(halves):
        numbers = tuple(int(admin.id) for admin in members if not admin.left)
        workspace.teams.append(Team(id=str(5_017_691 + place), name=("Support", "Success")[place], admin_ids=numbers))
    for place, name in enumerate(TAGS):
        workspace.tags[str(102 + place)] = Tag(id=str(102 + place), name=name)


def _admin(owner: Colleague, place: int) -> Admin:
    return Admin(
        id=str(991_267_459 + 7 * place),
        name=f"{owner.first_name} {owner.last_name}",
        email=owner.email,
        team_ids=(5_017_691 + place % 2,),
        left=not owner.active,
    )


def _seed_attributes(workspace: Workspace) -> None:
    workspace.catalog.add("company", "country", "string", workspace.born)
    workspace.catalog.add("company", "renewal_date", "date", workspace.born)
    workspace.catalog.add("contact", "job_title", "string", workspace.born)
    workspace.catalog.add("contact", "trial_ends_at", "date", workspace.born)
    workspace.catalog.add("contact", "tier", "options", workspace.born, options=("gold", "silver"))


def _company(workspace: Workspace, account: Account) -> dict[str, JSON]:
    """Half of them know their website; those without an id of ours were made by hand in Intercom."""
    place = int(account.key.rpartition("-")[2])
    is_made_by_hand = account.external_id is None
    values: dict[str, JSON] = {
        "name": account.support_name,
        "company_id": generated_company_id(workspace) if is_made_by_hand else account.external_id,
        "website": account.domain if place % 2 else None,
        "industry": account.industry.replace("_", " ").title(),
        "size": None if place % SIZELESS == 0 else account.employees,
        "plan": PLANS[place % 3] if account.mrr else None,
        "remote_created_at": None if is_made_by_hand else seconds(account.created_at),
    }
    return values


def _seed_contacts(workspace: Workspace, contacts: Sequence[Contact], ids: dict[str, str]) -> None:
    emails = {contact.key: contact.email for contact in contacts}
    for place, contact in enumerate(contacts):
        email = emails.get(contact.duplicate_of or "") or contact.email
        made = _put(
            workspace,
            CONTACTS,
            _contact(contact, email, place),
            seconds(contact.created_at),
            seconds(contact.changed_at),
        )
        if email:
            made.custom = {"job_title": contact.role}
        ids[contact.key] = made.id
        if contact.linked:
            workspace.links.add(made.id, ids[contact.account])
        if contact.linked and place % SHARED == SHARED - 1:
            workspace.links.add(made.id, ids[contacts[place - SHARED + 1].account])


def _contact(contact: Contact, email: str | None, place: int) -> dict[str, JSON]:
    """A lead has no address and no name, and still the id of ours; two users may share an address."""
    seen = seconds(contact.last_seen_at) if contact.last_seen_at else None
    signed_up = contact.created_at + (DECADES if place % FAR_AHEAD == FAR_AHEAD - 1 else timedelta())
    return {
        "role": "user" if email else "lead",
        "external_id": contact.key,
        "email": email,
        "name": f"{contact.first_name} {contact.last_name}" if email else None,
        "signed_up_at": seconds(signed_up),
        "last_seen_at": seen,
        "last_replied_at": seen if place % 3 == 0 else None,
    }


def _seed_twin(workspace: Workspace, twin: Twin, contacts: Sequence[Contact], ids: dict[str, str]) -> None:
    """A second company. Companies cannot be merged: where a person cleaned up, the second was deleted."""
    values: dict[str, JSON] = {
        "name": twin.name,
        "company_id": generated_company_id(workspace),
        "website": twin.domain,
    }
    made = _put(workspace, COMPANIES, values, seconds(twin.created_at), seconds(twin.changed_at))
    ids[twin.key] = made.id
    if twin.is_merged:
        workspace.companies.delete(made.id, seconds(twin.changed_at))
        return
    member = next((contact for contact in contacts if contact.account == twin.account and contact.linked), None)
    if member:
        workspace.links.add(ids[member.key], made.id)


def _seed_activity(workspace: Workspace, company: Company, contacts: Sequence[Contact], ids: Mapping[str, str]) -> None:
    """When a company was last in touch, its segments and tags."""
    seen: dict[str, int] = defaultdict(int)
    for contact in contacts:
        if contact.last_seen_at and contact.linked:
            seen[ids[contact.account]] = max(seen[ids[contact.account]], seconds(contact.last_seen_at))
    for id, stamp in seen.items():
        record = workspace.companies.live[id]
        record.values = {**record.values, "last_request_at": stamp}
    risky = [ids[account.key] for account in company.told("at_risk")]
    for id in risky[::2]:
        workspace.companies.live[id].tags.append("103")
    segment_id = f"{workspace.born:08x}{workspace.random.getrandbits(64):016x}"
    made = Segment(id=segment_id, name="At risk", created_at=workspace.born, members=frozenset(risky))
    workspace.segments.append(made)
    for contact in [*workspace.contacts][::VIPS]:
        contact.tags.append("102")


def _put(workspace: Workspace, object_type: str, values: Mapping[str, JSON], created: int, changed: int) -> Record:
    kept: dict[str, JSON] = {name: value for name, value in values.items() if value is not None}
    record = Record(workspace.new_id(object_type, created), kept, created, changed)
    workspace.tables[object_type].live[record.id] = record
    return record
