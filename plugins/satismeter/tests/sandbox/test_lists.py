"""The response lists of version 3: windows, pages, order, and what they do not promise."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_satismeter.sandbox import SatisMeter

from .conftest import EVER, Connect, Make


def fill(sandbox: Sandbox[SatisMeter], count: int) -> list[str]:
    """So many responses, a minute apart; the ids, oldest first."""
    ids = []
    for place in range(count):
        sandbox.clock.advance(60)
        ids.append(sandbox.vendor.add("responses", {"nps": str(place % 11), "userId": f"u{place}"}))
    return ids


def walk(client: httpx.Client, path: str = "/responses", size: int = 10) -> list[str]:
    params: dict[str, str] = {"startDate": EVER, "pageSize": str(size)}
    seen: list[str] = []
    while True:
        body = client.get(path, params=params).json()
        seen += [row["id"] for row in body["data"]]
        cursor = body["page"].get("nextPageCursor")
        if not body["page"]["hasNextPage"] or not cursor:
            return seen
        params["pageCursor"] = cursor


@pytest.mark.parametrize("cursors", ["place", "key"])
def test_pages_show_everything_newest_first(make: Make, connect: Connect, cursors: str) -> None:
    sandbox = make(cursors=cursors)
    ids = fill(sandbox, 25)
    assert walk(connect(sandbox)) == ids[::-1]


@pytest.mark.parametrize("order", ["oldest", "mixed"])
def test_the_order_may_be_another(make: Make, connect: Connect, order: str) -> None:
    sandbox = make(order=order)
    ids = fill(sandbox, 25)
    seen = walk(connect(sandbox))
    assert seen != ids[::-1]
    assert sorted(seen) == sorted(ids)


def test_without_a_start_only_thirty_days_are_shown(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    old = fill(sandbox, 1)
    sandbox.clock.advance(31 * 86_400)
    new = fill(sandbox, 1)
    assert [row["id"] for row in client.get("/responses").json()["data"]] == new
    assert walk(client) == new + old


@pytest.mark.parametrize(("bounds", "seen"), [("inclusive", [0, 1, 2]), ("exclusive", [1]), ("half_open", [0, 1])])
def test_the_ends_of_a_window_belong_to_it_or_not(make: Make, connect: Connect, bounds: str, seen: list[int]) -> None:
    sandbox = make(bounds=bounds)
    ids = fill(sandbox, 3)
    created = [row["created"] for row in reversed(connect(sandbox).get("/responses").json()["data"])]
    found = connect(sandbox).get("/responses", params={"startDate": created[0], "endDate": created[2]}).json()["data"]
    assert [row["id"] for row in reversed(found)] == [ids[place] for place in seen]


@pytest.mark.parametrize("size", ["0", "101", "many"])
def test_an_odd_page_size_silently_gives_twenty(sandbox: Sandbox[SatisMeter], client: httpx.Client, size: str) -> None:
    fill(sandbox, 30)
    assert len(client.get("/responses", params={"pageSize": size}).json()["data"]) == 20


def test_an_odd_page_size_may_be_refused(make: Make, connect: Connect) -> None:
    answer = connect(make(bad_page_size="refused")).get("/responses", params={"pageSize": "0"})
    assert (answer.status_code, answer.json()) == (400, {"errors": [{"title": "Invalid pageSize"}]})


@pytest.mark.parametrize(
    ("last_page", "shown"),
    [
        ("null", {"hasNextPage": False, "nextPageCursor": None, "size": 3}),
        ("missing", {"hasNextPage": False, "size": 3}),
        ("promise", {"hasNextPage": True, "size": 3}),
    ],
)
def test_the_last_page_says_so_in_several_ways(
    make: Make, connect: Connect, last_page: str, shown: dict[str, object]
) -> None:
    sandbox = make(last_page=last_page)
    fill(sandbox, 3)
    assert connect(sandbox).get("/responses").json()["page"] == shown


def test_a_cursor_may_stand_beside_the_end(make: Make, connect: Connect) -> None:
    page = connect(make(last_page="cursor")).get("/responses").json()["page"]
    assert page["hasNextPage"] is False
    assert page["nextPageCursor"]


def test_pages_are_no_snapshot(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    ids = fill(sandbox, 20)
    first = client.get("/responses", params={"startDate": EVER, "pageSize": "10"}).json()
    fill(sandbox, 1)
    params = {"startDate": EVER, "pageSize": "10", "pageCursor": first["page"]["nextPageCursor"]}
    second = client.get("/responses", params=params).json()
    assert second["data"][0]["id"] == first["data"][-1]["id"] == ids[10]


@pytest.mark.parametrize("params", [{"startDate": "yesterday"}, {"endDate": "2026-01-01"}, {"pageCursor": "x"}])
def test_what_cannot_be_read_is_refused(client: httpx.Client, params: dict[str, str]) -> None:
    assert client.get("/responses", params=params).status_code == 400


def test_one_survey_has_a_list_of_its_own(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    fill(sandbox, 3)
    marked = sandbox.vendor.add("responses", {"csat": "4", "userId": "u"})
    campaigns = client.get("/campaigns").json()["data"]
    assert {row["state"] for row in campaigns} == {"live", "paused", "draft"}
    csat = next(row for row in campaigns if row["type"] == "csat")
    assert client.get(f"/campaigns/{csat['id']}").json() == {"data": csat}
    assert walk(client, f"/campaigns/{csat['id']}/responses") == [marked]
    assert client.get("/campaigns/nosuch/responses").status_code == 404
