"""Every call the connector makes, one function each, and the parts of an answer they share. What to do with it is decided elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from cshub import JSON, Answer, Client, RequestRefused, VendorError, VendorTrouble

from .explain import explain
from .login import Identity, Session
from .objects import SOQL_CHARACTERS, URI_BYTES
from .paths import VERSIONS, Paths
from .quota import Quota

#: Refusals of a whole call that are about what stands in it.
_ABOUT_RECORDS = (400,)


class Api:
    """Salesforce's API as far as it is used here. Errors are raised as `explain` says; a 2xx answer comes back.

    With `stream`, calls are counted for it and stop before the reserve of daily calls.
    """

    def __init__(self, session: Session, quota: Quota, paths: Paths, stream: str | None = None) -> None:
        self._session = session
        self._quota = quota
        self._paths = paths
        self._stream = stream

    def reading(self, stream: str) -> Api:
        """The same for reading a stream."""
        return Api(self._session, self._quota, self._paths, stream)

    @property
    def identity(self) -> Identity:
        """Whose org and user this is."""
        return self._session.identity

    @property
    def usage(self) -> tuple[int, int] | None:
        """Daily calls (used, allowed) by the newest answer."""
        return self._quota.usage

    def versions(self) -> Answer:
        """The API versions of the org."""
        return self._send("GET", VERSIONS, "versions")

    def describe(self, sobject: str) -> Answer:
        """What an object looks like to this user."""
        return self._send("GET", self._paths.describe(sobject), f"describe {sobject}")

    def query(self, soql: str, *, deleted: bool = False, label: str = "query") -> Answer:
        """The first page of a query's result; a long query travels in the body of a composite request."""
        if len(soql) > SOQL_CHARACTERS:
            raise RequestRefused(f"a query of {len(soql)} characters; Salesforce takes {SOQL_CHARACTERS}", where=label)
        path = self._paths.query(deleted=deleted)
        if len(quote(soql, safe="")) > URI_BYTES:
            return self._in_a_body(f"{path}?q={quote(soql, safe='')}", label)
        return self._send("GET", path, label, params={"q": soql})

    def more(self, link: str) -> Answer:
        """The page of a result that `nextRecordsUrl` leads to."""
        return self._send("GET", self._paths.more(link), "query more")

    def begin_job(self, soql: str) -> Answer:
        """Have a query's result prepared as files, deleted records included. Begun twice it only costs twice."""
        body: JSON = {
            "operation": "queryAll",
            "query": soql,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
        return self._send("POST", self._paths.jobs(), "bulk query", json=body)

    def job(self, id: str) -> Answer:
        """How far a bulk query is."""
        return self._send("GET", self._paths.jobs(id), "bulk state")

    def job_rows(self, id: str, locator: str | None, limit: int) -> Answer:
        """A part of a bulk query's result, as CSV."""
        params = {"maxRecords": limit, "locator": locator}
        return self._send(
            "GET", self._paths.jobs(id, "results"), "bulk rows", params=params, headers={"Accept": "text/csv"}
        )

    def update(self, records: Sequence[JSON]) -> Answer:
        """Change at most 200 records, each for itself. The values are absolute, so the same call may be sent again.

        A 400 comes back as well: it is about the records. A duplicate rule that only warns does not stop a record.
        """
        body: JSON = {"allOrNone": False, "records": [*records]}
        headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
        path = self._paths.collection()
        return self._send("PATCH", path, "update", json=body, headers=headers, accept=_ABOUT_RECORDS)

    def create(self, sobject: str, values: Mapping[str, JSON]) -> Answer:
        """Make one record; a 400 comes back as well, for it may say that there is one already."""
        path = self._paths.record(sobject)
        return self._send("POST", path, f"create {sobject}", json=dict(values), accept=_ABOUT_RECORDS)

    def create_field(self, full_name: str, metadata: Mapping[str, JSON]) -> Answer:
        """Make a custom field; a 400 comes back as well."""
        body: JSON = {"FullName": full_name, "Metadata": dict(metadata)}
        path = self._paths.tooling("CustomField")
        return self._send("POST", path, "create field", json=body, accept=_ABOUT_RECORDS)

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _in_a_body(self, url: str, label: str) -> Answer:
        """A GET that is too long for a URL, as the only part of a composite request."""
        part: JSON = {"method": "GET", "url": url, "referenceId": "rows"}
        body: JSON = {"allOrNone": False, "compositeRequest": [part]}
        answer = self._send("POST", self._paths.composite(), label, json=body)
        parts = answer.object().get("compositeResponse")
        inner = parts[0] if isinstance(parts, list) and len(parts) == 1 else None
        if not isinstance(inner, dict) or not isinstance(status := inner.get("httpStatusCode"), int):
            raise answer.error("answered a composite request without the answer of its part")
        found = replace(answer, status=status, content=json.dumps(inner.get("body")).encode())
        if 200 <= status < 300:
            return found
        verdict = explain(found)
        if isinstance(verdict, VendorError):
            verdict.where = verdict.where or found.where
            raise verdict
        raise VendorTrouble(f"the vendor answers {status}: {found.excerpt()}", where=found.where, status=status)

    def _send(self, method: str, path: str, label: str, **ask: object) -> Answer:
        """The first word of the label is the stream that a call is counted for."""
        client: Client = self._session.client()
        told = label if self._stream is None else f"{self._stream} {label}"
        if self._stream is not None:
            self._quota.require_room(f"{client.name}: {told}")
        return self._quota.note(client.send(method, path, label=told, **ask))  # type: ignore[arg-type]  # the words are `Ask`'s


def listed(answer: Answer) -> tuple[list[JSON], str | None]:
    """The records of a query's page, and the link to the next, None at the end."""
    said = answer.object()
    records, link, done = said.get("records"), said.get("nextRecordsUrl"), said.get("done")
    if not isinstance(records, list):
        raise answer.error("answered without a list of records")
    if link is None and done is not True:
        raise answer.error("gave a part of a result without the link to the rest")
    if link is not None and (not isinstance(link, str) or not link):
        raise answer.error("named a next page without its address")
    return records, link


def total(answer: Answer) -> int:
    """`totalSize` of a query's answer."""
    found = answer.object().get("totalSize")
    if isinstance(found, bool) or not isinstance(found, int):
        raise answer.error("answered without a number of records")
    return found
