"""The judge: every request and every answer against HubSpot's official OpenAPI files.

Use the `judge` fixture (it skips where the files are missing) in one of two ways:

    client = httpx.Client(transport=JudgedTransport(httpx.HTTPTransport(), judge))   # raises Foul at the first offence
    judge.complaints(Exchange(method="GET", path="/crm/v3/owners", status=200, answer=b"…"))   # -> list of sentences

With `CSHUB_RECORD=FILE` in the environment every exchange of a strict `JudgedTransport` is also appended to that file, one JSON
object a line; `make judge-prism` shows them to a second judge.

`JudgedTransport` wraps any transport, also `httpx.WSGITransport(app=sandbox)`; it keeps what it saw in `exchanges`, and
with `strict=False` what it disliked in `complaints`, raising nothing. Hosts do not matter, only paths do.

Where the files themselves fall short (SOURCES.json says what was changed in them already), the judge reads them so:
- their security schemes do not know bearer tokens: the judge looks for `Authorization: Bearer` itself;
- the v3 and 2026-03 files for deals are written with `0-3` in their paths: `deals` is read as that;
- the 2026-09 file for OAuth has no answer for success: the v3 one is read instead.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

HOST = "https://api.hubapi.com"
OBJECT_FILES = ("companies", "contacts", "deals", "tickets", "tasks", "notes", "feedback_submissions")
TYPE_NAMES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-5": "tickets", "0-27": "tasks"}
GENERATION = r"(?P<v>v3|v4|2026-03|2026-09)"

#: Path → file, the first that fits; `{v}` is the generation, `{t}` the object type.
FILES: tuple[tuple[str, str], ...] = (
    (rf"/account-info/{GENERATION}/.*", "{v}/account_info"),
    (r"/oauth/2026-09/token", "v3/oauth"),
    (r"/oauth/(?P<v>v1|v3|2026-03)/.*", "{v}/oauth"),
    (r"/crm/associations/(?P<v>v4|2026-03|2026-09)/[^/]+/[^/]+/labels", "{v}/associations_schema"),
    (r"/crm/(?P<v>v4)/(objects|associations)/.*", "{v}/associations"),
    (r"/crm/associations/(?P<v>2026-03|2026-09)/.*", "{v}/associations"),
    (r"/crm/objects/(?P<v>2026-03|2026-09)/[^/]+/[^/]+/associations/.*", "{v}/associations"),
    (r"/crm/(?P<v>v3)/(?P<kind>properties|pipelines|owners)(/.*)?", "{v}/{kind}"),
    (r"/crm/(?P<kind>properties|pipelines|owners)/(?P<v>2026-03|2026-09)(/.*)?", "{v}/{kind}"),
    (r"/crm/(?P<v>v3)/objects/(?P<t>[^/]+)(/.*)?", "{v}/{t}"),
    (r"/crm/objects/(?P<v>2026-03|2026-09)/(?P<t>[^/]+)(/.*)?", "{v}/{t}"),
)


class Foul(AssertionError):
    """A request or an answer that the official files do not allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer; `path` without host and query."""

    method: str
    path: str
    status: int
    answer: bytes = b""
    query: str = ""
    body: bytes = b""
    content_type: str = "application/json"
    answer_type: str = "application/json"
    authorization: str = "Bearer x"

    def __str__(self) -> str:
        return f"{self.method} {self.path}?{self.query} {self.body[:300]!r} -> {self.status} {self.answer[:300]!r}"


class OpenApiJudge:
    """Knows the official files; each is read when the first path asks for it."""

    def __init__(self, specs: Path) -> None:
        self._specs = specs
        self.judged = 0
        self._load = cache(self._read)

    def check(self, exchange: Exchange) -> None:
        """Raise Foul with every complaint about this exchange."""
        complaints = self.complaints(exchange)
        if complaints:
            raise Foul("\n".join([str(exchange), *complaints]))

    def complaints(self, exchange: Exchange) -> list[str]:
        """What the files have against this exchange; a request HubSpot itself refused is not judged."""
        self.judged += 1
        found = self.place(exchange.path)
        if found is None:
            return [f"no official file knows the path {exchange.path}"]
        file, path = found
        api, raw = self._load(file)
        request, response = _mocks(exchange, path)
        complaints = [f"{file}: answer: {_reason(e)}" for e in api.iter_response_errors(request, response)]
        if exchange.status < 400:
            complaints += [f"{file}: request: {_reason(e)}" for e in api.iter_request_errors(request)]
            complaints += [f"{file}: request: {text}" for text in _strangers(raw, exchange, path)]
            if not exchange.authorization.startswith("Bearer ") and not exchange.path.startswith("/oauth/"):
                complaints.append("request: no bearer token")
        return complaints

    def request_complaints(self, exchange: Exchange) -> list[str]:
        """What the files have against the request alone, whatever was answered."""
        found = self.place(exchange.path)
        if found is None:
            return [f"no official file knows the path {exchange.path}"]
        api, raw = self._load(found[0])
        request, _ = _mocks(exchange, found[1])
        return [_reason(e) for e in api.iter_request_errors(request)] + list(_strangers(raw, exchange, found[1]))

    def place(self, path: str) -> tuple[str, str] | None:
        """The file that knows a path, and the path as it is written there; None when no file does."""
        for pattern, name in FILES:
            if match := re.fullmatch(pattern, path):
                parts = match.groupdict()
                if "t" not in parts:
                    # This one path is judged by the v3 file.
                    return name.format(**parts), path.replace("/oauth/2026-09/", "/oauth/v3/")
                kind = TYPE_NAMES.get(parts["t"], parts["t"])
                file = kind if kind in OBJECT_FILES else "objects"
                if parts["v"] != "2026-09":
                    path = path.replace(f"/{parts['t']}", "/0-3" if kind == "deals" else f"/{kind}", 1)
                return f"{parts['v']}/{file}", path
        return None

    def _read(self, name: str) -> tuple[OpenAPI, dict[str, Any]]:
        raw = json.loads((self._specs / f"{name}.json").read_text())
        for operations in raw["paths"].values():
            for operation in operations.values():
                if isinstance(operation, dict):
                    operation.pop("security", None)
        return OpenAPI.from_dict(raw), raw


@dataclass(slots=True)
class JudgedTransport(httpx.BaseTransport):
    """A transport that shows every exchange to the judge on its way."""

    inner: httpx.BaseTransport
    judge: OpenApiJudge
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
            content_type=request.headers.get("content-type", ""),
            authorization=request.headers.get("authorization", ""),
            status=response.status_code,
            answer=response.content,
            answer_type=response.headers.get("content-type", ""),
        )
        self.exchanges.append(exchange)
        if self.strict:
            record(exchange)
            self.judge.check(exchange)
        else:
            self.complaints += self.judge.complaints(exchange)
        return response

    def close(self) -> None:
        self.inner.close()


def record(exchange: Exchange) -> None:
    """Append the exchange to the file named by CSHUB_RECORD, when there is one."""
    if file := os.environ.get("CSHUB_RECORD"):
        line = {
            key: value.decode("latin-1") if isinstance(value, bytes) else value
            for key, value in asdict(exchange).items()
        }
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(line) + "\n")


def recorded(file: Path) -> Iterator[Exchange]:
    """The exchanges of such a file, each different one once."""
    for line in dict.fromkeys(file.read_text(encoding="utf-8").splitlines()):
        values = json.loads(line)
        yield Exchange(**values | {key: values[key].encode("latin-1") for key in ("body", "answer")})


def _mocks(exchange: Exchange, path: str) -> tuple[MockRequest, MockResponse]:
    query: dict[str, Any] = {}
    for key, value in parse_qsl(exchange.query, keep_blank_values=True):
        query.setdefault(key, []).append(value)
    request = MockRequest(
        HOST,
        exchange.method,
        path,
        args=query,
        data=exchange.body or None,
        content_type=exchange.content_type.partition(";")[0],
    )
    answer_type = exchange.answer_type.partition(";")[0]
    return request, MockResponse(exchange.answer, status_code=exchange.status, content_type=answer_type)


def _strangers(raw: dict[str, Any], exchange: Exchange, path: str) -> Iterator[str]:
    """Query parameters and top keys of the body that the operation does not list."""
    operation = _operation(raw, exchange.method.lower(), path)
    known = {item["name"] for item in operation.get("parameters", []) if item["in"] == "query"}
    for key, _ in parse_qsl(exchange.query, keep_blank_values=True):
        if key not in known:
            yield f"unknown query parameter {key!r}"
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    listed = raw["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties")
    if listed is not None and exchange.body:
        body = json.loads(exchange.body)
        for key in set(body) - set(listed) if isinstance(body, dict) else ():
            yield f"unknown key {key!r} in the body"


def _operation(raw: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    for template in sorted(raw["paths"], key=lambda text: text.count("{")):
        if method in raw["paths"][template] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            found: dict[str, Any] = raw["paths"][template][method]
            return found
    return {}


def _reason(error: BaseException) -> str:
    """The innermost causes, which name the place in the document."""
    cause = error.__cause__
    inner = getattr(cause, "schema_errors", None) or getattr(error, "schema_errors", None)
    if inner:
        return "; ".join(f"{'.'.join(map(str, item.absolute_path))}: {item.message[:300]}" for item in inner)
    return f"{error}" + (f" ({_reason(cause)})" if cause else "")
