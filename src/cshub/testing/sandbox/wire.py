"""One HTTP request and one answer, as a sandbox sees them; the translation from and to WSGI."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import IO, TypeAlias, cast
from urllib.parse import parse_qsl

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Environ: TypeAlias = Mapping[str, object]
Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in. `path` is decoded, header names are in lower case, `query` keeps the order and repetitions."""

    method: str
    path: str
    query_string: str = ""
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    peer: str = ""

    def arg(self, name: str) -> str | None:
        """The first value of a query parameter, None when it is not there."""
        return next((value for key, value in self.query if key == name), None)

    def args(self, name: str) -> list[str]:
        """Every value of a list parameter, repeated (`a=1&a=2`) or separated by commas (`a=1,2`)."""
        return [part for key, value in self.query if key == name for part in value.split(",") if part]

    def flag(self, name: str) -> bool:
        """Whether a query parameter is `true`."""
        return (self.arg(name) or "").lower() == "true"

    def json(self) -> JSON:
        """The decoded body. Raises ValueError when it is no JSON."""
        return cast(JSON, json.loads(self.body))


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What goes out. The last three disturb the connection: seconds per step of a slow answer, a cut without a word."""

    status: int = 200
    headers: Headers = ()
    body: bytes = b""
    slow_headers_s: float = 0.0
    slow_body_s: float = 0.0
    reset: bool = False

    def json(self) -> JSON:
        """The decoded body. Raises ValueError when it is no JSON."""
        return cast(JSON, json.loads(self.body))

    @property
    def status_line(self) -> str:
        """`404 Not Found`; `Unknown` for numbers only this vendor knows."""
        known = {status.value: status.phrase for status in HTTPStatus}
        return f"{self.status} {known.get(self.status, 'Unknown')}"

    @property
    def all_headers(self) -> list[tuple[str, str]]:
        """The headers with the length of the body."""
        if self.status == HTTPStatus.NO_CONTENT:
            return list(self.headers)
        return [*self.headers, ("Content-Length", str(len(self.body)))]


def json_response(body: object, status: int = 200, headers: Iterable[tuple[str, str]] = ()) -> Response:
    """An answer with a JSON body."""
    content = json.dumps(body, separators=(",", ":")).encode()
    return Response(status=status, headers=(("Content-Type", "application/json;charset=utf-8"), *headers), body=content)


def read_request(environ: Environ) -> Request:
    """The request of a WSGI environment, its body read to the end."""
    query = str(environ.get("QUERY_STRING") or "")
    return Request(
        method=str(environ["REQUEST_METHOD"]),
        path=str(environ.get("PATH_INFO") or "/").encode("latin-1").decode("utf-8", "replace"),
        query_string=query,
        query=tuple(parse_qsl(query, keep_blank_values=True)),
        headers=_headers(environ),
        body=_body(environ),
        peer=str(environ.get("REMOTE_ADDR") or ""),
    )


def _headers(environ: Environ) -> dict[str, str]:
    headers = {key[5:].replace("_", "-").lower(): str(value) for key, value in environ.items() if key[:5] == "HTTP_"}
    headers["content-type"] = str(environ.get("CONTENT_TYPE") or "")
    return headers


def _body(environ: Environ) -> bytes:
    stream = cast("IO[bytes]", environ["wsgi.input"])
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length:
        return stream.read(int(length))
    # An in-process client may send a body without telling its length; a socket would block here.
    return b"" if environ.get("cshub.sandbox.socket") else stream.read()
