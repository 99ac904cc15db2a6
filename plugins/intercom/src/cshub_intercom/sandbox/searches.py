"""The three searches, and the lists that page as they do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .documents import conversation_document, ticket_document
from .fields import CONVERSATION_FIELDS, TICKET_FIELDS, contact_fields
from .moving import move
from .paging import asked, cursor_page, place_of
from .query import Dialect, Document
from .records import Record
from .refusals import invalid, invalid_sort_order
from .show_contact import show_contact
from .show_conversation import show_conversation
from .show_ticket import show_ticket
from .times import UTC_ZONE
from .versions import V2_16, V2_17
from .workspace import CONTACTS, CONVERSATIONS, TICKETS, Workspace

ORDERS = {"ascending": False, "descending": True}
CONTACT_PAGE, CONVERSATION_PAGE, TICKET_PAGE = 50, 20, 20
Found = Iterable[tuple[Document, Record]]


def list_contacts(call: Call) -> Response:
    """Every contact, the newest first."""
    workspace = call.workspace
    records = [*workspace.contacts.live.values()]
    if workspace.behaviour.archived_listed:
        records += workspace.contacts.archived.values()
    field = workspace.behaviour.list_order
    rows = [
        (place_of(item.created_at if field == "created_at" else item.updated_at, item.id), item) for item in records
    ]
    page = asked(call.request.arg("per_page"), call.request.arg("starting_after"), CONTACT_PAGE)
    taken, pages = cursor_page(rows, page, descending=True, last=workspace.behaviour.last_page)
    answer = _contacts(call, taken, pages, len(rows))
    move(workspace, CONTACTS)
    return answer


def search_contacts(call: Call) -> Response:
    """Contacts by their fields as the index knows them, days up to 2.16, moments from 2.17 on."""
    workspace = call.workspace
    zone = workspace.zone if call.version < V2_17 else UTC_ZONE
    dialect = Dialect(fields=contact_fields(workspace.catalog, call.version), zone=zone)
    contacts = workspace.contacts
    known = contacts.known if workspace.behaviour.archived_listed else contacts.live.get
    seen = ((hit.fields, known(hit.id)) for hit in workspace.index)
    found = ((fields, record) for fields, record in seen if record is not None)
    taken, pages, total = _searched(call, dialect, found, CONTACT_PAGE, workspace.behaviour.list_order)
    answer = _contacts(call, taken, pages, total)
    move(workspace, CONTACTS)
    return answer


def list_conversations(call: Call) -> Response:
    """Every conversation, the one changed last first."""
    records = call.workspace.tables[CONVERSATIONS].live.values()
    rows = [(place_of(record.updated_at, record.id), record) for record in records]
    page = asked(call.request.arg("per_page"), call.request.arg("starting_after"), CONVERSATION_PAGE)
    taken, pages = cursor_page(rows, page, descending=True, last=call.workspace.behaviour.last_page)
    return _conversations(call, taken, pages, len(rows))


def search_conversations(call: Call) -> Response:
    """Conversations by their fields, times to the second."""
    workspace = call.workspace
    dialect = Dialect(fields=CONVERSATION_FIELDS, zone=workspace.zone, gt_is_gte=workspace.behaviour.gt_is_gte)
    found = ((conversation_document(record), record) for record in workspace.tables[CONVERSATIONS])
    return _conversations(call, *_searched(call, dialect, found, CONVERSATION_PAGE, "updated_at"))


def search_tickets(call: Call) -> Response:
    """Tickets by their fields, times to the second."""
    workspace = call.workspace
    dialect = Dialect(fields=TICKET_FIELDS, zone=workspace.zone, gt_is_gte=workspace.behaviour.gt_is_gte)
    found = ((ticket_document(record), record) for record in workspace.tables[TICKETS])
    taken, pages, total = _searched(call, dialect, found, TICKET_PAGE, "updated_at")
    rows = [show_ticket(workspace, record, call.version) for record in taken]
    answer = json_response({"type": "ticket.list", "tickets": rows, "total_count": total, "pages": pages})
    move(workspace, TICKETS)
    return answer


def company_contacts(call: Call) -> Response:
    """The contacts of a company."""
    company = call.company()
    rows = [(place_of(record.created_at, record.id), record) for record in call.workspace.users(company.id)]
    page = asked(call.request.arg("per_page"), call.request.arg("starting_after"), CONTACT_PAGE)
    taken, pages = cursor_page(rows, page, descending=True, last=call.workspace.behaviour.last_page)
    return _contacts(call, taken, pages, len(rows))


def _searched(
    call: Call, dialect: Dialect, found: Found, size: int, order_by: str
) -> tuple[list[Record], dict[str, JSON], int]:
    # Only the body pages: what stands in the query string is not even looked at, and page 1 comes back.
    body = call.body()
    asks = dialect.read(body.get("query"))
    field, descending = _sort(call, body.get("sort"), order_by)
    if field not in dialect.fields:
        raise invalid(f"Field '{field}' cannot be sorted by", "sort")
    rows = [(place_of(fields.get(field), record.id), record) for fields, record in found if asks(fields)]
    wanted = body.get("pagination")
    paging: Mapping[str, JSON] = wanted if isinstance(wanted, dict) else {}
    page = asked(paging.get("per_page"), paging.get("starting_after"), size)
    taken, pages = cursor_page(rows, page, descending=descending, last=call.workspace.behaviour.last_page)
    return taken, pages, len(rows)


def _sort(call: Call, sort: JSON, order_by: str) -> tuple[str, bool]:
    if not isinstance(sort, dict):
        return order_by, True
    order = str(sort.get("order") or "descending")
    if order not in ORDERS and call.version >= V2_16:
        raise invalid_sort_order(order)
    return str(sort.get("field") or order_by), ORDERS.get(order, not order.startswith("asc"))


def _contacts(call: Call, taken: list[Record], pages: dict[str, JSON], total: int) -> Response:
    history = call.asks_history()
    rows: list[JSON] = [show_contact(call.workspace, record, call.version, history=history) for record in taken]
    return json_response({"type": "list", "data": rows, "total_count": total, "pages": pages})


def _conversations(call: Call, taken: list[Record], pages: dict[str, JSON], total: int) -> Response:
    workspace: Workspace = call.workspace
    rows = [show_conversation(workspace, record, call.version) for record in taken]
    answer = json_response({"type": "conversation.list", "conversations": rows, "total_count": total, "pages": pages})
    move(workspace, CONVERSATIONS)
    return answer
