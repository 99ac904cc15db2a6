"""SatisMeter's error answers, as exceptions that an endpoint raises and the double turns into a response."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cshub.testing.sandbox import JSON, Response, json_response


@dataclass(slots=True)
class Refused(Exception):
    """One error answer; without a title its body is empty."""

    status: int
    title: str = ""
    retry_after: str | None = None

    def response(self, *, bodies: str = "titles") -> Response:
        """The answer as SatisMeter gives it; with `bodies="empty"` it says nothing but its number."""
        headers = (("Retry-After", self.retry_after),) if self.retry_after else ()
        if bodies == "empty" or not self.title:
            return Response(status=self.status, headers=headers)
        body: dict[str, JSON] = {"errors": [{"title": self.title}]}
        return json_response(body, self.status, headers)


def bad_request(title: str) -> Refused:
    """400 with a title."""
    return Refused(400, title)


def unauthorized() -> Refused:
    """401: no key, or one nobody knows."""
    return Refused(401, "Unauthorized")


def not_found() -> Refused:
    """404: no such path or thing, or one of another project."""
    return Refused(404, "Not Found")


def rate_limited(retry_after: str | None = None) -> Refused:
    """429; no Retry-After is known of SatisMeter."""
    return Refused(429, "Too Many Requests", retry_after)


_TITLED = {
    "bad_request": bad_request("Bad Request"),
    "duplicate_response": bad_request("Duplicate response"),
    "unauthorized": unauthorized(),
    "forbidden": Refused(403, "Forbidden"),
    "not_found": not_found(),
    "not_acceptable": Refused(406, "Not Acceptable"),
    "unprocessable": Refused(422, "Unprocessable Entity"),
    "rate_limited": rate_limited(),
    "server_error": Refused(500, "Internal Server Error"),
    "bad_gateway": Refused(502, "Bad Gateway"),
    "unavailable": Refused(503, "Service Unavailable"),
    "gateway_timeout": Refused(504, "Gateway Timeout"),
}
#: Every error of the vendor by name; each once more with an empty body.
ERRORS: dict[str, Refused] = _TITLED | {f"{name}_empty": replace(error, title="") for name, error in _TITLED.items()}
