"""Every error Intercom is known to give, said by its double to a call for data, is the error of whoever can act on it, or is waited out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from cshub import (
    AnswerError,
    CredentialsError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    VendorError,
    VendorTrouble,
)
from cshub.testing import ManualClock, context
from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_intercom import connector
from cshub_intercom.sandbox import ERRORS, Intercom, create
from cshub_intercom.settings import IntercomSettings
from cshub_intercom.streams import streams

START = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
LIST = "GET /contacts"
#: Errors for good, with a word of what they say.
FINAL: dict[str, tuple[type[VendorError], str]] = {
    "unauthorized": (PermissionMissing, "the token is good but may not read this"),
    "api_plan_restricted": (PermissionMissing, "Active subscription needed"),
    "plan": (PermissionMissing, "plan does not include"),
    "not_found": (RequestRefused, "Resource Not Found"),
    "company_not_found": (RequestRefused, "Company Not Found"),
    "field_not_found": (RequestRefused, "couldn't find that data attribute"),
    "contact_merged": (RequestRefused, "has been merged"),
    "parameter_invalid": (RequestRefused, "Custom attribute 'nope'"),
    "parameter_invalid_field": (RequestRefused, "is not a number"),
    "parameter_not_found": (RequestRefused, "company not specified"),
    "bad_request": (RequestRefused, "bad 'test' parameter"),
    "page_limit_reached": (RequestRefused, "page limit reached"),
    "invalid_sort_order": (RequestRefused, "Invalid sort order"),
    "intercom_version_invalid": (RequestRefused, "set `version` to another one"),
    "contact_company_limit_exceeded": (RequestRefused, "maximum of 1000"),
    "invalid_merge": (RequestRefused, "only be merged when"),
    "data_invalid": (RequestRefused, "cannot be archived"),
    "conversation_model": (RequestRefused, "no longer supported"),
    "method_not_allowed": (RequestRefused, "Method Not Allowed"),
    "not_acceptable": (RequestRefused, "Accept header"),
    "conflict": (RequestRefused, "Multiple existing users"),
    "media_type_not_acceptable": (RequestRefused, "Content-Type header"),
    "message_missing": (RequestRefused, "parameter_invalid"),
    "message_null": (RequestRefused, "parameter_invalid"),
}
#: Errors that pass: what they are when they do not, and how long is waited at least before the same request is sent again, and at most.
PASSING: dict[str, tuple[type[VendorError], float, float]] = {
    "rate_limit_exceeded": (RateLimited, 1, 12),
    "scroll_exists": (RateLimited, 60.9, 61.1),
    "nginx_not_found": (VendorTrouble, 0.1, 60),
    "request_timeout": (VendorTrouble, 0.1, 60),
    "locked": (VendorTrouble, 0.1, 60),
    "empty": (AnswerError, 1, 1),
    **{name: (VendorTrouble, 0.1, 60) for name, error in ERRORS.items() if error.status >= 500},
}


@dataclass(slots=True)
class Struck:
    """A workspace, whose list of contacts is read."""

    sandbox: Sandbox[Intercom]
    clock: ManualClock
    answers: list[httpx.Response]

    def strike(self, name: str, *, on: str = LIST, times: int | None = None) -> None:
        self.sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, on=on, times=times))

    def pull(self) -> int:
        """How many contacts there are."""
        settings = IntercomSettings.model_validate({"token": self.sandbox.credentials["INTERCOM_TOKEN"]})
        around = context(connection="support", transport=Heard(self), clock=self.clock)
        stream = next(each for each in streams(settings) if each.name == "contacts")
        source = connector.Intercom(settings, around)
        return sum(len(page.rows) for page in source.pull(stream, None, self.clock.now()))


class Heard(httpx.BaseTransport):
    """The way to the sandbox, with every answer kept."""

    def __init__(self, struck: Struck) -> None:
        self._struck = struck
        self._inner = httpx.WSGITransport(app=struck.sandbox)  # type: ignore[arg-type]  # a sandbox is a WSGI application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        kept = httpx.Response(answer.status_code, headers=answer.headers, content=answer.read())
        self._struck.answers.append(kept)
        return httpx.Response(kept.status_code, headers=kept.headers, content=kept.content)


@pytest.fixture
def struck() -> Struck:
    """A small workspace without limits."""
    clock = ManualClock(START)
    time = SandboxClock(START, ticking=False)
    clock.follow(time.advance)
    return Struck(create(customers=5, clock=time, limits="off"), clock, [])


def said_id(answer: httpx.Response) -> str | None:
    """Intercom's own id of the request in an answer."""
    try:
        body = json.loads(answer.content)
    except ValueError:
        return None
    return body.get("request_id") if isinstance(body, dict) else None


def test_the_tables_know_every_error() -> None:
    assert FINAL.keys() | PASSING.keys() == ERRORS.keys()
    assert FINAL.keys() & PASSING.keys() == set()


@pytest.mark.parametrize("name", sorted(FINAL))
def test_an_error_for_good_names_intercoms_own_id_of_the_request(struck: Struck, name: str) -> None:
    kind, words = FINAL[name]
    struck.strike(name)
    with pytest.raises(kind) as caught:
        struck.pull()
    told = said_id(struck.answers[-1])
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.status == ERRORS[name].status
    assert (told is not None) is ERRORS[name].knows_request
    assert caught.value.request_id == told
    if told is not None:
        assert f"[vendor request {told}]" in str(caught.value)


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_passes_is_waited_out(struck: Struck, name: str) -> None:
    _, least, most = PASSING[name]
    struck.strike(name, times=1)
    assert struck.pull()
    assert least <= sum(struck.clock.slept) <= most


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_does_not_pass_is_nobodys_fault_for_now(struck: Struck, name: str) -> None:
    kind, _, _ = PASSING[name]
    struck.strike(name)
    with pytest.raises(kind) as caught:
        struck.pull()
    assert type(caught.value) is kind
    assert caught.value.status == ERRORS[name].status
    if told := said_id(struck.answers[-1]):
        assert f"[vendor request {told}]" in str(caught.value)


def test_a_token_nobody_takes_is_no_matter_of_permissions(struck: Struck) -> None:
    struck.strike("unauthorized", on="*")
    with pytest.raises(CredentialsError, match="does not accept the token") as caught:
        struck.pull()
    assert f"[vendor request {said_id(struck.answers[-1])}]" in str(caught.value)
