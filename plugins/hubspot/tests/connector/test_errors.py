"""Every error HubSpot is known to give, said by its double, is the error of whoever can act on it, or is waited out."""

from __future__ import annotations

import httpx
import pytest

from cshub import (
    ConfigError,
    CredentialsError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    VendorError,
    VendorTrouble,
)
from cshub.testing.sandbox import Fault, FaultKind
from cshub_hubspot.sandbox import ERRORS

from .conftest import Account, Open

#: Errors for good, with a word of what they say.
FINAL: dict[str, tuple[type[VendorError], str]] = {
    "validation_error": (RequestRefused, "limit must be at most 100"),
    "unknown_property": (RequestRefused, "PROPERTY_DOESNT_EXIST"),
    "invalid_json": (RequestRefused, "Invalid input JSON"),
    "duplicate_ids": (RequestRefused, "IDs must be unique"),
    "beyond_10000": (RequestRefused, "10000"),
    "bad_refresh_token": (RequestRefused, "refresh token"),
    "invalid_authentication": (CredentialsError, "does not know this token"),
    "expired_authentication": (CredentialsError, "has expired"),
    "missing_scopes": (PermissionMissing, "crm.objects.companies.read"),
    "account_permission": (PermissionMissing, "does not have access"),
    "object_not_found": (RequestRefused, "resource not found"),
    "wrong_path": (RequestRefused, "404"),
    "contact_exists": (RequestRefused, "Existing ID: 123"),
    "property_exists": (RequestRefused, "already exists"),
    "uri_too_long": (RequestRefused, "Too Long"),
    "daily_limit": (RateLimited, "calls of the day"),
}
#: Errors that pass: how long is waited at least before the same request is sent again, and at most.
PASSING: dict[str, tuple[float, float]] = {
    "locked": (2, 2),
    "search_limit": (1, 1),
    "ten_secondly_limit": (10, 10),
    "secondly_limit": (1, 1),
    "limit_with_retry_after": (3, 3),
    "moving_region": (20, 20),
    **{name: (0.1, 60) for name, error in ERRORS.items() if error.status >= 500},
}


def strike(account: Account, name: str, **how: int) -> None:
    account.sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, **how))  # type: ignore[arg-type]  # times alone


def test_the_tables_know_every_error() -> None:
    assert FINAL.keys() | PASSING.keys() == ERRORS.keys()
    assert FINAL.keys() & PASSING.keys() == set()


@pytest.mark.parametrize("name", sorted(FINAL))
def test_an_error_for_good_names_hubspots_own_id_of_the_request(account: Account, name: str) -> None:
    kind, words = FINAL[name]
    strike(account, name)
    with pytest.raises(kind) as caught:
        account.connect().check()
    said = account.wire.exchanges[-1]
    assert type(caught.value) is kind
    assert words in str(caught.value)
    assert caught.value.status == ERRORS[name].status
    if ERRORS[name].page is None:
        assert caught.value.request_id
        assert caught.value.request_id in said.answer.decode()
        assert f"[vendor request {caught.value.request_id}]" in str(caught.value)


@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_passes_is_waited_out(account: Account, name: str) -> None:
    least, most = PASSING[name]
    strike(account, name, times=1)
    assert account.connect().check().org
    assert least <= sum(account.clock.slept) <= most


@pytest.mark.parametrize("name", sorted(name for name, error in ERRORS.items() if error.status >= 500))
def test_what_does_not_pass_is_nobodys_fault_for_now(account: Account, name: str) -> None:
    strike(account, name)
    with pytest.raises(VendorTrouble) as caught:
        account.connect().check()
    assert caught.value.status == ERRORS[name].status


def test_a_dead_refresh_token_asks_to_connect_again(open_account: Open) -> None:
    account = open_account()
    names = {"client_id": "CLIENT_ID", "client_secret": "CLIENT_SECRET", "refresh_token": "REFRESH_TOKEN"}
    strike(account, "bad_refresh_token")
    with pytest.raises(CredentialsError, match="reconnect crm"):
        account.connect(
            token=None, **{key: account.sandbox.credentials[f"HUBSPOT_{name}"] for key, name in names.items()}
        ).check()


def test_a_name_that_is_no_error_is_a_mistake_of_the_test(account: Account) -> None:
    strike(account, "teapot")
    with httpx.Client(transport=httpx.WSGITransport(app=account.sandbox)) as client, pytest.raises(ConfigError):
        client.get("https://api.hubapi.com/")
