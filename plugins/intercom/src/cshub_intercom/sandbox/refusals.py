"""Intercom's error answers, as exceptions that whoever answers raises, and the table of all of them by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cshub.testing.sandbox import JSON, Response, json_response

Headers = tuple[tuple[str, str], ...]
NGINX = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


@dataclass(slots=True)
class Refused(Exception):
    """One error answer.

    `message` may be missing (`says` is then False) or null, and some answers know no request id. `page` stands instead of the
    JSON where something in front of Intercom answers.
    """

    status: int
    code: str = ""
    message: str | None = None
    field: str | None = None
    headers: Headers = ()
    says: bool = True
    knows_request: bool = True
    page: str | None = None

    def response(self, request_id: str, headers: Headers = ()) -> Response:
        """The answer on the wire."""
        all_headers = (*self.headers, *headers)
        if self.page is not None:
            kind = ("Content-Type", "text/html" if self.page else "application/json")
            return Response(status=self.status, headers=(kind, *all_headers), body=self.page.encode())
        error: dict[str, JSON] = {"code": self.code}
        if self.says:
            error["message"] = self.message
        if self.field:
            error["field"] = self.field
        identified = request_id if self.knows_request else None
        return json_response(
            {"type": "error.list", "request_id": identified, "errors": [error]}, self.status, all_headers
        )


def unauthorized() -> Refused:
    """401: no token, a wrong one, or one without the permission for this resource."""
    return Refused(401, "unauthorized", "Access Token Invalid")


def plan_restricted() -> Refused:
    """403: the plan does not contain this."""
    return Refused(403, "api_plan_restricted", "Active subscription needed.")


def not_found(what: str = "Resource") -> Refused:
    """404 in JSON."""
    return Refused(404, "not_found", f"{what} Not Found")


def company_not_found() -> Refused:
    """404 for companies."""
    return Refused(404, "company_not_found", "Company Not Found")


def bad_parameter(name: str) -> Refused:
    """400 of the companies: they know no such key, and this answer no request id."""
    return Refused(400, "bad_request", f"bad '{name}' parameter", knows_request=False)


def invalid(message: str, field: str | None = None) -> Refused:
    """400: a value that does not do."""
    return Refused(400, "parameter_invalid", message, field)


def missing(message: str) -> Refused:
    """400: something was not sent."""
    return Refused(400, "parameter_not_found", message)


def invalid_sort_order(order: str) -> Refused:
    """400 since 2.16."""
    return Refused(400, "invalid_sort_order", f"Invalid sort order '{order}'. Must be one of: ascending, descending")


def version_invalid(message: str = "Requested resource is not available in current API version.") -> Refused:
    """400: no such version, or the resource is not in it."""
    return Refused(400, "intercom_version_invalid", message)


def contact_merged(target: str) -> Refused:
    """410 that names where the contact went."""
    text = "This contact has been merged. See the 'Link' header for the canonical contact."
    return Refused(410, "contact_merged", text, headers=(("Link", f'</contacts/{target}>; rel="canonical"'),))


def scroll_exists() -> Refused:
    """400: a workspace has one scroll at a time."""
    return Refused(400, "scroll_exists", "scroll already exists for this workspace")


def page_limit() -> Refused:
    """400: the list of companies stops at its cap."""
    return Refused(400, "bad_request", "page limit reached, please use scroll API")


def too_many_companies() -> Refused:
    """400: a contact belongs to a thousand companies at most."""
    text = "Contact has reached the maximum of 1000 company associations"
    return Refused(400, "contact_company_limit_exceeded", text)


def not_duplicates() -> Refused:
    """400: only what looks like the same person can be merged."""
    text = "Contacts can only be merged when they are duplicates (matching email or phone). "
    return Refused(400, "invalid_merge", text + "Pass skip_duplicate_validation=true to override this check.")


def rate_limit(limit: int) -> Refused:
    """429 without any Retry-After."""
    return Refused(429, "rate_limit_exceeded", f"Exceeded rate limit of {limit} in 10_seconds")


def scroll_failed() -> Refused:
    """500 that ends a scroll."""
    text = "Request failed due to an internal network error. Please restart the scroll operation."
    return Refused(500, "server_error", text)


def server_error(status: int) -> Refused:
    """5xx in JSON."""
    return Refused(status, "server_error", "An error occurred")


def conversation_model() -> Refused:
    """422 since 2.16: conversation attributes are elsewhere."""
    text = "model=conversation is no longer supported. Use GET /conversations/attributes instead"
    return Refused(422, "parameter_invalid", text)


#: Every error answer by the name that `Fault.name` takes.
ERRORS: Mapping[str, Refused] = {
    "unauthorized": unauthorized(),
    "api_plan_restricted": plan_restricted(),
    "not_found": not_found(),
    "nginx_not_found": Refused(404, page=NGINX.format("404 Not Found")),
    "company_not_found": company_not_found(),
    "field_not_found": Refused(404, "field_not_found", "We couldn't find that data attribute to update"),
    "contact_merged": contact_merged("6762f0d01bb69f9f2193bb7d"),
    "parameter_invalid": invalid("Custom attribute 'nope' does not exist"),
    "parameter_invalid_field": invalid("is not a number", "size"),
    "parameter_not_found": missing("company not specified"),
    "bad_request": bad_parameter("test"),
    "page_limit_reached": page_limit(),
    "scroll_exists": scroll_exists(),
    "scroll_failed": scroll_failed(),
    "invalid_sort_order": invalid_sort_order("desc"),
    "intercom_version_invalid": version_invalid(),
    "contact_company_limit_exceeded": too_many_companies(),
    "invalid_merge": not_duplicates(),
    "data_invalid": Refused(422, "data_invalid", "The custom attribute is in use and cannot be archived"),
    "conversation_model": conversation_model(),
    "rate_limit_exceeded": rate_limit(167),
    "plan": Refused(402, "api_plan_restricted", "Active subscription needed."),
    "method_not_allowed": Refused(405, "method_not_allowed", "Method Not Allowed"),
    "not_acceptable": Refused(406, "not_acceptable", "The Accept header should send a media type of application/json"),
    "request_timeout": Refused(408, "request_timeout", "Request Timeout"),
    "conflict": Refused(409, "conflict", "Multiple existing users match this email address - must be more specific"),
    "media_type_not_acceptable": Refused(
        415, "media_type_not_acceptable", "The Content-Type header should be application/json"
    ),
    "locked": Refused(423, "locked", "Resource is locked"),
    "message_missing": Refused(400, "parameter_invalid", says=False),
    "message_null": Refused(400, "parameter_invalid", None),
    "empty": Refused(200, page=""),
    "server_error": server_error(500),
    "bad_gateway": Refused(502, page=NGINX.format("502 Bad Gateway")),
    "service_unavailable": server_error(503),
    "gateway_timeout": Refused(504, page=NGINX.format("504 Gateway Time-out")),
}


def named(name: str) -> Refused:
    """One error of the table. Raises ValueError, naming those there are."""
    if name not in ERRORS:
        raise ValueError(f"Intercom has no error {name!r}; there are {', '.join(ERRORS)}")
    return replace(ERRORS[name])
