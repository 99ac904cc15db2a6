"""Calls about single conversations and tickets, and the list of the deleted ones."""

from __future__ import annotations

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .paging import numbered_page
from .refusals import not_found
from .show_conversation import show_whole
from .show_ticket import show_ticket
from .workspace import CONVERSATIONS, TICKETS

DELETED_PAGE, DELETED_MOST = 20, 60


def get_conversation(call: Call) -> Response:
    """The conversation with its newest parts; one just deleted is gone with them."""
    conversation = call.workspace.tables[CONVERSATIONS].live.get(call.params["id"])
    if conversation is None:
        raise not_found()
    plain = call.request.arg("display_as") == "plaintext"
    return json_response(show_whole(call.workspace, conversation, call.version, plain=plain))


def deleted_conversations(call: Call) -> Response:
    """The ids of what was deleted, the last first, by page number."""
    deleted = call.workspace.tables[CONVERSATIONS].deleted
    ordered = sorted(
        deleted.items(), key=lambda item: (item[1][1], item[0]), reverse=call.request.arg("order") != "asc"
    )
    taken, pages = numbered_page(ordered, call.request, default=DELETED_PAGE, most=DELETED_MOST, refuses_more=True)
    rows: list[JSON] = [
        {"type": "conversation", "id": id, "metrics_retained": False, "deleted_at": at} for id, (_, at) in taken
    ]
    body: dict[str, JSON] = {"type": "conversations.list", "conversations": rows, "total_count": len(ordered)}
    return json_response(body | {"pages": pages})


def get_ticket(call: Call) -> Response:
    """The ticket by its id, which is not the number people see."""
    ticket = call.workspace.tables[TICKETS].live.get(call.params["id"])
    if ticket is None:
        raise not_found()
    return json_response(show_ticket(call.workspace, ticket, call.version))
