"""The HubSpot double: state, access and limits behind one function from request to response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cshub import ConfigError
from cshub.testing.sandbox import (
    JSON,
    Fault,
    FaultKind,
    PageShape,
    Request,
    Response,
    SandboxClock,
    WriteLog,
    json_response,
)

from . import life, writing
from .access import Access, check_scopes
from .behaviour import Behaviour
from .call import Call, plural
from .generations import CLASSIC
from .limits import Headers, Meter
from .named_errors import ERRORS
from .portal import Portal
from .refusals import Refused, bad_request, missing_scopes, not_found, rate_limit, search_limit, unauthorized
from .routes import READ_ONLY, Entry, routes
from .showing import show

URL_LIMIT = 8_000
TOKEN_PATHS = frozenset({"/oauth/v1/token", "/oauth/v3/token", "/oauth/2026-03/token", "/oauth/2026-09/token"})


class HubSpot:
    """A HubSpot account as its API shows it; `portal` is the state, `access` the tokens, `meter` the limits."""

    page_shape = PageShape(rows=("results",), cursor=("paging", "next", "after"), link=("paging", "next", "link"))

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int = 7) -> None:
        self.portal = Portal(clock=clock, behaviour=behaviour, seed=seed)
        self.access = Access(self.portal, behaviour.scopes)
        self.meter = Meter(self.portal)
        #: Keys of the seeded company → ids here.
        self.ids: dict[str, str] = {}
        self._routes = routes()

    @property
    def writes(self) -> WriteLog:
        """Every field written so far."""
        return self.portal.writes

    def answer(self, request: Request) -> Response:
        """Carry out one call."""
        self.portal.settle()
        try:
            return self._answer(request)
        except Refused as refused:
            return self._refusal(refused)

    def complain(self, fault: Fault, request: Request) -> Response:
        """HubSpot's own words for a fault. Raises ConfigError for a name that `ERRORS` does not have."""
        if fault.kind is FaultKind.NAMED:
            if fault.name not in ERRORS:
                raise ConfigError(f"no error named {fault.name!r}", hint=f"there are {', '.join(ERRORS)}")
            return self._refusal(ERRORS[fault.name])
        if fault.kind is FaultKind.RATE_LIMITED:
            is_search = request.path.endswith("/search") and not fault.retry_after
            return self._refusal(search_limit() if is_search else rate_limit(retry_after=fault.retry_after))
        if fault.kind is FaultKind.UNAUTHORIZED:
            return self._refusal(unauthorized(expired=True))
        if fault.kind is FaultKind.MISSING_SCOPE:
            return self._refusal(missing_scopes(["crm.objects.companies.read"]))
        return self._refusal(Refused(fault.status, "internal error", "INTERNAL_ERROR"))

    def objects(self) -> dict[str, int]:
        """Live records per object type."""
        return {name: len(table.live) for name, table in self.portal.tables.items()}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        """Every live record of a type with all its values. Raises KeyError for an unknown type."""
        table = self.portal.tables[object_type]
        records = table.page(0, len(table.live), archived=False)
        return [show(self.portal, table, record, tuple(table.schema.properties)) for record in records]

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        """Make a record as a person would."""
        try:
            return str(writing.create(self.portal, self.portal.tables[object_type], values, "human").id)
        except Refused as refused:
            raise ValueError(refused.message) from refused

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        """Change a record as a person would; read-only properties may be set too."""
        table = self.portal.tables[object_type]
        try:
            writing.update(self.portal, table, table.live[int(record_id)], values, "human")
        except Refused as refused:
            raise ValueError(refused.message) from refused

    def remove(self, object_type: str, record_id: str) -> None:
        """Archive a record as a person would."""
        life.archive(self.portal, object_type, int(record_id))

    def merge(self, object_type: str, record_id: str, into: str) -> str:
        """Merge a record into another as a person would; see `Restless`."""
        return str(life.merge(self.portal, object_type, int(record_id), int(into)))

    def restore(self, object_type: str, record_id: str) -> None:
        """Bring an archived record back as a person would, for 90 days; see `Restless`."""
        self.portal.settle()
        life.restore(self.portal, object_type, int(record_id))

    def _answer(self, request: Request) -> Response:
        if len(request.path) + len(request.query_string) > URL_LIMIT:
            raise Refused(414, "Request-URI Too Long", "URI_TOO_LONG")
        if request.path in TOKEN_PATHS and request.method == "POST":
            return self.access.refresh(Call(portal=self.portal, request=request, params={}, generation=CLASSIC))
        token = self.access.token_of(request.headers)
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise self._no_route(request)
        entry = found.handler
        call = Call(portal=self.portal, request=request, params=found.params, generation=entry.generation)
        object_type = found.params.get("type", "")
        check_scopes(token, entry.scopes(object_type, entry.action))
        headers: Headers = ()
        if entry.is_search:
            self.meter.count_search()
        else:
            headers = self.meter.count(token)
        return self._called(entry, call, headers)

    def _called(self, entry: Entry, call: Call, headers: Headers) -> Response:
        if entry.action == "write" and call.params.get("type") in READ_ONLY:
            raise bad_request(f"{plural(call.params['type'])} cannot be written")
        try:
            answer = entry.endpoint(call)
        except Refused as refused:
            answer = self._refusal(refused)
        return replace(answer, headers=(*answer.headers, *headers))

    def _no_route(self, request: Request) -> Refused:
        if self._routes.methods(request.path):
            return Refused(405, "Method Not Allowed", "METHOD_NOT_ALLOWED")
        return not_found()

    def _refusal(self, refused: Refused) -> Response:
        if refused.page is not None:
            headers = (("Content-Type", "text/html"), *refused.headers)
            return Response(status=refused.status, headers=headers, body=refused.page.encode())
        recorded = self.portal.behaviour.answers == "recorded"
        body = refused.body(self.portal.correlation_id(), recorded=recorded)
        return json_response(body, refused.status, refused.headers)
