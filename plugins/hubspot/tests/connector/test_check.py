"""Looking around: whose account, which scopes, whose clock, how many calls left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cshub import CredentialsError, VendorTrouble
from cshub.testing.sandbox import Fault, FaultKind

from .conftest import GENERATIONS, Account, Open

OAUTH = {
    "client_id": "HUBSPOT_CLIENT_ID",
    "client_secret": "HUBSPOT_CLIENT_SECRET",
    "refresh_token": "HUBSPOT_REFRESH_TOKEN",
}


@pytest.mark.parametrize("generation", [*GENERATIONS, "2026-03"])
def test_a_healthy_account_is_named_with_its_daily_calls(open_account: Open, generation: str) -> None:
    found = open_account(generation=generation, limits="vendor").connect().check()
    assert found.org.isdigit()
    assert found.org in found.account
    assert {each.check for each in found.findings} == {"login", "clock", "daily calls"}
    assert all(each.ok for each in found.findings)
    assert found.missing_scopes == {}


def test_missing_scopes_are_named_by_stream(open_account: Open) -> None:
    account = open_account(scopes=["crm.objects.companies.read", "crm.objects.contacts.read"])
    found = account.connect().check()
    assert set(found.missing_scopes) == {"deals", "tickets", "owners", "associations"}
    assert "crm.objects.deals.read" in found.missing_scopes["deals"]
    lacking = next(each for each in found.findings if each.check == "scopes of deals")
    assert not lacking.ok
    assert "add crm.objects.deals.read" in (lacking.fix or "")


def test_a_clock_that_is_off_is_told(account: Account) -> None:
    account.clock.ahead = timedelta(minutes=20)
    clock = next(each for each in account.connect().check().findings if each.check == "clock")
    assert not clock.ok
    assert clock.message == "this machine is 1200 s ahead of HubSpot"


def test_a_bad_token_is_told_from_no_network(account: Account) -> None:
    with pytest.raises(CredentialsError, match="does not know this token"):
        account.connect(token="pat-eu1-wrong").check()
    account.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR))
    with pytest.raises(VendorTrouble):
        account.connect().check()


def test_an_error_carries_hubspots_own_id_and_never_the_token(account: Account) -> None:
    with pytest.raises(CredentialsError) as caught:
        account.connect(token="pat-eu1-wrong").check()
    assert caught.value.request_id
    assert "pat-eu1-wrong" not in str(caught.value)


@pytest.mark.parametrize("generation", [*GENERATIONS, "2026-03"])
def test_an_oauth_app_logs_in_with_its_refresh_token(open_account: Open, generation: str) -> None:
    account = open_account(generation=generation)
    oauth = {key: account.sandbox.credentials[name] for key, name in OAUTH.items()}
    assert account.connect(token=None, **oauth).check().org


def test_rights_that_are_never_used_are_named_where_hubspot_tells(open_account: Open) -> None:
    needed = ["oauth", "crm.objects.companies.read", "crm.objects.contacts.read", "crm.objects.deals.read", "tickets"]
    needed += ["crm.objects.owners.read", "crm.objects.companies.write", "crm.schemas.companies.read"]
    for more in ([], ["crm.objects.contacts.write", "crm.objects.deals.write"]):
        account = open_account(scopes=[*needed, *more])
        oauth = {key: account.sandbox.credentials[name] for key, name in OAUTH.items()}
        found = account.connect(token=None, **oauth).check()
        assert found.excess_scopes == tuple(more)


def test_of_a_static_token_it_is_said_that_nobody_can_tell(account: Account) -> None:
    found = account.connect().check()
    assert found.excess_scopes is None  # which `cshub doctor` says in its own words, once
    assert not [each for each in found.findings if "rights" in each.check]


def test_a_revoked_authorization_asks_to_reconnect(account: Account) -> None:
    oauth = {key: account.sandbox.credentials[name] for key, name in OAUTH.items()} | {"refresh_token": "revoked"}
    with pytest.raises(CredentialsError, match="reconnect crm"):
        account.connect(token=None, **oauth).check()


def test_a_wrong_client_secret_is_not_called_a_revoked_authorization(account: Account) -> None:
    oauth = {key: account.sandbox.credentials[name] for key, name in OAUTH.items()} | {"client_secret": "mistyped"}
    with pytest.raises(CredentialsError) as caught:
        account.connect(token=None, **oauth).check()
    assert caught.value.hint == "check client_id and client_secret of crm"


def test_waits_are_those_hubspot_asks_for(account: Account) -> None:
    account.sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMITED, on="*/owners/*", times=1, retry_after="7"))
    account.connect().check()
    assert account.clock.slept == [7.0]


def test_a_property_that_does_not_exist_is_named_with_the_nearest_one(account: Account) -> None:
    found = account.connect(accounts={"mrr": "mrrr", "industry": "industry"}).check()
    wrong = [each for each in found.findings if not each.ok]
    assert [each.check for each in wrong] == ["accounts.mrr"]
    assert wrong[0].message == "companies have no property mrrr"
    assert wrong[0].fix == "did you mean mrr?"
