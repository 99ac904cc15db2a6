"""The sandbox's judge: each of its answers against Intercom's official OpenAPI file of 2.16 (the copy made for validation).

`JudgedTransport` wraps any transport and raises `Foul` at the first answer the file does not allow, but for the statuses in
`passed`; a request that was carried out is judged as well. Where the file falls short, the judge reads it so:
- members of a conversation it leaves without a type (`statistics`, `source`, …) are read as the schema of their name, or null;
- `email` of a contact may be null, as leads were recorded;
- a status an operation does not list is judged by the file's schema of errors: no operation lists its 429 or 500;
- it knows one HTTP security scheme; the judge looks for `Authorization: Bearer` itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from jsonschema import Draft4Validator

from cshub.testing.openapi import Foul, OfficialFile
from plugins.intercom.tests.openapi_judge import exchange_of

HOST = "https://api.intercom.io"
#: Members of conversations that are untyped in the file → their schema.
UNTYPED = {
    "conversation_rating": "conversation_rating",
    "source": "conversation_source",
    "statistics": "conversation_statistics",
    "sla_applied": "sla_applied",
    "teammates": "conversation_teammates",
    "first_contact_reply": "conversation_first_contact_reply",
    "ai_agent": "ai_agent",
    "company": "company",
}
SHOWN = frozenset(
    {
        "me",
        "admins",
        "teams",
        "tags",
        "segments",
        "data_attributes",
        "contacts",
        "companies",
        "conversations",
        "tickets",
    }
)
MODELS = ("conversation", "conversation_list_item")


class SpecJudge:
    """Knows the file."""

    def __init__(self, file: Path) -> None:
        raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        # What the sandbox does not answer is left out: reading it all takes seconds.
        raw["paths"] = {path: item for path, item in raw["paths"].items() if path.split("/")[1] in SHOWN}
        _mend(raw)
        self._file = OfficialFile(raw, HOST)
        error = raw["components"]["schemas"]["error"]
        self._error = Draft4Validator(json.loads(json.dumps(error).replace('"nullable": true', '"x": true')))
        self.judged = 0

    def complaints(self, request: httpx.Request, response: httpx.Response) -> list[str]:
        """What the file has against the answer, and against the request where it was carried out."""
        self.judged += 1
        exchange = exchange_of(request, response)
        operation: Any = self._file.operation(exchange.method, exchange.path)
        if not operation and exchange.status not in (404, 405):
            return [f"the file does not know {exchange.method} {exchange.path}"]
        if not operation or str(exchange.status) not in operation["responses"]:
            return list(self._errors(response))
        exchange = replace(exchange, headers={"intercom-version": "2.16", **exchange.headers})
        found = [f"answer: {text}" for text in self._file.of_answer(exchange)]
        if exchange.status < 400:
            found += [f"request: {text}" for text in self._file.of_request(exchange)]
            if not exchange.is_bearer:
                found.append("request: no bearer token")
        return found

    def _errors(self, response: httpx.Response) -> Iterator[str]:
        if response.status_code < 400:
            yield f"answer: the operation knows no {response.status_code}"
            return
        for error in self._error.iter_errors(_spelled_out(response.json())):
            yield f"answer: {error.message}"


@dataclass(slots=True)
class JudgedTransport(httpx.BaseTransport):
    """A transport that shows every exchange to the judge on its way."""

    inner: httpx.BaseTransport
    judge: SpecJudge
    strict: bool = True
    passed: tuple[int, ...] = ()
    complaints: list[str] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = self.inner.handle_request(request)
        response.read()
        found = [] if response.status_code in self.passed else self.judge.complaints(request, response)
        self.complaints += found
        if found and self.strict:
            asked = f"{request.method} {request.url} {request.content[:300]!r}"
            raise Foul("\n".join([f"{asked} -> {response.status_code} {response.content[:400]!r}", *found]))
        return response

    def close(self) -> None:
        self.inner.close()


def _mend(raw: dict[str, Any]) -> None:
    schemas = raw["components"]["schemas"]
    schemas["contact"]["properties"]["email"]["nullable"] = True
    for model in MODELS:
        members = schemas[model]["properties"]
        for name, schema in UNTYPED.items():
            if not members[name].get("type"):
                reference = {"$ref": f"#/components/schemas/{schema}"}
                members[name] = {"anyOf": [reference, {"nullable": True, "enum": [None]}]}


def _spelled_out(body: Any) -> Any:
    """An error body with its nulls left out, which plain JSON Schema does not know as `nullable`."""
    if isinstance(body, dict):
        return {key: _spelled_out(value) for key, value in body.items() if value is not None}
    return [_spelled_out(item) for item in body] if isinstance(body, list) else body
