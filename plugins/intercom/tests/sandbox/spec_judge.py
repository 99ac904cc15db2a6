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
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from jsonschema import Draft4Validator
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

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


class Foul(AssertionError):
    """An answer or a request that the official file does not allow."""


class SpecJudge:
    """Knows the file."""

    def __init__(self, file: Path) -> None:
        self._raw: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        # What the sandbox does not answer is left out: reading it all takes seconds.
        self._raw["paths"] = {path: item for path, item in self._raw["paths"].items() if path.split("/")[1] in SHOWN}
        _mend(self._raw)
        self._api = OpenAPI.from_dict(self._raw)
        error = self._raw["components"]["schemas"]["error"]
        self._error = Draft4Validator(json.loads(json.dumps(error).replace('"nullable": true', '"x": true')))
        self.judged = 0

    def complaints(self, request: httpx.Request, response: httpx.Response) -> list[str]:
        """What the file has against the answer, and against the request where it was carried out."""
        self.judged += 1
        path, method = request.url.path, request.method
        operation = self.operation(method, path)
        if operation is None and response.status_code in (404, 405):
            return list(self._errors(response))
        if operation is None:
            return [f"the file does not know {method} {path}"]
        mock, answer = _mocks(request, response)
        if str(response.status_code) not in operation["responses"]:
            return list(self._errors(response))
        found = [f"answer: {_reason(error)}" for error in self._api.iter_response_errors(mock, answer)]
        if response.status_code < 400:
            found += [f"request: {_reason(error)}" for error in self._api.iter_request_errors(mock)]
            if not request.headers.get("authorization", "").startswith("Bearer "):
                found.append("request: no bearer token")
        return found

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation of a path, the one with the fewest variables."""
        for template in sorted(self._raw["paths"], key=lambda text: text.count("{")):
            if method.lower() in self._raw["paths"][template] and re.fullmatch(
                re.sub(r"\{\w+\}", "[^/]+", template), path
            ):
                found: dict[str, Any] = self._raw["paths"][template][method.lower()]
                return found
        return None

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
    raw.pop("security", None)
    for operations in raw["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
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


def _mocks(request: httpx.Request, response: httpx.Response) -> tuple[MockRequest, MockResponse]:
    query: dict[str, Any] = {}
    for key, value in parse_qsl(request.url.query.decode(), keep_blank_values=True):
        query.setdefault(key, []).append(value)
    mock = MockRequest(
        HOST,
        request.method,
        request.url.path,
        args=query,
        headers={"Intercom-Version": request.headers.get("intercom-version", "2.16")},
        data=request.content or None,
        content_type="application/json",
    )
    kind = response.headers.get("content-type", "").partition(";")[0]
    return mock, MockResponse(
        response.content, status_code=response.status_code, headers=dict(response.headers), content_type=kind
    )


def _reason(error: BaseException) -> str:
    """The innermost causes, which name the place in the document."""
    cause = error.__cause__
    inner = getattr(cause, "schema_errors", None) or getattr(error, "schema_errors", None)
    if inner:
        return "; ".join(f"{'.'.join(map(str, item.absolute_path))}: {item.message[:300]}" for item in inner)
    return f"{error}" + (f" ({_reason(cause)})" if cause else "")
