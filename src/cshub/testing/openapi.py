"""A vendor's official OpenAPI file as a judge of requests and answers. Needs `openapi-core`, which a running cshub does not have.

Which file knows a path, what a vendor lets pass although its file does not, and how exchanges are caught on their way is the plugin's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qsl

from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from ..http import JSON

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


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
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.path}?{self.query} {self.body[:300]!r} -> {self.status} {self.answer[:300]!r}"

    @property
    def is_bearer(self) -> bool:
        """Whether the request carries a bearer token; the files' own security is not looked at."""
        return self.headers.get("authorization", "").startswith("Bearer ")

    @property
    def parameters(self) -> Mapping[str, list[str]]:
        """The query's parameters, empty ones included."""
        found: dict[str, list[str]] = {}
        for key, value in parse_qsl(self.query, keep_blank_values=True):
            found.setdefault(key, []).append(value)
        return found


class OfficialFile:
    """One file, as parsed JSON. `host` is where its vendor answers, whatever host an exchange went to; the file's security is dropped.

    Each method takes the path as the file writes it, where that is not the exchange's own. Reading a large file takes seconds.
    """

    def __init__(self, raw: dict[str, JSON], host: str) -> None:
        self.raw = raw
        self._host = host
        raw.pop("security", None)
        raw["servers"] = [{"url": host}]
        for operation in _operations(raw):
            operation.pop("security", None)
        self._api = OpenAPI.from_dict(cast("dict[str, object]", raw))

    def of_answer(self, exchange: Exchange, path: str | None = None) -> list[str]:
        """What the file has against the answer, one sentence each."""
        request, response = self._request(exchange, path), _response(exchange)
        return [reason(error) for error in self._api.iter_response_errors(request, response)]

    def of_request(self, exchange: Exchange, path: str | None = None) -> list[str]:
        """What the file has against the request, one sentence each."""
        return [reason(error) for error in self._api.iter_request_errors(self._request(exchange, path))]

    def unlisted(self, exchange: Exchange, path: str | None = None) -> list[str]:
        """Query parameters that the operation does not list, which OpenAPI itself lets pass."""
        listed = cast(
            "list[dict[str, str]]", self.operation(exchange.method, path or exchange.path).get("parameters", [])
        )
        known = {each["name"] for each in listed if each["in"] == "query"}
        return [name for name in exchange.parameters if name not in known]

    def operation(self, method: str, path: str) -> dict[str, JSON]:
        """The operation of a path, that with the fewest variables; empty where the file knows none."""
        paths = cast("dict[str, dict[str, dict[str, JSON]]]", self.raw["paths"])
        for template in sorted(paths, key=lambda text: text.count("{")):
            if method.lower() in paths[template] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                return paths[template][method.lower()]
        return {}

    def _request(self, exchange: Exchange, path: str | None) -> MockRequest:
        return MockRequest(
            self._host,
            exchange.method,
            path or exchange.path,
            args=dict(exchange.parameters),
            headers={name.title(): value for name, value in exchange.headers.items()},
            data=exchange.body or None,
            content_type=exchange.headers.get("content-type", "application/json").partition(";")[0],
        )


def reason(error: BaseException) -> str:
    """The innermost causes of a complaint, which name the place in the document."""
    cause = error.__cause__
    inner = getattr(cause, "schema_errors", None) or getattr(error, "schema_errors", None)
    if inner:
        return "; ".join(f"{'.'.join(map(str, item.absolute_path))}: {item.message[:300]}" for item in inner)
    return f"{error}" + (f" ({reason(cause)})" if cause else "")


def _operations(raw: dict[str, JSON]) -> Iterator[dict[str, JSON]]:
    paths = raw.get("paths")
    for item in paths.values() if isinstance(paths, dict) else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if method in _METHODS and isinstance(operation, dict):
                yield operation


def _response(exchange: Exchange) -> MockResponse:
    kind = exchange.answer_type.partition(";")[0]
    return MockResponse(exchange.answer, status_code=exchange.status, content_type=kind)
