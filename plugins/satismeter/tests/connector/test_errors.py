"""Every error SatisMeter is known to give, said by its double to a call for data, is the error of whoever can act on it, or is waited out.

SatisMeter tells no id of a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
import pytest

from cshub import CredentialsError, PermissionMissing, RateLimited, RequestRefused, VendorError, VendorTrouble
from cshub.testing import ManualClock, context
from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_satismeter import connector
from cshub_satismeter.sandbox import ERRORS, SatisMeter, create
from cshub_satismeter.settings import SatisMeterSettings
from cshub_satismeter.streams import streams

LIST = "GET /api/v3/projects/*/responses"
START = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
#: Errors for good, each of which comes without a body as well.
FINAL: dict[str, type[VendorError]] = {
    "bad_request": RequestRefused,
    "duplicate_response": RequestRefused,
    "unauthorized": CredentialsError,
    "forbidden": PermissionMissing,
    "not_found": RequestRefused,
    "not_acceptable": RequestRefused,
    "unprocessable": RequestRefused,
}
#: Errors that pass, and what they are when they do not.
PASSING: dict[str, type[VendorError]] = {
    "rate_limited": RateLimited,
    "server_error": VendorTrouble,
    "bad_gateway": VendorTrouble,
    "unavailable": VendorTrouble,
    "gateway_timeout": VendorTrouble,
}


def both(table: dict[str, type[VendorError]]) -> list[str]:
    """The names of a table's errors, with a body and without."""
    return sorted([*table, *(f"{name}_empty" for name in table)])


@dataclass(slots=True)
class Struck:
    """A project, whose responses are read."""

    sandbox: Sandbox[SatisMeter]
    clock: ManualClock

    def strike(self, name: str, *, times: int | None = None) -> None:
        self.sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, on=LIST, times=times))

    def pull(self) -> int:
        """How many answers there are."""
        settings = SatisMeterSettings.model_validate(
            {
                "token": self.sandbox.credentials["SATISMETER_TOKEN"],
                "project": self.sandbox.credentials["SATISMETER_PROJECT"],
            }
        )
        transport = httpx.WSGITransport(app=self.sandbox)  # type: ignore[arg-type]  # a sandbox is a WSGI application
        around = context(connection="survey", transport=transport, clock=self.clock)
        source = connector.SatisMeter(settings, around)
        (stream,) = streams(settings)
        return sum(len(page.rows) for page in source.pull(stream, None, self.clock.now()))


@pytest.fixture
def struck() -> Struck:
    """A small project."""
    clock = ManualClock(START)
    time = SandboxClock(START, ticking=False)
    clock.follow(time.advance)
    return Struck(create(customers=10, clock=time), clock)


def test_the_tables_know_every_error() -> None:
    assert {*both(FINAL), *both(PASSING)} == ERRORS.keys()
    assert FINAL.keys() & PASSING.keys() == set()


@pytest.mark.parametrize("name", both(FINAL))
def test_an_error_for_good_says_what_satismeter_says(struck: Struck, name: str) -> None:
    struck.strike(name)
    with pytest.raises(VendorError) as caught:
        struck.pull()
    assert type(caught.value) is FINAL[name.removesuffix("_empty")]
    assert caught.value.status == ERRORS[name].status
    assert ERRORS[name].title in str(caught.value)
    assert "survey: responses list" in str(caught.value)
    assert not struck.clock.slept


@pytest.mark.parametrize("name", both(PASSING))
def test_what_passes_is_waited_out(struck: Struck, name: str) -> None:
    struck.strike(name, times=1)
    assert struck.pull()
    assert 0.1 <= sum(struck.clock.slept) <= 60


@pytest.mark.parametrize("name", both(PASSING))
def test_what_does_not_pass_is_nobodys_fault_for_now(struck: Struck, name: str) -> None:
    struck.strike(name)
    with pytest.raises(VendorError) as caught:
        struck.pull()
    assert type(caught.value) is PASSING[name.removesuffix("_empty")]
    assert caught.value.status == ERRORS[name].status
