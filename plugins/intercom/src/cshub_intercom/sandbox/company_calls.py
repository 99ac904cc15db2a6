"""Calls about companies: the list with its cap, the scroll, single ones, and who belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .moving import move
from .paging import numbered_page
from .records import Record
from .refusals import bad_parameter, company_not_found, invalid, missing, not_found, page_limit, scroll_exists
from .scroll import STUCK, Scroll
from .show_company import show_company
from .workspace import COMPANIES
from .writing import create, spend, update

LIST_PAGE, FILTERED_PAGE, MOST = 20, 15, 60
TEXTS, NUMBERS = ("name", "plan", "website", "industry"), ("size", "remote_created_at")
UPDATABLE = frozenset({*TEXTS, "size", "custom_attributes", "monthly_spend"})
CREATABLE = UPDATABLE | {"company_id", "remote_created_at", "update_last_request_at"}


def list_companies(call: Call) -> Response:
    """Companies with users, the one that was in touch last first. Stops at its cap."""
    cap = call.workspace.behaviour.company_list_cap

    def check(page: int, size: int) -> None:
        if (page - 1) * size >= cap:
            raise page_limit()

    rows = sorted(_visible(call), key=lambda record: (record.number("last_request_at"), record.id))
    if call.request.arg("order") != "asc":
        rows.reverse()
    answer = _listed(call, rows, LIST_PAGE, check)
    move(call.workspace, COMPANIES)
    return answer


def find_companies(call: Call) -> Response:
    """Companies by name, by our id, by tag or by segment; 404 where the first two find none."""
    request, rows = call.request, _visible(call)
    name, company_id = request.arg("name"), request.arg("company_id")
    if name is not None or company_id is not None:
        rows = [
            row for row in call.workspace.companies if _is(row, "name", name) and _is(row, "company_id", company_id)
        ]
        if not rows:
            raise company_not_found()
    tag, segment = request.arg("tag_id"), request.arg("segment_id")
    if tag is not None:
        rows = [row for row in rows if tag in row.tags]
    if segment is not None:
        members = {id for group in call.workspace.segments if group.id == segment for id in group.members}
        rows = [row for row in rows if row.id in members]
    return _listed(call, rows, FILTERED_PAGE, None)


def scroll(call: Call) -> Response:
    """The next page of the workspace's one scroll; without a parameter the first page of a new one."""
    workspace, now_ms = call.workspace, call.workspace.clock.now_ms()
    param, opened = call.request.arg("scroll_param"), call.workspace.scroll
    if opened and opened.expired(now_ms):
        opened = workspace.scroll = None
    if param is None:
        if opened:
            raise scroll_exists()
        hidden = workspace.behaviour.scroll_leaves_out
        ids = [record.id for record in (_visible(call) if hidden else workspace.companies)]
        made = uuid.UUID(int=workspace.random.getrandbits(128), version=4)
        opened = workspace.scroll = Scroll(str(made), ids, now_ms)
    elif opened and param == STUCK:
        opened.place = 0
    elif opened is None or opened.failed or param != opened.param:
        raise not_found("Scroll Parameter")
    return _scrolled(call, opened)


def get_company(call: Call) -> Response:
    """The company by Intercom's id."""
    return _shown(call, call.company())


def create_company(call: Call) -> Response:
    """The company with that id of ours, made or changed."""
    body = call.body()
    values, custom = _values(body, CREATABLE)
    company_id = values.get("company_id")
    if not company_id:
        raise missing("company_id not specified")
    found = next((row for row in call.workspace.companies if row.text("company_id") == company_id), None)
    if body.get("update_last_request_at") is True:
        values["last_request_at"] = call.workspace.now()
    if found is None:
        return _shown(call, create(call.workspace, COMPANIES, values, custom))
    update(call.workspace, COMPANIES, found, values, custom)
    return _shown(call, found)


def update_company(call: Call) -> Response:
    """Change what is in the body; our id can no longer be changed."""
    company = call.company()
    values, custom = _values(call.body(), UPDATABLE)
    update(call.workspace, COMPANIES, company, values, custom)
    return _shown(call, company)


def delete_company(call: Call) -> Response:
    """Archive the company: gone at once, its contacts leave it a little later."""
    company = call.company()
    call.workspace.companies.delete(company.id, call.workspace.now())
    call.workspace.detach_later(company.id)
    return json_response({"id": company.id, "object": "company", "deleted": True})


def company_segments(call: Call) -> Response:
    """The segments of a company."""
    company = call.company()
    rows = [group.as_json() for group in call.workspace.segments if company.id in group.members]
    return json_response({"type": "list", "data": rows})


def _scrolled(call: Call, opened: Scroll) -> Response:
    workspace = call.workspace
    ids = opened.take(workspace.behaviour.scroll_page, workspace.clock.now_ms())
    rows = [show_company(workspace, workspace.companies.live[id]) for id in ids if id in workspace.companies.live]
    if not ids:
        workspace.scroll = None
        if workspace.behaviour.scroll_end == "404":
            raise not_found("Scroll Parameter")
    move(workspace, COMPANIES)
    return json_response(
        {"type": "list", "data": rows, "pages": None, "total_count": None, "scroll_param": opened.param}
    )


def _visible(call: Call) -> list[Record]:
    workspace = call.workspace
    return [record for record in workspace.companies if workspace.users(record.id)]


def _is(record: Record, name: str, wanted: str | None) -> bool:
    return wanted is None or record.text(name) == wanted


def _listed(call: Call, rows: list[Record], default: int, check: Callable[[int, int], None] | None) -> Response:
    taken, pages = numbered_page(rows, call.request, default=default, most=MOST, check=check)
    data = [show_company(call.workspace, record) for record in taken]
    return json_response({"type": "list", "data": data, "pages": pages, "total_count": len(rows)})


def _values(body: Mapping[str, JSON], known: frozenset[str]) -> tuple[dict[str, JSON], dict[str, JSON]]:
    for name in body:
        if name not in known:
            raise bad_parameter(name)
    custom = body.get("custom_attributes") or {}
    if not isinstance(custom, dict) or any(isinstance(value, list | dict) for value in custom.values()):
        raise bad_parameter("custom_attributes")
    kept = {name: body[name] for name in (*TEXTS, *NUMBERS, "company_id") if name in body}
    for name, value in kept.items():
        wanted = int if name in NUMBERS else str
        if value is not None and (not isinstance(value, wanted) or isinstance(value, bool)):
            raise invalid(f"{name} is not valid", name)
    if "monthly_spend" in body:
        kept["monthly_spend"] = spend(body["monthly_spend"])
    return kept, custom


def _shown(call: Call, company: Record) -> Response:
    return json_response(show_company(call.workspace, company))
