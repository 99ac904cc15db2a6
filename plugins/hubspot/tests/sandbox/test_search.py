"""The search: filters, order, the 10,000 cap, and the index that lags behind."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

from .conftest import NOW, Connect

SEARCH = "/crm/objects/2026-09/companies/search"
STAMP = "hs_lastmodifieddate"
START = int(NOW.timestamp() * 1000) - 10**8


def where(*filters: tuple[str, str, Any], **more: Any) -> dict[str, Any]:
    listed = []
    for name, operator, value in filters:
        key = "values" if isinstance(value, list) else "value"
        listed.append({"propertyName": name, "operator": operator} | ({} if value is None else {key: value}))
    return {"filterGroups": [{"filters": listed}]} | more


def in_order(name: str = STAMP, direction: str = "ASCENDING") -> list[dict[str, str]]:
    return [{"propertyName": name, "direction": direction}]


def rows(count: int, *, same: bool = False) -> list[dict[str, str]]:
    return [{"name": f"Company {n}", "mrr": str(n), STAMP: str(START + (0 if same else n))} for n in range(count)]


def names(answer: httpx.Response) -> list[str]:
    return [row["properties"]["name"] for row in answer.json()["results"]]


@pytest.fixture
def many(clock: SandboxClock) -> Sandbox[HubSpot]:
    return create(clock=clock, limits="off", seed_companies=rows(300), search_lag_s=0)


def test_a_window_of_time_comes_in_order_with_its_total(many: Sandbox[HubSpot], connect: Connect) -> None:
    body = where((STAMP, "GTE", str(START + 100)), (STAMP, "LT", str(START + 105)), sorts=in_order())
    answer = connect(many).post(SEARCH, json=body)
    assert answer.json()["total"] == 5
    assert names(answer) == [f"Company {n}" for n in range(100, 105)]
    assert "paging" not in answer.json()


def test_iso_text_means_the_same_as_milliseconds(many: Sandbox[HubSpot], connect: Connect) -> None:
    http = connect(many)
    day = NOW.replace(day=14).isoformat()
    ms = str(int(NOW.replace(day=14).timestamp() * 1000))
    totals = [http.post(SEARCH, json=where((STAMP, "GTE", text))).json()["total"] for text in (day, ms)]
    assert totals[0] == totals[1]


def test_pages_join_without_a_gap(many: Sandbox[HubSpot], connect: Connect) -> None:
    http, seen, after = connect(many), [], "0"
    while after:
        page = http.post(SEARCH, json=where((STAMP, "GT", "1"), sorts=in_order(), limit=70, after=after))
        seen += names(page)
        after = page.json().get("paging", {}).get("next", {}).get("after")
    assert seen == [f"Company {n}" for n in range(300)]


def test_descending_order_is_the_ascending_one_turned_round(many: Sandbox[HubSpot], connect: Connect) -> None:
    body = where((STAMP, "GT", "1"), sorts=in_order(direction="DESCENDING"), limit=2, after="1")
    assert names(connect(many).post(SEARCH, json=body)) == ["Company 298", "Company 297"]


@pytest.mark.parametrize(
    ("condition", "total"),
    [
        (("mrr", "EQ", "7"), 1),
        (("mrr", "LTE", "9"), 10),
        (("name", "EQ", "company 7"), 1),
        (("name", "IN", ["company 7", "company 8"]), 2),
        (("name", "IN", ["Company 7"]), 0),
        (("lifecyclestage", "EQ", "CUSTOMER"), 0),
        (("lifecyclestage", "EQ", "customer"), 300),
        (("domain", "HAS_PROPERTY", None), 0),
        (("domain", "NOT_HAS_PROPERTY", None), 300),
        (("name", "CONTAINS_TOKEN", "29*"), 11),
        (("hs_object_id", "GT", "1"), 300),
    ],
)
def test_operators(many: Sandbox[HubSpot], connect: Connect, condition: tuple[str, str, Any], total: int) -> None:
    assert connect(many).post(SEARCH, json=where(condition)).json()["total"] == total


def test_groups_are_alternatives(many: Sandbox[HubSpot], connect: Connect) -> None:
    one, two = where(("mrr", "EQ", "1")), where(("mrr", "EQ", "2"))
    body = {"filterGroups": one["filterGroups"] + two["filterGroups"]}
    assert connect(many).post(SEARCH, json=body).json()["total"] == 2


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 200, "after": "9801"},
        {"sorts": ["name", "mrr"]},
        where(("nosuch", "EQ", "1")),
        where(("lastmodifieddate", "GTE", "1")),
        where((STAMP, "GTE", "yesterday")),
        where(("mrr", "LIKE", "1")),
        {"filterGroups": [{"filters": []}] * 6},
        where(*[("mrr", "EQ", "1")] * 7),
        {"query": "x" * 3000},
    ],
)
def test_what_the_vendor_refuses_is_refused(client: httpx.Client, body: dict[str, Any]) -> None:
    answer = client.post(SEARCH, json=body)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")


def test_filtering_time_at_1970_is_an_internal_error(client: httpx.Client) -> None:
    assert client.post(SEARCH, json=where((STAMP, "GTE", "0"))).status_code == 500


def test_an_empty_cursor_and_no_filter_are_accepted(client: httpx.Client) -> None:
    assert client.post(SEARCH, json={"after": "", "filterGroups": []}).json() == {"total": 0, "results": []}


def test_nothing_lies_beyond_ten_thousand(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, limits="off", seed_companies=rows(10_050)))
    last = http.post(SEARCH, json={"limit": 200, "after": "9800"}).json()
    assert (len(last["results"]), last["total"], last["paging"]["next"]["after"]) == (200, 10_050, "10000")
    assert http.post(SEARCH, json={"limit": 1, "after": "10000"}).status_code == 400


def test_one_instant_can_be_drained_by_id(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, limits="off", seed_companies=rows(1_000, same=True)))
    seen: list[str] = []
    while True:
        filters = [(STAMP, "EQ", str(START)), ("hs_object_id", "GT", seen[-1] if seen else "0")]
        page = http.post(SEARCH, json=where(*filters, sorts=in_order("hs_object_id"), limit=200)).json()
        if not page["results"]:
            break
        seen += [row["id"] for row in page["results"]]
    assert len(set(seen)) == 1_000
    assert seen == sorted(seen, key=int)


def test_a_change_shows_only_after_the_lag(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=4)
    http = connect(sandbox)
    number = sandbox.vendor.add("companies", {"name": "New"})
    assert http.post(SEARCH, json={}).json()["total"] == 0
    clock.advance(4)
    assert http.post(SEARCH, json={}).json()["total"] == 1
    sandbox.vendor.edit("companies", number, {"name": "Newer"})
    assert names(http.post(SEARCH, json={})) == ["New"]
    assert http.get(f"/crm/v3/objects/companies/{number}").json()["properties"]["name"] == "Newer"
    clock.advance(4)
    assert names(http.post(SEARCH, json={})) == ["Newer"]


def test_changes_show_first_in_part(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=4)
    for n in range(50):
        sandbox.vendor.add("companies", {"name": f"N {n}"})
    clock.advance(3)
    assert 0 < connect(sandbox).post(SEARCH, json={}).json()["total"] < 50


def test_archived_rows_are_gone_at_once(many: Sandbox[HubSpot], connect: Connect) -> None:
    many.vendor.remove("companies", many.vendor.dump("companies")[0]["id"])  # type: ignore[arg-type]  # an id is text
    assert connect(many).post(SEARCH, json={}).json()["total"] == 299


def test_a_result_may_lie_outside_the_window(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, limits="off", seed_companies=rows(1), search_lag_s=60, stray_results=True)
    number = str(sandbox.vendor.dump("companies")[0]["id"])
    sandbox.vendor.edit("companies", number, {"name": "Moved"})
    answer = connect(sandbox).post(SEARCH, json=where((STAMP, "LT", str(START + 1))))
    assert names(answer) == ["Moved"]
    assert answer.json()["results"][0]["updatedAt"].startswith("2026-09-15T09:30")


def test_a_stamp_that_moved_by_itself_long_ago_is_long_in_the_index(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=60, restless=True)
    sandbox.vendor.add("companies", {"name": "New"})
    born_ms = clock.now_ms()
    clock.advance(86_400)
    answer = connect(sandbox).post(SEARCH, json=where((STAMP, "GT", str(born_ms))))
    assert names(answer) == ["New"]


def test_companies_are_found_by_their_association(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    company, _ = (int(sandbox.vendor.add("companies", {"name": name})) for name in "ab")
    contact = int(sandbox.vendor.add("contacts", {"email": "a@x.example"}))
    sandbox.vendor.portal.links.add("contacts", contact, "companies", company)
    answer = client.post(SEARCH, json=where(("associations.contact", "EQ", str(contact))))
    assert [row["id"] for row in answer.json()["results"]] == [str(company)]
