"""The Salesforce double: the org, its sessions and limits behind one function from request to response."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from cshub import ConfigError
from cshub.testing.sandbox import JSON, Fault, FaultKind, PageShape, Request, Response, SandboxClock, WriteLog

from . import versions, writing
from .access import Access, is_token_path, refusal_of_login
from .behaviour import Behaviour
from .call import Call, Site
from .errors import ERRORS
from .ids import full_id
from .ingest_jobs import IngestJobs
from .jobs import Jobs
from .limits import Meter
from .locators import Locators
from .merging import merge_records
from .org import Org
from .records import Record, Table
from .refusals import Headers, Refused, expired, refused
from .routes import routes
from .showing import shown
from .sight import Sight

#: Of the URI, and of the URI with all headers.
MOST_BYTES = 16_384
#: What people work with, as `objects()` counts it.
DATA = ("Account", "Contact", "Opportunity", "Case", "Task", "User")


class Salesforce:
    """An org as its API shows it.

    `org` is the state, `access` the sessions, `meter` the limits, `locators` the open
    queries, `ids` the seeded company's keys with the ids they got here.
    """

    page_shape = PageShape(rows=("records",), cursor=("nextRecordsUrl",), link=("nextRecordsUrl",))

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int = 7) -> None:
        self.org = Org(clock=clock, behaviour=behaviour, seed=seed)
        self.access = Access(self.org, seed)
        self.meter = Meter(self.org)
        self.locators = Locators(self.org)
        self.ids: dict[str, str] = {}
        self._routes = routes()
        self._site = Site(
            org=self.org,
            sight=Sight(self.org),
            tooling=Sight(self.org, tooling=True),
            access=self.access,
            meter=self.meter,
            locators=self.locators,
            jobs=Jobs(self.org),
            ingest=IngestJobs(self.org),
            again=self._again,
        )

    @property
    def writes(self) -> WriteLog:
        """Every field written so far."""
        return self.org.writes

    def answer(self, request: Request) -> Response:
        """Carry out one call."""
        self.org.settle()
        try:
            return self._answer(request)
        except Refused as refusal:
            return self._told(refusal.response(), request)

    def complain(self, fault: Fault, request: Request) -> Response:
        """Salesforce's own words for a fault. A login knows no missing right: it is carried out, the call after it is not."""
        if fault.kind is FaultKind.NAMED:
            return self._named(fault.name, request)
        if fault.kind is FaultKind.MISSING_SCOPE:
            return self.answer(request) if is_token_path(request.path) else self._named("INSUFFICIENT_ACCESS", request)
        if fault.kind is FaultKind.UNAUTHORIZED:
            refusal = refusal_of_login() if is_token_path(request.path) else expired()
            return self._told(refusal.response(), request)
        if fault.kind is FaultKind.RATE_LIMITED:
            # There is no Retry-After in this API; the header stands only where a test asks for it.
            retry: Headers = (("Retry-After", fault.retry_after),) if fault.retry_after else ()
            answer = self._named("CONCURRENT_REQUESTS", request)
            return replace(answer, headers=(*answer.headers, *retry))
        return replace(self._named("SERVER_UNAVAILABLE", request), status=fault.status)

    def objects(self) -> dict[str, int]:
        """Live records per object."""
        return {name: sum(1 for _ in self.org.tables[name].live) for name in DATA}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        """Every live record of an object with all its values, `id` beside `Id`. Raises KeyError for an unknown object."""
        table = self.org.tables[object_type]
        return [self._dumped(table, record) for record in sorted(table.live, key=lambda record: record.id)]

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        """Make a record as a person would."""
        try:
            return writing.create(self._site.sight, self.org.tables[object_type], values, "human").id
        except Refused as refusal:
            raise _mistake(refusal) from refusal

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        """Change a record as a person would."""
        table = self.org.tables[object_type]
        try:
            writing.update(self._site.sight, table, self._live(table, record_id), values, "human")
        except Refused as refusal:
            raise _mistake(refusal) from refusal

    def remove(self, object_type: str, record_id: str) -> None:
        """Put a record into the recycle bin as a person would."""
        table = self.org.tables[object_type]
        try:
            writing.delete(self.org, table, self._live(table, record_id), "human")
        except Refused as refusal:
            raise _mistake(refusal) from refusal

    def merge(self, object_type: str, record_id: str, into: str) -> str:
        """Merge a record into another; the other lives on."""
        table = self.org.tables[object_type]
        master = self._live(table, into)
        merge_records(self.org, table, self._live(table, record_id), master)
        return master.id

    def restore(self, object_type: str, record_id: str) -> None:
        """Undelete a record that is in the recycle bin."""
        table = self.org.tables[object_type]
        record = table.records[full_id(record_id) or record_id]
        if not record.is_deleted:
            raise KeyError(record_id)
        writing.undelete(self.org, table, record)

    def hide_field(self, name: str) -> None:
        """Take the right to see a field (`Account.Industry`) from the user of the API; no record's stamp moves."""
        self.org.hidden_fields.add(name)
        self.org.schema_ms = self.org.now_ms

    def show_field(self, name: str) -> None:
        """Give that right back; no record's stamp moves."""
        self.org.hidden_fields.discard(name)
        self.org.schema_ms = self.org.now_ms

    def _answer(self, request: Request) -> Response:
        _check_length(request)
        if is_token_path(request.path):
            return self._login(request)
        if request.path.rstrip("/") == "/services/data" and request.method == "GET":
            return versions.versions()
        version, path = versions.split(request.path)
        self.access.check(request)
        self.meter.count()
        return self._told(self._called(request, version, path), request)

    def _again(self, request: Request) -> Response:
        """A call inside another one."""
        try:
            version, path = versions.split(request.path)
            return self._called(request, version, path)
        except Refused as refusal:
            return refusal.response()

    def _called(self, request: Request, version: str, path: str) -> Response:
        found = self._routes.find(request.method, path)
        if found is None:
            raise self._no_route(request, path)
        if request.method in ("POST", "PATCH") and not _is_json(request):
            raise refused(415, "UNSUPPORTED_MEDIA_TYPE", "Content type is not supported: send application/json")
        return found.handler(Call(site=self._site, request=request, params=found.params, version=version))

    def _no_route(self, request: Request, path: str) -> Refused:
        known = self._routes.methods(path)
        if known:
            allowed = ",".join(sorted(known))
            return refused(
                405, "METHOD_NOT_ALLOWED", f"HTTP Method '{request.method}' not allowed. Allowed are {allowed}"
            )
        return refused(404, "NOT_FOUND", "The requested resource does not exist")

    def _login(self, request: Request) -> Response:
        if request.method != "POST":
            raise refused(405, "METHOD_NOT_ALLOWED", "send a form by POST")
        is_token = request.path.rstrip("/").endswith("/token")
        return self.access.token(request) if is_token else self.access.revoke(request)

    def _told(self, answer: Response, request: Request) -> Response:
        """The answer with the header about limits, which stands on everything but the login."""
        if is_token_path(request.path):
            return answer
        return replace(answer, headers=(*answer.headers, *self.meter.headers()))

    def _named(self, name: str, request: Request) -> Response:
        if name not in ERRORS:
            raise ConfigError(f"no error named {name!r}", hint=f"there are {', '.join(ERRORS)}")
        return self._told(ERRORS[name].response(), request)

    def _dumped(self, table: Table, record: Record) -> dict[str, JSON]:
        row: dict[str, JSON] = {"id": record.id}
        for field in table.type.fields.values():
            if not field.is_compound:
                row[field.name] = shown(field, self.org.value(table.name, record.values, field))
        return row

    def _live(self, table: Table, record_id: str) -> Record:
        record = table.get(full_id(record_id))
        if record is None:
            raise KeyError(record_id)
        return record


def _check_length(request: Request) -> None:
    uri = len(request.path.encode()) + len(request.query_string)
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers.items())
    if uri > MOST_BYTES:
        raise refused(414, "URI_TOO_LONG", "URI Too Long")
    if uri + headers > MOST_BYTES:
        raise refused(431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large")


def _is_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return not request.body or kind in ("", "application/json")


def _mistake(refusal: Refused) -> ValueError:
    return ValueError("; ".join(f"{each.code}: {each.message}" for each in refusal.problems))
