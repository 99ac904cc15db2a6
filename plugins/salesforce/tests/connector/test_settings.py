"""The YAML block: one org, one way in, and fields that can be asked for."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cshub import Type
from cshub_salesforce.hosts import audience, instance_origin
from cshub_salesforce.settings import SalesforceSettings
from cshub_salesforce.streams import streams

BASE = {"my_domain": "acme", "client_id": "key", "client_secret": "secret"}
JWT = {"client_secret": None, "username": "hub@acme.example", "private_key": "pem"}


def settings(**given: object) -> SalesforceSettings:
    return SalesforceSettings.model_validate(
        {key: value for key, value in {**BASE, **given}.items() if value is not None}
    )


@pytest.mark.parametrize(
    ("my_domain", "origin"),
    [
        ("acme", "https://acme.my.salesforce.com"),
        ("ACME", "https://acme.my.salesforce.com"),
        ("acme--uat", "https://acme--uat.sandbox.my.salesforce.com"),
        ("acme-dev-ed", "https://acme-dev-ed.develop.my.salesforce.com"),
    ],
)
def test_my_domain_leads_to_the_orgs_own_host(my_domain: str, origin: str) -> None:
    assert settings(my_domain=my_domain).login == origin


@pytest.mark.parametrize(
    "my_domain", ["acme.my.salesforce.com", "https://acme", "a b", "-acme", "acme-", "acme/x", "acme@x"]
)
def test_an_address_is_no_my_domain(my_domain: str) -> None:
    with pytest.raises(ValidationError, match="only the name"):
        settings(my_domain=my_domain)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8080", "https://acme.my.salesforce.com"])
def test_a_base_url_takes_its_place(base_url: str) -> None:
    assert settings(my_domain=None, base_url=base_url).login == base_url


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"base_url": "https://acme.my.salesforce.com"}, "or else"),
        ({"my_domain": None}, "or else"),
        ({"my_domain": None, "base_url": "http://acme.my.salesforce.com"}, "in the clear"),
        ({"my_domain": None, "base_url": "https://10.0.0.1"}, "private"),
        ({"my_domain": None, "base_url": "https://login.salesforce.com"}, "only at the org's own host"),
        ({"client_secret": None}, "client_secret"),
        ({"username": "x"}, "client_secret"),
        ({"username": "x", "private_key": "pem"}, "client_secret"),
        ({"api": "66"}, "api"),
        ({"accounts": {"id": "X__c"}}, "every row has its own id"),
        ({"accounts": {"mrr": {"field": "MRR__c", "type": "number"}}}, "write mrr: MRR__c"),
        ({"accounts": {"tier": "Tier__c, Name"}}, "accounts"),
        ({"accounts": {"tier": "Owner.Name"}}, "accounts"),
        ({"methods": {"companies": "bulk"}}, "methods"),
        ({"reserve": "120%"}, "reserve"),
        ({"no_such": 1}, "no_such"),
    ],
)
def test_a_mistake_is_told(given: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(**given)


def test_jwt_may_use_the_shared_login_host() -> None:
    assert (
        settings(**JWT, my_domain=None, base_url="https://login.salesforce.com").login == "https://login.salesforce.com"
    )


def test_a_version_may_be_written_as_a_number() -> None:
    assert settings(api=64.0).api == "64.0"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ("https://acme.my.salesforce.com", "https://login.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
    ],
)
def test_a_jwt_is_meant_for_production_or_for_sandboxes(origin: str, expected: str) -> None:
    assert audience(origin) == expected


ACME, LOCAL = "https://acme.my.salesforce.com", "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("told", "login", "expected"),
    [
        (ACME, ACME, ACME),
        ("https://other.my.salesforce.com", "https://login.salesforce.com", "https://other.my.salesforce.com"),
        ("https://acme--uat.sandbox.my.salesforce.com/", ACME, "https://acme--uat.sandbox.my.salesforce.com"),
        (LOCAL, LOCAL, LOCAL),
        ("http://127.0.0.1:8081", LOCAL, None),
        ("https://acme.my.salesforce.com.evil.example", ACME, None),
        ("https://evil.example/.salesforce.com", ACME, None),
        ("https://user@acme.my.salesforce.com", ACME, None),
        ("https://evilsalesforce.com", ACME, None),
        ("http://acme.my.salesforce.com", ACME, None),
        ("https://acme.my.salesforce.com:8443", ACME, None),
        ("https://acme.my.salesforce.com/services", ACME, None),
        ("https://169.254.169.254", ACME, None),
        ("", ACME, None),
    ],
)
def test_data_calls_go_only_to_salesforce_or_to_the_configured_host(
    told: str, login: str, expected: str | None
) -> None:
    assert instance_origin(told, login) == expected


def test_names_beyond_the_kinds_columns_become_extra_fields() -> None:
    given = settings(accounts={"mrr": "MRR__c", "tier": "Tier__c", "seats": {"field": "Seats__c", "type": "integer"}})
    (accounts,) = (each for each in streams(given) if each.name == "accounts")
    assert accounts.extras == {"tier": Type.TEXT, "seats": Type.INTEGER}


SHAPES = [
    ("accounts", {"accounts": {"tier": "Tier__c"}}),
    ("accounts", {"accounts": {"tier": {"field": "Tier__c", "type": "integer"}}}),
    ("accounts", {"person_accounts": True}),
    ("deals", {"deal_types": {"Renewal": "renewal"}}),
    ("deals", {"record_types": {"Renewal": "renewal"}}),
    ("tickets", {"priorities": {"P1": "urgent"}}),
    ("tickets", {"closed_statuses": ["Closed"]}),
]


@pytest.mark.parametrize(("stream", "given"), SHAPES)
def test_g4_the_shape_follows_what_a_row_says(stream: str, given: dict[str, object]) -> None:
    before = {each.name: each.shape for each in streams(settings())}
    after = {each.name: each.shape for each in streams(settings(**given))}
    assert [name for name in before if before[name] != after[name]] == [stream]


def test_g4_how_a_stream_is_read_is_no_part_of_its_shape() -> None:
    given = {"methods": {"accounts": "bulk"}, "overlap": "1h", "reserve": 0.5, "bulk_above": 10}
    assert [each.shape for each in streams(settings())] == [each.shape for each in streams(settings(**given))]
