"""A small org behind a transport, for tests of single parts: tables, describe, the few forms of queries the connector sends, bulk results.

No double of the vendor: it knows no rights, no limits and no times, and answers what a test puts in its way (`instead`).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

from cshub.testing import ManualClock
from cshub_salesforce.ids import full

Record = dict[str, Any]
#: Looks at a request before the org does; None leaves it to the org.
Answers = Callable[[httpx.Request], httpx.Response | None]

_SOQL = re.compile(
    r"SELECT (?P<fields>.+?) FROM (?P<name>\w+)(?: WHERE (?P<where>.+?))?(?: ORDER BY (?P<order>[\w, ]+?))?(?: LIMIT (?P<limit>\d+))?"
)
_TOKEN = re.compile(r"'(?:[^'\\]|\\.)*'|\d{4}-\d\d-\d\dT[\d:.]+Z|[A-Za-z_]\w*|>=|[=>(),]")
_WORDS = {"AND": "and", "OR": "or", "TRUE": "True", "FALSE": "False", "IN": "in", "=": "=="}
_PREFIXES = {"Account": "001", "Contact": "003", "Opportunity": "006", "Case": "500", "Task": "00T", "User": "005"}
_FIELDS = {
    "Account": "Name Type:picklist Website:url ParentId:reference OwnerId:reference MasterRecordId:reference MRR__c:currency "
    "Tier__c:string Score__c:double:calculated Active__c:boolean Renewal__c:date BillingAddress:address",
    "Contact": "AccountId:reference Email:email FirstName LastName Title MasterRecordId:reference",
    "Opportunity": "AccountId:reference StageName:picklist IsClosed:boolean IsWon:boolean CloseDate:date Amount:currency "
    "Type:picklist RecordTypeId:reference",
    "Case": "AccountId:reference ContactId:reference Status:picklist IsClosed:boolean Priority:picklist Origin:picklist "
    "ClosedDate:datetime MasterRecordId:reference",
    "Task": "Type:picklist TaskSubtype:picklist WhatId:reference WhoId:reference AccountId:reference ActivityDate:date "
    "CompletedDateTime:datetime",
    "User": "Email:email Name",
}
_SYSTEM = "Id:id IsDeleted:boolean CreatedDate:datetime LastModifiedDate:datetime SystemModstamp:datetime"
URL = "https://acme.my.salesforce.com"


def field(text: str) -> Record:
    """`Name:type:calculated` as describe shows a field."""
    name, type, calculated = [*text.split(":"), "string", ""][:3] if ":" in text else (text, "string", "")
    return {
        "name": name,
        "label": name,
        "type": type,
        "length": 255,
        "updateable": name not in ("Id", "IsDeleted", "SystemModstamp") and not calculated,
        "filterable": True,
        "sortable": True,
        "calculated": calculated == "calculated",
        "custom": name.endswith("__c"),
        "permissionable": True,
        "picklistValues": [],
    }


class Org(httpx.BaseTransport):
    """The org. `requests` are all that came in, `page_size` how many records a page has, `usage` the daily calls."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.tables: dict[str, dict[str, Record]] = {name: {} for name in _FIELDS}
        self.fields = {
            name: {each["name"]: each for each in map(field, f"{_SYSTEM} {text}".split())}
            for name, text in _FIELDS.items()
        }
        self.record_types: list[Record] = []
        self.requests: list[httpx.Request] = []
        self.instead: list[Answers] = []
        self.page_size = 2_000
        self.usage = "api-usage=18/15000"
        self.instance_url = URL
        self.scope = "api"
        self.tokens = 0
        self._rest: dict[str, list[Record]] = {}
        self._jobs: dict[str, list[Record]] = {}
        self._made = 0

    # --- what people do ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> str:
        return stamp(self.clock.now())

    def add(self, name: str, **values: Any) -> str:
        self._made += 1
        id = full(f"{_PREFIXES[name]}dM{self._made:010d}")
        times = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), self.now)
        self.tables[name][id] = {"Id": id, "IsDeleted": False, **times, **values}
        return id

    def edit(self, name: str, id: str, **values: Any) -> None:
        self.tables[name][id] |= {**values, "SystemModstamp": self.now}

    # --- what comes over the wire --------------------------------------------------------------------------------------

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        for look in self.instead:
            if (found := look(request)) is not None:
                return self._dated(found)
        return self._dated(self._answer(request))

    def forget(self) -> None:
        self.requests.clear()

    @property
    def asked(self) -> list[str]:
        """Method and path of each request, the login aside."""
        return [f"{each.method} {each.url.path}" for each in self.requests if each.url.path != "/services/oauth2/token"]

    @property
    def queries(self) -> list[str]:
        """The text of each query sent in a URL."""
        return [each.url.params["q"] for each in self.requests if "q" in each.url.params]

    def _dated(self, response: httpx.Response) -> httpx.Response:
        now = format_datetime(self.clock.now(), usegmt=True)
        headers = {"date": now, "sforce-limit-info": self.usage, **response.headers}
        return httpx.Response(response.status_code, headers=headers, content=response.content)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/services/oauth2/token":
            return self._token()
        if path == "/services/data":
            return httpx.Response(200, json=[{"version": "65.0"}, {"version": "66.0"}])
        tail = path.removeprefix("/services/data/v66.0/")
        if tail in ("query", "queryAll"):
            return self.page(self.select(request.url.params["q"], deleted=tail == "queryAll"), request.url.params["q"])
        if tail.startswith("query/"):
            return self._more(tail.removeprefix("query/"))
        if tail.startswith("sobjects/") and tail.endswith("/describe"):
            return self._describe(tail.split("/")[1])
        if tail == "composite":
            return self._composite(json.loads(request.content))
        if tail.startswith("jobs/query"):
            return self._bulk(request, tail.split("/")[2:])
        if tail == "composite/sobjects" and request.method == "PATCH":
            return httpx.Response(200, json=[self._update(each) for each in json.loads(request.content)["records"]])
        return error(404, "NOT_FOUND", "The requested resource does not exist")

    def _token(self) -> httpx.Response:
        self.tokens += 1
        org = f"{URL}/id/00D000000000062EAA/005dM0000000001QAA"
        said = {"access_token": f"00D!token{self.tokens}", "instance_url": self.instance_url, "id": org}
        return httpx.Response(200, json={**said, "scope": self.scope, "token_type": "Bearer"})

    def select(self, soql: str, *, deleted: bool) -> list[Record]:
        found = _SOQL.fullmatch(soql)
        assert found, f"a query this org does not know: {soql}"
        fields = found["fields"].split(", ")
        table = self.tables.get(found["name"], {})
        where = eval(f"lambda r: {condition(found['where'])}") if found["where"] else lambda r: True  # noqa: S307 - of our own making
        rows = [row for row in table.values() if (deleted or not row["IsDeleted"]) and where(row)]
        for key in reversed((found["order"] or "Id").split(", ")):
            rows.sort(key=lambda row, key=key: row[key])  # type: ignore[misc]  # a default binds the loop's own key
        unknown = set(fields) - set(self.fields.get(found["name"], fields)) - {"COUNT()"}
        assert not unknown, f"fields that {found['name']} does not have: {unknown}"
        limit = int(found["limit"] or len(rows))
        return [{name: row.get(name) for name in fields} for row in rows[:limit]]

    def page(self, rows: list[Record], soql: str) -> httpx.Response:
        if "COUNT()" in soql:
            return httpx.Response(200, json={"totalSize": len(rows), "done": True, "records": []})
        head, rest = rows[: self.page_size], rows[self.page_size :]
        said: Record = {"totalSize": len(rows), "done": not rest, "records": head}
        if rest:
            self._made += 1
            locator = f"0r8-{self._made}"
            self._rest[locator] = rest
            said["nextRecordsUrl"] = f"/services/data/v66.0/query/{locator}"
        return httpx.Response(200, json=said)

    def _more(self, locator: str) -> httpx.Response:
        if locator not in self._rest:
            return error(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return self.page(self._rest[locator], "")

    def lose_locators(self) -> None:
        self._rest.clear()

    def lose_jobs(self) -> None:
        self._jobs = {f"lost {id}": rows for id, rows in self._jobs.items()}

    def _describe(self, name: str) -> httpx.Response:
        if name not in self.fields:
            return error(404, "NOT_FOUND", "The requested resource does not exist")
        fields = list(self.fields[name].values())
        said = {"name": name, "queryable": True, "fields": fields, "recordTypeInfos": self.record_types}
        return httpx.Response(200, json=said)

    def _composite(self, body: Record) -> httpx.Response:
        url = urlsplit(body["compositeRequest"][0]["url"])
        inner = self.page(self.select(dict(parse_qsl(url.query))["q"], deleted=url.path.endswith("All")), "")
        part = {"body": inner.json(), "httpHeaders": {}, "httpStatusCode": 200, "referenceId": "rows"}
        return httpx.Response(200, json={"compositeResponse": [part]})

    def _bulk(self, request: httpx.Request, parts: list[str]) -> httpx.Response:
        if not parts:
            soql = json.loads(request.content)["query"]
            id = f"750{len(self._jobs):012d}"
            self._jobs[id] = self.select(soql, deleted=True)
            return httpx.Response(200, json={"id": id, "state": "UploadComplete"})
        rows = self._jobs.get(parts[0])
        if rows is None:
            return error(404, "NOT_FOUND", "The requested resource does not exist")
        if parts[1:] != ["results"]:
            said = {"id": parts[0], "state": "JobComplete", "numberRecordsProcessed": len(rows)}
            return httpx.Response(200, json=said)
        start, most = int(request.url.params.get("locator") or 0), int(request.url.params["maxRecords"])
        lot = rows[start : start + min(most, self.page_size)]
        after = start + len(lot)
        locator = str(after) if after < len(rows) else "null"
        headers = {"Sforce-Locator": locator, "Sforce-NumberOfRecords": str(len(lot)), "Content-Type": "text/csv"}
        return httpx.Response(200, headers=headers, content=as_csv(lot, list(rows[0]) if rows else []))

    def _update(self, record: Record) -> Record:
        assert next(iter(record)) == "attributes", "the first key must be attributes"
        found = self.tables[record["attributes"]["type"]].get(record["id"])
        if found is None or found["IsDeleted"]:
            return failed("ENTITY_IS_DELETED", "entity is deleted")
        values = {name: value for name, value in record.items() if name not in ("attributes", "id")}
        self.edit(record["attributes"]["type"], record["id"], **values)
        return {"id": record["id"], "success": True, "errors": []}


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def error(status: int, code: str, message: str) -> httpx.Response:
    return httpx.Response(status, json=[{"message": message, "errorCode": code}])


def failed(code: str, message: str) -> Record:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def condition(where: str) -> str:
    """A WHERE of the connector's own forms as Python."""
    return " ".join(_word(each, where) for each in _TOKEN.findall(where))


def _word(token: str, where: str) -> str:
    if token[0] == "'":
        return repr(unescaped(token[1:-1]))
    if token[0].isdigit():
        return repr(token.replace("Z", ".000+0000") if "." not in token else token.replace("Z", "+0000"))
    if token in _WORDS:
        return _WORDS[token]
    return f"r[{token!r}]" if token[0].isalpha() else token


def unescaped(text: str) -> str:
    """What a SOQL literal means; an escape that SOQL does not know is an error."""
    plain = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
    return re.sub(
        r"\\(?:u([0-9A-F]{4})|(.))",
        lambda found: chr(int(found[1], 16)) if found[1] else plain[found[2]],
        text,
        flags=re.DOTALL,
    )


def as_csv(rows: list[Record], columns: list[str]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"\.000\+0000$", ".000Z", str(value))
