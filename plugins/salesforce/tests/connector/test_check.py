"""Looking around: whose org, what may be read, which fields are wrong, whose clock, how many calls are left."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from cshub import Check, CredentialsError, Finding, VendorTrouble
from cshub_salesforce.sandbox import Limits
from cshub_salesforce.sandbox.fields import text
from cshub_salesforce.streams import streams

from .conftest import Desk, Open, refuse
from .org import error


def finding(found: Check, check: str) -> Finding:
    return next(each for each in found.findings if each.check == check)


@pytest.fixture
def org(open_desk: Open) -> Desk:
    """An empty org with the limits of the vendor."""
    return open_desk(limits=Limits())


def test_a_healthy_org_is_named_with_its_calls(org: Desk) -> None:
    found = org.connect().check()
    assert found.org == org.org.vendor.org.id
    assert found.account == "Salesforce Acme (acme.my.salesforce.com)"
    assert [each.check for each in found.findings if not each.ok] == []
    assert finding(found, "daily calls").message == "14993 of 15000 left", "one question, and six objects"
    assert finding(found, "api version").message == "66.0 of 31.0 to 68.0"
    assert found.missing_scopes == {}


def test_hidden_objects_are_named_by_stream(org: Desk) -> None:
    org.org.switch(hidden_objects=frozenset({"Case"}))
    found = org.connect().check()
    assert found.missing_scopes == {"tickets": ("Case: read",)}
    assert "Case: read" in (finding(found, "scopes of tickets").fix or "")
    declared = {each.name: each.scopes for each in streams(org.settings())}
    assert declared["tickets"] == ("Case: read",)


def test_scopes_in_excess_are_those_the_token_tells(org: Desk) -> None:
    org.org.token = {"scope": "api refresh_token full web"}
    assert org.connect().check().excess_scopes == ("full", "web")
    org.org.token = {"scope": "api"}
    assert org.connect().check().excess_scopes == ()
    org.org.token = {"scope": None}
    assert org.connect().check().excess_scopes is None


@pytest.mark.parametrize(
    ("given", "place", "fix"),
    [
        ({"accounts": {"mrr": "MRRR__c"}}, "accounts.mrr", "did you mean MRR__c?"),
        ({"accounts": {"address": "BillingAddress"}}, "accounts.address", "correct it"),
        ({"deals": {"purpose": "Zz__c"}}, "deals.purpose", "give the integration user the field"),
    ],
)
def test_a_field_that_cannot_be_read_is_named_with_the_nearest(
    org: Desk, given: dict[str, object], place: str, fix: str
) -> None:
    found = finding(org.connect(**given).check(), place)
    assert not found.ok
    assert fix in (found.fix or "")


def test_calculated_fields_say_what_they_cost(org: Desk) -> None:
    found = org.connect(accounts={"days": "Days_To_Renewal__c"}).check()
    told = finding(found, "calculated fields of accounts")
    assert "Days_To_Renewal__c change without a time of change; accounts are read whole every 1 day" in told.message


def test_s4_new_fields_of_the_org_are_reported(org: Desk) -> None:
    org.org.make("Contact", text("Favourite_Tea__c", "Favourite Tea"), text("CSHub_Health__c", "Health"))
    assert finding(org.connect().check(), "custom fields of contacts").message == "not mapped: Favourite_Tea__c"


def test_usual_fields_that_are_hidden_are_told(org: Desk) -> None:
    org.org.vendor.hide_field("Account.Website")
    told = finding(org.connect().check(), "fields of accounts")
    assert not told.ok
    assert told.message.startswith("Website cannot be seen")


def test_fields_an_org_may_lack_are_nobodys_fault(org: Desk) -> None:
    org.org.vendor.hide_field("Task.Type")
    org.org.vendor.hide_field("Task.CompletedDateTime")
    assert [each.check for each in org.connect().check().findings if not each.ok] == []


def test_s5_a_stamp_that_cannot_be_filtered_is_told(org: Desk) -> None:
    org.org.change("Task", "SystemModstamp", filterable=False)
    assert "LastModifiedDate" in finding(org.connect().check(), "changes of events").message


def test_a_clock_that_is_off_is_told(org: Desk) -> None:
    then = format_datetime(org.clock.now() - timedelta(minutes=20), usegmt=True)
    org.org.instead.append(
        lambda request: (
            httpx.Response(200, headers={"date": then}, json=[{"version": "66.0"}])
            if request.url.path == "/services/data"
            else None
        )
    )
    told = finding(org.connect().check(), "clock")
    assert not told.ok
    assert told.message == "this machine is 1200 s ahead of Salesforce"


def test_a_version_the_org_does_not_list_is_told(org: Desk) -> None:
    org.org.instead.append(
        lambda request: (
            httpx.Response(200, json=[{"version": "31.0"}, {"version": "65.0"}])
            if request.url.path == "/services/data"
            else None
        )
    )
    told = finding(org.connect().check(), "api version")
    assert not told.ok
    assert told.message == "the org does not list 66.0; it has 31.0 to 65.0"


def test_few_calls_left_are_told(org: Desk) -> None:
    org.org.usage = "api-usage=14900/15000, per-app-api-usage=17/250(appName=cshub)"
    told = finding(org.connect().check(), "daily calls")
    assert (told.ok, told.message) == (False, "100 of 15000 left")


def test_an_org_whose_name_may_not_be_read_is_told_by_its_id(org: Desk) -> None:
    org.org.instead.append(
        lambda request: (
            error(400, "INVALID_TYPE", "sObject type 'Organization' is not supported.")
            if "Organization" in request.url.params.get("q", "")
            else None
        )
    )
    assert org.connect().check().account == f"Salesforce {org.org.vendor.org.id} (acme.my.salesforce.com)"


def test_a_bad_login_is_told_from_no_network(org: Desk) -> None:
    refuse(org, "/services/data", "SERVER_UNAVAILABLE", "down", status=503, times=99)
    with pytest.raises(VendorTrouble):
        org.connect().check()
    org.org.instead.append(lambda _: httpx.Response(400, json={"error": "invalid_client", "error_description": "x"}))
    org.org.instead.reverse()
    with pytest.raises(CredentialsError):
        org.connect().check()


def test_looking_around_writes_nothing(org: Desk) -> None:
    org.connect().check()
    assert {each.method for each in org.org.requests if "oauth2" not in each.url.path} == {"GET"}
