"""What came back from a vendor, whole and checked. Deciding what a bad one means is `verdict.py`'s part."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeAlias

import httpx
import orjson

from ..errors import AnswerError
from .redact import Redactor

JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

_NO_SECRETS = Redactor()
_ESCAPES = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `url` is the path without its query; `headers` are looked up without regard to case.

    `vendor` names the client it came through, `label` what was asked; both stand in every error made from it.
    """

    status: int
    headers: Mapping[str, str]
    content: bytes
    url: str
    label: str
    vendor: str = ""
    received_at: datetime | None = None
    redactor: Redactor = _NO_SECRETS
    request_id_of: Callable[[Answer], str | None] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.headers, httpx.Headers):
            object.__setattr__(self, "headers", httpx.Headers(dict(self.headers)))

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.where}, {len(self.content)} bytes>"

    @property
    def where(self) -> str:
        """`vendor: label`, the place that errors name."""
        return f"{self.vendor}: {self.label}" if self.vendor else self.label

    @property
    def request_id(self) -> str | None:
        """The vendor's own id of this request, for its support desk; None when it gives none."""
        found = self.request_id_of(self) if self.request_id_of else self.headers.get("x-request-id")
        return self.redactor.clean(found)[:200] if found else None

    @property
    def retry_after_s(self) -> float | None:
        """Seconds the vendor asks to wait (RFC 9110 §10.2.3: a number or a date), ≥ 0; None when it says nothing usable.

        A date is compared with the answer's own `Date`, so that clocks that disagree do no harm.
        """
        text = self.headers.get("retry-after", "").strip()
        try:
            seconds = float(text)
        except ValueError:
            return self._seconds_until(text)
        return max(0.0, seconds) if math.isfinite(seconds) else None

    def json(self) -> JSON:
        """The body as JSON. An empty body, an HTML page, cut JSON or NaN is an AnswerError that quotes its beginning."""
        try:
            return _loads(self.content)
        except orjson.JSONDecodeError as error:
            raise self.error(self._what_it_is()) from error

    def object(self) -> dict[str, JSON]:
        """The body as a JSON object; anything else is an AnswerError."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.error(f"answered with a JSON {_type_name(value)} where an object was expected")
        return value

    def error(self, message: str) -> AnswerError:
        """An AnswerError about this answer: place, status, request id and the beginning of the body, without secrets."""
        return AnswerError(
            f"the vendor {self.redactor.clean(message)} (status {self.status}): {self.excerpt() or 'no body'}",
            where=self.where,
            status=self.status,
            request_id=self.request_id,
        )

    def excerpt(self) -> str:
        """The first 120 characters of the body in one line, without secrets."""
        return self.redactor.excerpt(self.content)

    def _what_it_is(self) -> str:
        body = self.content.lstrip()
        if not body:
            return "answered with nothing where JSON was expected"
        if body.startswith(b"<") or "html" in self.headers.get("content-type", ""):
            return "answered with a web page (a login form?) where JSON was expected"
        return "answered with something that is not JSON"

    def _seconds_until(self, date: str) -> float | None:
        then, now = _http_date(date), _http_date(self.headers.get("date", "")) or self.received_at
        return max(0.0, (then - now).total_seconds()) if then and now else None


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _loads(content: bytes) -> JSON:
    """Parse JSON; a lone surrogate, which no text can hold, becomes U+FFFD instead of spoiling the whole page."""
    try:
        value: JSON = orjson.loads(content)
    except orjson.JSONDecodeError:
        repaired = _ESCAPES.sub(lambda found: b"\\ufffd" if found["lone"] else found[0], content)
        if repaired == content:
            raise
        value = orjson.loads(repaired)
    return value


def _type_name(value: JSON) -> str:
    names = {list: "list", str: "text", bool: "boolean", int: "number", float: "number", type(None): "null"}
    return names[type(value)]
