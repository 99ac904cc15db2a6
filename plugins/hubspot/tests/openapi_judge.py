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

import httpx

from cshub.testing.openapi import Exchange, Foul, OfficialFile

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
        complaints = [f"{file}: answer: {text}" for text in self._load(file).of_answer(exchange, path)]
        if exchange.status < 400:
            complaints += [f"{file}: request: {text}" for text in self.request_complaints(exchange)]
            if not exchange.is_bearer and not exchange.path.startswith("/oauth/"):
                complaints.append("request: no bearer token")
        return complaints

    def request_complaints(self, exchange: Exchange) -> list[str]:
        """What the files have against the request alone, whatever was answered."""
        found = self.place(exchange.path)
        if found is None:
            return [f"no official file knows the path {exchange.path}"]
        file, path = self._load(found[0]), found[1]
        strange = [f"unknown query parameter {name!r}" for name in file.unlisted(exchange, path)]
        return file.of_request(exchange, path) + strange + list(_unknown_keys(file, exchange, path))

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

    def _read(self, name: str) -> OfficialFile:
        return OfficialFile(json.loads((self._specs / f"{name}.json").read_text()), HOST)


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
            headers={name: request.headers.get(name, "") for name in ("content-type", "authorization")},
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


def _unknown_keys(file: OfficialFile, exchange: Exchange, path: str) -> Iterator[str]:
    """Top keys of the body that the operation does not list."""
    operation: Any = file.operation(exchange.method, path)
    schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    schemas: Any = file.raw["components"]
    listed = schemas["schemas"].get(schema.get("$ref", "").rpartition("/")[2], {}).get("properties")
    if listed is not None and exchange.body:
        body = json.loads(exchange.body)
        for key in set(body) - set(listed) if isinstance(body, dict) else ():
            yield f"unknown key {key!r} in the body"
