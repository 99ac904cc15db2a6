"""The judge: every request and every answer against Intercom's official OpenAPI file of version 2.16.

It reads `specs/intercom/intercom-2.16.validation.json`, a copy in which bodies of searches can be checked and what real answers are known to
break is allowed (SOURCES.yaml there says how). Use the `judge` fixture, which skips where the file is missing:

    client = httpx.Client(transport=JudgedTransport(httpx.HTTPTransport(), judge))   # raises Foul at the first offence
    judge.complaints(Exchange(method="GET", path="/admins", status=200, answer=b"…"))   # -> list of sentences

`JudgedTransport` wraps any transport, also `httpx.WSGITransport(app=sandbox)`; it keeps what it saw in `exchanges`, and with `strict=False` what
it disliked in `complaints`, raising nothing. Hosts do not matter, only paths do.

What clients use although the file does not list it is allowed here: pages of nested lists of a contact, and a search in any order.
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
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

HOST = "https://api.intercom.io"
#: Query parameters that clients send to nested lists and to lists that were never seen to have pages.
UNLISTED = ("page", "per_page", "starting_after")


class Foul(AssertionError):
    """A request or an answer that the official file does not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; `path` without host and query. `headers` are those of the request, in lower case."""

    method: str
    path: str
    status: int
    answer: bytes = b""
    query: str = ""
    body: bytes = b""
    answer_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}?{self.query} {self.body[:300]!r} -> {self.status} {self.answer[:300]!r}"


class OpenApiJudge:
    """Knows the official file."""

    def __init__(self, file: Path) -> None:
        raw = json.loads(file.read_text(encoding="utf-8"))
        for operations in raw["paths"].values():
            for operation in operations.values():
                if isinstance(operation, dict):
                    operation.pop("security", None)
        raw.pop("security", None)
        raw["servers"] = [{"url": HOST}]
        self._raw: dict[str, Any] = raw
        self._api = OpenAPI.from_dict(raw)
        self.judged = 0

    def check(self, exchange: Exchange) -> None:
        """Raise Foul with every complaint about this exchange."""
        complaints = self.complaints(exchange)
        if complaints:
            raise Foul("\n".join([str(exchange), *complaints]))

    def complaints(self, exchange: Exchange) -> list[str]:
        """What the file has against this exchange; a request Intercom itself refused is not judged."""
        self.judged += 1
        request, response = _mocks(exchange)
        found = [f"answer: {_reason(error)}" for error in self._api.iter_response_errors(request, response)]
        return found + (self.request_complaints(exchange) if exchange.status < 400 else [])

    def request_complaints(self, exchange: Exchange) -> list[str]:
        """What the file has against the request alone."""
        request, _ = _mocks(exchange)
        found = [f"request: {_reason(error)}" for error in self._api.iter_request_errors(request)]
        found += [f"request: {text}" for text in self._strangers(exchange)]
        if not exchange.headers.get("authorization", "").startswith("Bearer "):
            found.append("request: no bearer token")
        if exchange.headers.get("intercom-version") is None:
            found.append("request: no version")
        return found

    def _strangers(self, exchange: Exchange) -> Iterator[str]:
        """Query parameters that the operation does not list."""
        listed = self._operation(exchange).get("parameters", [])
        known = {item["name"] for item in listed if item["in"] == "query"}
        known |= set(UNLISTED) if exchange.method == "GET" and not known else set()
        for key, _ in parse_qsl(exchange.query, keep_blank_values=True):
            if key not in known:
                yield f"unknown query parameter {key!r}"

    def _operation(self, exchange: Exchange) -> dict[str, Any]:
        paths, method = self._raw["paths"], exchange.method.lower()
        for template in sorted(paths, key=lambda text: text.count("{")):
            if method in paths[template] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), exchange.path):
                found: dict[str, Any] = paths[template][method]
                return found
        return {}


@dataclass(slots=True)
class JudgedTransport(httpx.BaseTransport):
    """A transport that shows every exchange to the judge on its way; without one it only keeps them."""

    inner: httpx.BaseTransport
    judge: OpenApiJudge | None
    strict: bool = True
    complaints: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        response = self.inner.handle_request(request)
        response.read()
        exchange = Exchange(
            method=request.method,
            path=request.url.path,
            query=request.url.query.decode(),
            body=body,
            headers=dict(request.headers),
            status=response.status_code,
            answer=response.content,
            answer_type=response.headers.get("content-type", ""),
        )
        self.exchanges.append(exchange)
        if self.judge and self.strict:
            self.judge.check(exchange)
        elif self.judge:
            self.complaints += self.judge.complaints(exchange)
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    def close(self) -> None:
        self.inner.close()


def _mocks(exchange: Exchange) -> tuple[MockRequest, MockResponse]:
    query: dict[str, Any] = {}
    for key, value in parse_qsl(exchange.query, keep_blank_values=True):
        query.setdefault(key, []).append(value)
    request = MockRequest(
        HOST,
        exchange.method,
        exchange.path,
        args=query,
        headers={key.title(): value for key, value in exchange.headers.items()},
        data=exchange.body or None,
        content_type=exchange.headers.get("content-type", "application/json").partition(";")[0],
    )
    answer_type = exchange.answer_type.partition(";")[0]
    return request, MockResponse(exchange.answer, status_code=exchange.status, content_type=answer_type)


def _reason(error: BaseException) -> str:
    """The innermost causes, which name the place in the document."""
    cause = error.__cause__
    inner = getattr(cause, "schema_errors", None) or getattr(error, "schema_errors", None)
    if inner:
        return "; ".join(f"{'.'.join(map(str, item.absolute_path))}: {item.message[:300]}" for item in inner)
    return f"{error}" + (f" ({_reason(cause)})" if cause else "")
