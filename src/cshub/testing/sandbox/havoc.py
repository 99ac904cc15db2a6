"""How a fault looks on the wire: good answers spoiled, or replaced by something no documentation knows."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Fault, FaultKind
from .wire import JSON, Request, Response

LOGIN_PAGE = b"<!doctype html><html><head><title>Log in</title></head><body><form action='/login'></form></body></html>"
FOREIGN_HOST = "https://203.0.113.9"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShape:
    """Where a vendor's list answers keep their rows, their cursor and their link to the next page (as key paths)."""

    rows: tuple[str, ...]
    cursor: tuple[str, ...]
    link: tuple[str, ...]


Spoil = Callable[[Response, Fault, PageShape], Response]


def spoil(answer: Response, fault: Fault, shape: PageShape) -> Response:
    """The answer as the client gets it under this fault; unchanged where the fault needs a list and there is none."""
    return SPOILERS[fault.kind](answer, fault, shape)


@dataclass(slots=True)
class Echo:
    """A list whose pages all lead to its second one: the way on that its first answer gives is that of all that follow."""

    cursor: JSON = None
    link: JSON = None

    def spoil(self, answer: Response, request: Request, shape: PageShape) -> Response:
        """A page of the list with the same way on; the first answer of another list as it is, to be repeated from now on."""
        body = _decoded(answer)
        if not any(_asked_for(way, request) for way in (self.cursor, self.link)):
            found = _at(body, shape.cursor), _at(body, shape.link)
            if any(way is not None for way in found):
                self.cursor, self.link = found
                return answer
            return _with_invented_way(answer, body, shape)
        for path, value in ((shape.cursor, self.cursor), (shape.link, self.link)):
            if value is not None:
                _put(body, path, value)
        return _with_body(answer, body)


def _with_invented_way(answer: Response, body: JSON, shape: PageShape) -> Response:
    """A list of one page claims that it goes on; what is no list stays as it is."""
    if not isinstance(_at(body, shape.rows), list):
        return answer
    _put(body, shape.cursor, "1")
    return _with_body(answer, body)


def _asked_for(way: JSON, request: Request) -> bool:
    """Whether a request follows this cursor or address."""
    if way is None:
        return False
    address = urlsplit(str(way))
    if address.query:
        return set(parse_qsl(address.query)) <= set(parse_qsl(request.query_string))
    return str(way) in f"{request.path}?{unquote(request.query_string)} {request.body.decode(errors='replace')}"


def _reset(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return replace(answer, reset=True)


def _truncated(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return replace(answer, body=answer.body[: max(1, len(answer.body) * 2 // 3)])


def _html(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return Response(headers=(("Content-Type", "text/html; charset=utf-8"),), body=LOGIN_PAGE)


def _empty(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return Response(headers=(("Content-Type", "application/json"),))


def _wrong_type(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return _with_body(answer, ["this", "is", "a", "list"])


def _bad_row(answer: Response, fault: Fault, shape: PageShape) -> Response:
    body = _decoded(answer)
    rows = _at(body, shape.rows)
    if not isinstance(rows, list) or not rows:
        return answer
    rows[fault.row % len(rows)] = {"id": None, "properties": "not an object"}
    return _with_body(answer, body)


def _foreign_next(answer: Response, fault: Fault, shape: PageShape) -> Response:
    body = _decoded(answer)
    _put(body, shape.cursor, f"{FOREIGN_HOST}/next?after=1")
    _put(body, shape.link, f"{FOREIGN_HOST}/next?after=1")
    return _with_body(answer, body)


def _slow_headers(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return replace(answer, slow_headers_s=fault.seconds)


def _slow_body(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return replace(answer, slow_body_s=fault.seconds)


def _gzip_bomb(answer: Response, fault: Fault, shape: PageShape) -> Response:
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    return Response(headers=headers, body=bomb(fault.size))


def _own_words(answer: Response, fault: Fault, shape: PageShape) -> Response:
    return answer


SPOILERS: dict[FaultKind, Spoil] = {
    FaultKind.RATE_LIMITED: _own_words,
    FaultKind.SERVER_ERROR: _own_words,
    FaultKind.UNAUTHORIZED: _own_words,
    FaultKind.MISSING_SCOPE: _own_words,
    FaultKind.NAMED: _own_words,
    FaultKind.RESET: _reset,
    FaultKind.TRUNCATED: _truncated,
    FaultKind.HTML: _html,
    FaultKind.EMPTY: _empty,
    FaultKind.WRONG_TYPE: _wrong_type,
    FaultKind.BAD_ROW: _bad_row,
    FaultKind.FOREIGN_NEXT: _foreign_next,
    FaultKind.SLOW_HEADERS: _slow_headers,
    FaultKind.SLOW_BODY: _slow_body,
    FaultKind.GZIP_BOMB: _gzip_bomb,
}

#: These spoil an answer, so the request is always carried out.
NEED_AN_ANSWER = frozenset(
    {
        FaultKind.TRUNCATED,
        FaultKind.BAD_ROW,
        FaultKind.SAME_CURSOR,
        FaultKind.FOREIGN_NEXT,
        FaultKind.SLOW_HEADERS,
        FaultKind.SLOW_BODY,
    }
)

#: These are said in the vendor's own words.
VENDOR_WORDS = frozenset(
    {
        FaultKind.RATE_LIMITED,
        FaultKind.SERVER_ERROR,
        FaultKind.UNAUTHORIZED,
        FaultKind.MISSING_SCOPE,
        FaultKind.NAMED,
    }
)


def bomb(size: int) -> bytes:
    """`size` spaces, gzipped to about a thousandth."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as stream:
        for _ in range(size // 65_536):
            stream.write(b" " * 65_536)
    return packed.getvalue()


def _decoded(answer: Response) -> JSON:
    try:
        return answer.json()
    except ValueError:
        return None


def _with_body(answer: Response, body: JSON) -> Response:
    return replace(answer, body=json.dumps(body, separators=(",", ":")).encode())


def _at(body: JSON, path: tuple[str, ...]) -> JSON:
    for key in path:
        if not isinstance(body, dict):
            return None
        body = body.get(key)
    return body


def _put(body: JSON, path: tuple[str, ...], value: JSON) -> None:
    for key in path[:-1]:
        if not isinstance(body, dict):
            return
        body = body.setdefault(key, {})
    if isinstance(body, dict):
        body[path[-1]] = value
