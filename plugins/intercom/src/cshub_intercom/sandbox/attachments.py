"""Which companies a contact belongs to: read, attach, detach."""

from __future__ import annotations

from cshub.testing.sandbox import Response, json_response

from .call import Call, find_company
from .paging import numbered_page
from .refusals import company_not_found, missing, too_many_companies
from .show_company import show_company
from .workspace import CONTACTS
from .writing import touch

PAGE, MOST, COMPANIES_PER_CONTACT = 50, 60, 1_000


def contact_companies(call: Call) -> Response:
    """The companies of a contact, whole, by page number. Clients find them under `data`, the file says `companies`."""
    workspace, contact = call.workspace, call.contact()
    live = workspace.companies.live
    companies = [live[id] for id in workspace.links.companies(contact.id) if id in live]
    taken, pages = numbered_page(companies, call.request, default=PAGE, most=MOST)
    rows = [show_company(workspace, company) for company in taken]
    key = workspace.behaviour.attached_key
    return json_response({"type": "list", key: rows, "total_count": len(companies), "pages": pages})


def attach(call: Call) -> Response:
    """Let a contact belong to the company in the body."""
    workspace, contact = call.workspace, call.contact()
    wanted = call.body().get("id")
    if not wanted:
        raise missing("company not specified")
    company = find_company(workspace, str(wanted))
    joined = workspace.links.companies(contact.id)
    if company.id not in joined and len(joined) >= COMPANIES_PER_CONTACT:
        raise too_many_companies()
    workspace.links.add(contact.id, company.id)
    _moved(call)
    return json_response(show_company(workspace, company))


def detach(call: Call) -> Response:
    """End it."""
    contact, company = call.contact(), find_company(call.workspace, call.params["company_id"])
    if not call.workspace.links.remove(contact.id, company.id):
        raise company_not_found()
    _moved(call)
    return json_response(show_company(call.workspace, company))


def _moved(call: Call) -> None:
    if call.workspace.behaviour.attach_moves_stamp:
        touch(call.workspace, CONTACTS, call.contact())
