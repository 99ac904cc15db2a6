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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from cshub.testing.openapi import Exchange, Foul, OfficialFile

HOST = "https://api.intercom.io"
#: Query parameters that clients send to nested lists and to lists that were never seen to have pages.
UNLISTED = ("page", "per_page", "starting_after")


class OpenApiJudge:
    """Knows the official file."""

    def __init__(self, file: Path) -> None:
        self.file = OfficialFile(json.loads(file.read_text(encoding="utf-8")), HOST)
        self.judged = 0

    def check(self, exchange: Exchange) -> None:
        """Raise Foul with every complaint about this exchange."""
        complaints = self.complaints(exchange)
        if complaints:
            raise Foul("\n".join([str(exchange), *complaints]))

    def complaints(self, exchange: Exchange) -> list[str]:
        """What the file has against this exchange; a request Intercom itself refused is not judged."""
        self.judged += 1
        found = [f"answer: {text}" for text in self.file.of_answer(exchange)]
        return found + (self.request_complaints(exchange) if exchange.status < 400 else [])

    def request_complaints(self, exchange: Exchange) -> list[str]:
        """What the file has against the request alone."""
        found = [f"request: {text}" for text in self.file.of_request(exchange)]
        found += [f"request: unknown query parameter {name!r}" for name in self._unlisted(exchange)]
        if not exchange.is_bearer:
            found.append("request: no bearer token")
        if exchange.headers.get("intercom-version") is None:
            found.append("request: no version")
        return found

    def _unlisted(self, exchange: Exchange) -> list[str]:
        listed: Any = self.file.operation(exchange.method, exchange.path).get("parameters", [])
        has_none = exchange.method == "GET" and not any(each["in"] == "query" for each in listed)
        allowed = UNLISTED if has_none else ()
        return [name for name in self.file.unlisted(exchange) if name not in allowed]


@dataclass(slots=True)
class JudgedTransport(httpx.BaseTransport):
    """A transport that shows every exchange to the judge on its way; without one it only keeps them."""

    inner: httpx.BaseTransport
    judge: OpenApiJudge | None
    strict: bool = True
    complaints: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        response = self.inner.handle_request(request)
        response.read()
        exchange = exchange_of(request, response)
        self.exchanges.append(exchange)
        if self.judge and self.strict:
            self.judge.check(exchange)
        elif self.judge:
            self.complaints += self.judge.complaints(exchange)
        return httpx.Response(response.status_code, headers=response.headers, content=response.content)

    def close(self) -> None:
        self.inner.close()


def exchange_of(request: httpx.Request, response: httpx.Response) -> Exchange:
    """A request and its answer, both read, as the judges see them."""
    return Exchange(
        method=request.method,
        path=request.url.path,
        query=request.url.query.decode(),
        body=request.content,
        headers=dict(request.headers),
        status=response.status_code,
        answer=response.content,
        answer_type=response.headers.get("content-type", ""),
    )
