"""Salesforce's refusals, as exceptions that an endpoint raises and the front turns into a response."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cshub.testing.sandbox import JSON, Response, json_response

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One reason: Salesforce's code, its sentence, and the fields it is about."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    def as_error(self) -> dict[str, JSON]:
        """As plain REST shows it: `errorCode`, and `fields` only where there are some."""
        body: dict[str, JSON] = {"message": self.message, "errorCode": self.code}
        return {**body, "fields": [*self.fields]} if self.fields else body

    def as_item(self) -> dict[str, JSON]:
        """As a list of records shows it: `statusCode`, and always `fields`."""
        return {"statusCode": self.code, "message": self.message, "fields": [*self.fields]}


@dataclass(slots=True)
class Refused(Exception):
    """An answer that is no success: its status and its reasons; `body` instead of the usual list where it is none."""

    status: int
    problems: tuple[Problem, ...]
    headers: Headers = ()
    body: JSON = field(default=None)

    def response(self) -> Response:
        """The answer."""
        listed: JSON = [problem.as_error() for problem in self.problems]
        return json_response(listed if self.body is None else self.body, self.status, self.headers)


def refused(status: int, code: str, message: str, fields: Sequence[str] = ()) -> Refused:
    """A refusal for one reason."""
    return Refused(status, (Problem(code=code, message=message, fields=tuple(fields)),))


def bad(code: str, message: str, fields: Sequence[str] = ()) -> Refused:
    """400 for one reason."""
    return refused(400, code, message, fields)


def not_found(message: str = "The requested resource does not exist") -> Refused:
    """404: gone, hidden, or never there."""
    return refused(404, "NOT_FOUND", message)


def expired() -> Refused:
    """401: the only sign that a session has ended."""
    return refused(401, "INVALID_SESSION_ID", "Session expired or invalid")


def oauth(error: str, description: str) -> Refused:
    """400 of the token endpoint, which answers an object."""
    return Refused(400, (), (), {"error": error, "error_description": description})
