"""HubSpot's own Python client, unmodified, works against the served sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cshub.testing.sandbox import SandboxClock, serve
from cshub_hubspot.sandbox import create

hubspot = pytest.importorskip("hubspot", reason="hubspot-api-client is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def official() -> Iterator[Any]:
    sandbox = create(clock=SandboxClock(), customers=30, search_lag_s=0)
    with serve(sandbox) as running:
        client = hubspot.Client.create(access_token=sandbox.credentials["HUBSPOT_TOKEN"])
        client.config["host"] = running.url
        yield client


def test_it_lists_companies(official: Any) -> None:
    page = official.crm.companies.basic_api.get_page(limit=10, properties=["name", "mrr"], associations=["contacts"])
    assert len(page.results) == 10
    assert page.paging.next.after


def test_it_reads_every_contact(official: Any) -> None:
    assert len(official.crm.contacts.get_all(properties=["email"])) > 60


def test_it_searches(official: Any) -> None:
    from hubspot.crm.companies import PublicObjectSearchRequest

    request = PublicObjectSearchRequest(
        filter_groups=[{"filters": [{"propertyName": "lifecyclestage", "operator": "EQ", "value": "customer"}]}],
        sorts=[{"propertyName": "hs_lastmodifieddate", "direction": "ASCENDING"}],
        properties=["name"],
        limit=100,
    )
    found = official.crm.companies.search_api.do_search(public_object_search_request=request)
    assert found.total == 30


def test_it_updates_in_batches(official: Any) -> None:
    from hubspot.crm.companies import BatchInputSimplePublicObjectBatchInput

    ids = [row.id for row in official.crm.companies.basic_api.get_page(limit=20).results]
    batch = BatchInputSimplePublicObjectBatchInput(inputs=[{"id": row, "properties": {"mrr": "1"}} for row in ids])
    answer = official.crm.companies.batch_api.update(batch_input_simple_public_object_batch_input=batch)
    assert {row.properties["mrr"] for row in answer.results} == {"1"}


def test_it_creates_a_property(official: Any) -> None:
    from hubspot.crm.properties import PropertyCreate, PropertyGroupCreate

    group = PropertyGroupCreate(name="cs_hub", label="Customer health")
    official.crm.properties.groups_api.create(object_type="companies", property_group_create=group)
    score = PropertyCreate(name="health", label="Health", type="number", field_type="number", group_name="cs_hub")
    made = official.crm.properties.core_api.create(object_type="companies", property_create=score)
    assert made.name == "health"
    assert "health" in {prop.name for prop in official.crm.properties.core_api.get_all("companies").results}
