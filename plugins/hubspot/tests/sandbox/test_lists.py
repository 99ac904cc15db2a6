"""Lists and single records: order, paging, what is shown of a record."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_hubspot.sandbox import HubSpot

COMPANIES = "/crm/objects/2026-09/companies"


def fill(sandbox: Sandbox[HubSpot], count: int) -> list[str]:
    return [sandbox.vendor.add("companies", {"name": f"Company {n}", "mrr": str(n)}) for n in range(count)]


def test_pages_follow_the_ids_and_end_without_paging(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    ids = fill(sandbox, 25)
    seen, after = [], None
    while True:
        page = client.get(COMPANIES, params={"limit": 10} | ({"after": after} if after else {})).json()
        seen += [row["id"] for row in page["results"]]
        if "paging" not in page:
            break
        after = page["paging"]["next"]["after"]
    assert seen == ids


def test_ten_records_are_a_page_when_nobody_asks(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    fill(sandbox, 11)
    assert len(client.get(COMPANIES).json()["results"]) == 10


@pytest.mark.parametrize(
    ("params", "status"), [({"limit": 101}, 400), ({"limit": 51, "propertiesWithHistory": "mrr"}, 400)]
)
def test_a_limit_beyond_the_documented_one_is_refused(
    client: httpx.Client, params: dict[str, str], status: int
) -> None:
    assert client.get(COMPANIES, params=params).status_code == status


def test_values_are_text_empty_ones_null_and_unknown_ones_missing(
    sandbox: Sandbox[HubSpot], client: httpx.Client
) -> None:
    fill(sandbox, 1)
    row = client.get(COMPANIES, params={"properties": "mrr,city,nosuch"}).json()["results"][0]
    assert row["properties"]["mrr"] == "0"
    assert row["properties"]["city"] is None
    assert "nosuch" not in row["properties"]


def test_ids_are_text_and_larger_than_32_bits(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    fill(sandbox, 1)
    number = client.get(COMPANIES).json()["results"][0]["id"]
    assert isinstance(number, str)
    assert int(number) > 2**32


def test_archived_records_are_a_listing_of_their_own(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    gone, left = fill(sandbox, 2)
    assert client.delete(f"{COMPANIES}/{gone}").status_code == 204
    assert [row["id"] for row in client.get(COMPANIES).json()["results"]] == [left]
    archived = client.get(COMPANIES, params={"archived": "true"}).json()["results"]
    assert [(row["id"], row["archived"]) for row in archived] == [(gone, True)]
    assert client.get(f"{COMPANIES}/{gone}").status_code == 404
    assert client.get(f"{COMPANIES}/{gone}", params={"archived": "true"}).json()["archivedAt"]


def test_deleting_an_unknown_record_is_no_error(client: httpx.Client) -> None:
    assert client.delete(f"{COMPANIES}/97000000001").status_code == 204


def test_inlined_associations_list_an_id_once_per_type_and_have_a_first_page_only(
    sandbox: Sandbox[HubSpot], client: httpx.Client
) -> None:
    company = int(fill(sandbox, 1)[0])
    for n in range(101):
        contact = int(sandbox.vendor.add("contacts", {"email": f"p{n}@x.example"}))
        sandbox.vendor.portal.links.add("contacts", contact, "companies", company)
    row = client.get(COMPANIES, params={"associations": "contacts,deals"}).json()["results"][0]
    listed = row["associations"]["contacts"]
    assert len({item["id"] for item in listed["results"]}) == 100
    assert {item["type"] for item in listed["results"]} == {"company_to_contact", "company_to_contact_unlabeled"}
    assert listed["paging"]["next"]["after"]
    assert "deals" not in row["associations"]


def test_a_url_that_is_too_long_is_refused(client: httpx.Client) -> None:
    names = ",".join(f"property_number_{n}" for n in range(500))
    assert client.get(COMPANIES, params={"properties": names}).status_code == 414


def test_a_contact_is_found_by_its_email_address(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    number = sandbox.vendor.add("contacts", {"email": "Ada@X.example"})
    found = client.get("/crm/v3/objects/contacts/ada@x.example", params={"idProperty": "email"})
    assert found.json()["id"] == number


def test_the_history_of_a_property_shows_the_newest_value_first(
    sandbox: Sandbox[HubSpot], client: httpx.Client
) -> None:
    (number,) = fill(sandbox, 1)
    sandbox.clock.advance(60)
    client.patch(f"{COMPANIES}/{number}", json={"properties": {"mrr": "9"}})
    row = client.get(f"{COMPANIES}/{number}", params={"propertiesWithHistory": "mrr"}).json()
    assert [version["value"] for version in row["propertiesWithHistory"]["mrr"]] == ["9", "0"]
