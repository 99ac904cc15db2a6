"""The Salesforce double behind a transport that keeps what was asked, dates every answer, and lets a test say something else instead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import format_datetime
from typing import Any

import httpx

from cshub.testing import ManualClock
from cshub.testing.sandbox import SandboxClock
from cshub_salesforce.sandbox import create
from cshub_salesforce.sandbox.fields import Field, flag, number, plain, text

Record = dict[str, Any]
#: Looks at a request before the org does; None leaves it to the org.
Answers = Callable[[httpx.Request], httpx.Response | None]

TOKEN = "/services/oauth2/token"
#: What Salesforce wants a new record to have.
_NEEDED: Mapping[str, Record] = {
    "Account": {"Name": "Acme"},
    "Contact": {"LastName": "Person"},
    "Opportunity": {"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-12-31"},
}
#: What the people of this org added to what every org has.
_ADDED: Mapping[str, tuple[Field, ...]] = {
    "Account": (text("Note__c", "Note"), number("Score__c", "Score", 18, 2), flag("Active__c", "Active")),
    "Task": (plain("Type", "Type", "picklist", length=40), plain("CompletedDateTime", "Completed", "datetime")),
}


class Org(httpx.BaseTransport):
    """An org without limits and lag unless told. `requests` are all that came in; `token` is put into a login's answer."""

    def __init__(self, clock: ManualClock, **switches: Any) -> None:
        self.clock = clock
        time = SandboxClock(clock.now(), ticking=False)
        clock.follow(time.advance)
        told = {"empty": True, "limits": "off", "visibility_lag_s": 0, **switches}
        self.sandbox = create(clock=time, **told)
        self.vendor = self.sandbox.vendor
        for name, fields in _ADDED.items():
            self.vendor.org.tables[name].type.add(*fields)
        self.requests: list[httpx.Request] = []
        self.instead: list[Answers] = []
        self.token: Record = {}
        self.usage: str | None = None
        self._inner = httpx.WSGITransport(app=self.sandbox)

    # --- what people do ------------------------------------------------------------------------------------------------

    def add(self, name: str, **values: Any) -> str:
        return self.vendor.add(name, {**_NEEDED.get(name, {}), **values})

    def edit(self, name: str, id: str, **values: Any) -> None:
        self.vendor.edit(name, id, values)

    def remove(self, name: str, id: str) -> None:
        self.vendor.remove(name, id)

    def merge(self, name: str, id: str, into: str) -> None:
        self.vendor.merge(name, id, into)

    def restore(self, name: str, id: str) -> None:
        self.vendor.restore(name, id)

    def record(self, name: str, id: str) -> Record:
        """A living record as the org keeps it."""
        return next(each for each in self.vendor.dump(name) if each["id"] == id)

    def living(self, name: str) -> set[str]:
        """The ids the org holds."""
        return {str(each["id"]) for each in self.vendor.dump(name)}

    # --- what an administrator does ------------------------------------------------------------------------------------

    def switch(self, **switches: Any) -> None:
        """Let the org behave otherwise from now on."""
        self.vendor.org.behaviour = replace(self.vendor.org.behaviour, **switches)

    def make(self, name: str, *fields: Field) -> None:
        """Give an object these fields, seen by everybody."""
        self.vendor.org.tables[name].type.add(*fields)

    def change(self, name: str, field: str, **traits: Any) -> None:
        """Let a field have other traits."""
        known = self.vendor.org.tables[name].type
        known.add(replace(known.fields[field], **traits))

    def lose_locators(self) -> None:
        self.vendor.locators.forget()

    # --- what comes over the wire --------------------------------------------------------------------------------------

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = next((said for look in self.instead if (said := look(request)) is not None), None)
        return self._dated(found or self.answer(request))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the double says."""
        answer = self._inner.handle_request(request)
        answer.read()
        if request.url.path != TOKEN or not self.token or answer.status_code != 200:
            return answer
        said = {key: value for key, value in {**answer.json(), **self.token}.items() if value is not None}
        return httpx.Response(200, json=said)

    def write(self, request: httpx.Request, record: Record) -> Record:
        """What the double says to one record of a list."""
        headers = {name: request.headers[name] for name in ("authorization", "content-type", "host")}
        body = json.dumps({"allOrNone": False, "records": [record]}).encode()
        answer = self.answer(httpx.Request("PATCH", request.url, headers=headers, content=body))
        (said,) = answer.json()
        return dict(said)

    def forget(self) -> None:
        self.requests.clear()

    @property
    def asked(self) -> list[str]:
        """Method and path of each request, the login aside."""
        return [f"{each.method} {each.url.path}" for each in self.requests if each.url.path != TOKEN]

    @property
    def queries(self) -> list[str]:
        """The text of each query sent in a URL."""
        return [each.url.params["q"] for each in self.requests if "q" in each.url.params]

    def _dated(self, response: httpx.Response) -> httpx.Response:
        now = format_datetime(self.clock.now(), usegmt=True)
        told = {"sforce-limit-info": self.usage} if self.usage else {}
        headers = {"date": now, **response.headers, **told}
        return httpx.Response(response.status_code, headers=headers, content=response.content)


def error(status: int, code: str, message: str) -> httpx.Response:
    return httpx.Response(status, json=[{"message": message, "errorCode": code}])


def failed(code: str, message: str) -> Record:
    return {"success": False, "errors": [{"statusCode": code, "message": message, "fields": []}]}


def unescaped(text: str) -> str:
    """What a SOQL literal means; an escape that SOQL does not know is an error."""
    plain = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
    return re.sub(
        r"\\(?:u([0-9A-F]{4})|(.))",
        lambda found: chr(int(found[1], 16)) if found[1] else plain[found[2]],
        text,
        flags=re.DOTALL,
    )
