"""The Intercom double: state, access, limits and version behind one function from request to response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cshub.testing.sandbox import (
    JSON,
    Fault,
    FaultKind,
    PageShape,
    Request,
    Response,
    SandboxClock,
    WriteLog,
)

from . import hands
from .access import Access
from .behaviour import Behaviour
from .call import Call
from .limits import Meter
from .merging import merge_contacts
from .records import Record
from .refusals import (
    Headers,
    Refused,
    named,
    not_found,
    plan_restricted,
    scroll_failed,
    server_error,
    unauthorized,
    version_invalid,
)
from .routes import routes
from .show_company import show_company
from .show_contact import show_contact
from .show_conversation import show_conversation
from .show_ticket import show_ticket
from .versions import version_of
from .workspace import COMPANIES, CONTACTS, CONVERSATIONS, Workspace

SCROLL = "/companies/scroll"
#: Where lists keep their rows, by the first part of their path; elsewhere it is `data`.
ROWS = {
    "conversations": "conversations",
    "tickets": "tickets",
    "admins": "admins",
    "teams": "teams",
    "segments": "segments",
}


class Intercom:
    """An Intercom workspace as its API shows it.

    `workspace` is the state, `access` the token, `meter` the limit. `ids` maps the keys of the seeded company to ids here, so
    that tests know the truth.
    """

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int = 7) -> None:
        self._own_version = _checked(behaviour.version)
        self.workspace = Workspace(clock=clock, behaviour=behaviour, seed=seed)
        self.access = Access(behaviour, token=f"dG9rOnNhbmRib3hf{seed:08d}OjE6MA==")
        self.meter = Meter(clock, behaviour.limits)
        self.ids: dict[str, str] = {}
        self._routes = routes()
        self._last_path = ""

    @property
    def page_shape(self) -> PageShape:
        """Where the list answered last keeps its rows and cursor: cursor, page number and scroll differ."""
        path = self._last_path
        rows = (ROWS.get(path.split("/")[1] if path else "", "data"),)
        if path == SCROLL:
            return PageShape(rows=rows, cursor=("scroll_param",), link=("scroll_param",))
        if path.startswith("/companies/list") or path in ("/companies", "/conversations/deleted"):
            return PageShape(rows=rows, cursor=("pages", "next"), link=("pages", "next"))
        if path.startswith("/contacts/") and path.endswith("/companies"):
            return PageShape(
                rows=(self.workspace.behaviour.attached_key,), cursor=("pages", "next"), link=("pages", "next")
            )
        return PageShape(rows=rows, cursor=("pages", "next", "starting_after"), link=("pages", "next", "url"))

    @property
    def writes(self) -> WriteLog:
        """Every field written so far."""
        return self.workspace.writes

    def answer(self, request: Request) -> Response:
        """Carry out one call."""
        self._last_path = request.path
        self.workspace.settle()
        headers: Headers = ()
        try:
            self.access.check(request, request.path.split("/")[1])
            headers = self.meter.count()
            answer = self._answered(request)
            return replace(answer, headers=(*answer.headers, *headers))
        except Refused as refused:
            return refused.response(self.workspace.request_id(), headers)

    def complain(self, fault: Fault, request: Request) -> Response:
        """Intercom's own words for a fault; whatever fails with 500 within a scroll ends it."""
        refused = self._complaint(fault, request)
        if request.path == SCROLL and refused.status >= 500:
            self._break_scroll()
        return refused.response(self.workspace.request_id())

    def objects(self) -> dict[str, int]:
        """Live records per object type."""
        return {name: len(table.live) for name, table in self.workspace.tables.items()}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        """Every live record of a type as the workspace's own version shows it, nested lists whole and merges told.

        Raises KeyError for an unknown type.
        """
        live = self.workspace.tables[object_type].live
        return [self._shown(object_type, live[id]) for id in sorted(live, key=lambda id: (len(id), id))]

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        """Make a record as a person would; `hands.add` says what may be given beside values."""
        try:
            return hands.add(self.workspace, object_type, values).id
        except Refused as refused:
            raise ValueError(refused.message) from refused

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        """Change a record as a person would."""
        try:
            hands.edit(self.workspace, object_type, self.workspace.tables[object_type].live[record_id], values)
        except Refused as refused:
            raise ValueError(refused.message) from refused

    def remove(self, object_type: str, record_id: str) -> None:
        """Delete a record as a person would."""
        hands.remove(self.workspace, object_type, record_id)

    def merge(self, object_type: str, record_id: str, into: str) -> str:
        """Merge a contact into another as a person would, users as well as leads; nothing else can be merged."""
        if object_type != CONTACTS:
            raise ValueError(f"Intercom cannot merge {object_type}")
        return merge_contacts(self.workspace, record_id, into).id

    def restore(self, object_type: str, record_id: str) -> None:
        """Bring a deleted or archived contact or company back as a person would."""
        hands.restore(self.workspace, object_type, record_id)

    def _answered(self, request: Request) -> Response:
        asked = request.headers.get("intercom-version")
        version = version_of(asked) if asked else self._own_version
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise self._no_route(request)
        if version < found.handler.since:
            raise version_invalid()
        call = Call(workspace=self.workspace, request=request, params=found.params, version=version)
        return found.handler.endpoint(call)

    def _no_route(self, request: Request) -> Refused:
        return named("method_not_allowed") if self._routes.methods(request.path) else not_found()

    def _complaint(self, fault: Fault, request: Request) -> Refused:
        if fault.kind is FaultKind.RATE_LIMITED:
            return self.meter.refusal(retry_after=fault.retry_after)
        if fault.kind is FaultKind.UNAUTHORIZED:
            return unauthorized()
        if fault.kind is FaultKind.MISSING_SCOPE:
            return plan_restricted()
        if fault.kind is FaultKind.NAMED:
            return named(fault.name)
        return scroll_failed() if request.path == SCROLL else server_error(fault.status)

    def _break_scroll(self) -> None:
        scroll = self.workspace.scroll
        if scroll is None or self.workspace.behaviour.scroll_freed_by_500:
            self.workspace.scroll = None
        else:
            scroll.failed = True

    def _shown(self, object_type: str, record: Record) -> dict[str, JSON]:
        if object_type == COMPANIES:
            return show_company(self.workspace, record)
        if object_type == CONTACTS:
            return show_contact(self.workspace, record, self._own_version, history=True, whole=True)
        show = show_conversation if object_type == CONVERSATIONS else show_ticket
        return show(self.workspace, record, self._own_version)


def _checked(version: str) -> tuple[int, int]:
    try:
        return version_of(version)
    except Refused as refused:
        raise ValueError(refused.message) from refused
