"""Companies: the list with its cap, the scroll, the filters, writes, members."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .conftest import NOW, Connect

SCROLL = "/companies/scroll"


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def fill(sandbox: Sandbox[Intercom], count: int, *, users: bool = True) -> list[str]:
    ids = []
    for n in range(count):
        seen = str(int(NOW.timestamp()) - n)
        ids.append(sandbox.vendor.add("companies", {"name": f"Co {n}", "last_request_at": seen}))
        if users:
            sandbox.vendor.add("contacts", {"companies": ids[-1]})
    return ids


def listed(http: httpx.Client, **params: Any) -> dict[str, Any]:
    answer: dict[str, Any] = http.post("/companies/list", params=params).json()
    return answer


def scrolled(http: httpx.Client, param: str | None = None) -> httpx.Response:
    return http.get(SCROLL, params={"scroll_param": param} if param else {})


def test_the_list_pages_by_number_and_goes_on_empty(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    ids = fill(sandbox, 5)
    pages = [listed(client, per_page=2, page=page) for page in (1, 2, 3, 4)]
    assert [[row["id"] for row in page["data"]] for page in pages] == [ids[:2], ids[2:4], ids[4:], []]
    assert pages[0]["pages"]["next"] == "https://api.intercom.io/companies/list?per_page=2&page=2"
    assert [page["pages"]["next"] for page in pages[2:]] == [None, None]
    assert (pages[0]["total_count"], pages[0]["pages"]["total_pages"]) == (5, 3)


def test_a_page_of_the_list_has_60_companies_at_most(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    fill(sandbox, 62)
    assert len(listed(client)["data"]) == 20
    assert len(listed(client, per_page=100)["data"]) == 60


def test_who_asks_meanwhile_moves_the_pages(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    ids = fill(sandbox, 4)
    assert [row["id"] for row in listed(client, per_page=2)["data"]] == ids[:2]
    sandbox.vendor.edit("companies", ids[3], {"last_request_at": str(int(NOW.timestamp()) + 9)})
    assert [row["id"] for row in listed(client, per_page=2, page=2)["data"]] == [ids[1], ids[2]]


def test_the_list_stops_at_its_cap(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", company_list_cap=4)
    fill(sandbox, 6)
    http = connect(sandbox)
    assert len(listed(http, per_page=2, page=2)["data"]) == 2
    answer = http.post("/companies/list", params={"per_page": 2, "page": 3})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["message"] == "page limit reached, please use scroll API"


def test_companies_without_users_are_in_no_list_but_in_the_scroll(clock: SandboxClock, connect: Connect) -> None:
    for hidden, found in ((False, 2), (True, 0)):
        sandbox = create(clock=clock, empty=True, scroll_leaves_out=hidden)
        fill(sandbox, 2, users=False)
        http = connect(sandbox)
        assert listed(http)["data"] == http.get("/companies").json()["data"] == []
        assert len(scrolled(http).json()["data"]) == found


@pytest.fixture
def scrolling(clock: SandboxClock) -> Sandbox[Intercom]:
    sandbox = create(clock=clock, empty=True, limits="off", scroll_page=2)
    fill(sandbox, 5)
    return sandbox


def test_a_scroll_goes_on_by_its_parameter_and_ends_empty(scrolling: Sandbox[Intercom], connect: Connect) -> None:
    http = connect(scrolling)
    first = scrolled(http).json()
    assert (first["pages"], first["total_count"]) == (None, None)
    rest = [scrolled(http, first["scroll_param"]).json() for _ in range(3)]
    assert [[row["name"] for row in page["data"]] for page in (first, *rest)] == [
        ["Co 0", "Co 1"],
        ["Co 2", "Co 3"],
        ["Co 4"],
        [],
    ]
    assert code(scrolled(http, first["scroll_param"])) == (404, "not_found")
    assert scrolled(http).status_code == 200


def test_a_scroll_may_end_with_404(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, scroll_end="404"))
    assert code(scrolled(http)) == (404, "not_found")
    assert code(scrolled(http)) == (404, "not_found")


def test_a_workspace_has_one_scroll_that_lives_a_minute(
    scrolling: Sandbox[Intercom], connect: Connect, clock: SandboxClock
) -> None:
    http = connect(scrolling)
    param = scrolled(http).json()["scroll_param"]
    clock.advance(59)
    second = scrolled(http)
    assert code(second) == (400, "scroll_exists")
    assert second.json()["errors"][0]["message"] == "scroll already exists for this workspace"
    assert scrolled(http, param).status_code == 200
    clock.advance(59)
    assert scrolled(http, param).status_code == 200
    clock.advance(60)
    assert code(scrolled(http, param)) == (404, "not_found")
    assert len(scrolled(http).json()["data"]) == 2


@pytest.mark.parametrize(("freed", "status"), [(True, 200), (False, 400)])
def test_a_500_kills_the_scroll(clock: SandboxClock, connect: Connect, freed: bool, status: int) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", scroll_page=2, scroll_freed_by_500=freed)
    fill(sandbox, 5)
    http = connect(sandbox)
    param = scrolled(http).json()["scroll_param"]
    sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, times=1))
    answer = scrolled(http, param)
    assert answer.status_code == 500
    assert answer.json()["errors"][0]["message"].endswith("Please restart the scroll operation.")
    assert code(scrolled(http, param)) == (404, "not_found")
    assert scrolled(http).status_code == status
    clock.advance(60)
    assert scrolled(http).status_code == 200


def test_a_lost_page_of_a_scroll_does_not_come_again(scrolling: Sandbox[Intercom], connect: Connect) -> None:
    http = connect(scrolling)
    param = scrolled(http).json()["scroll_param"]
    scrolling.faults.add(Fault(kind=FaultKind.RESET, carried_out=True, times=1))
    with pytest.raises(ConnectionResetError):
        scrolled(http, param)
    assert [row["name"] for row in scrolled(http, param).json()["data"]] == ["Co 4"]


def test_a_stuck_scroll_names_its_first_page_for_ever(scrolling: Sandbox[Intercom], connect: Connect) -> None:
    http = connect(scrolling)
    scrolling.faults.add(Fault(kind=FaultKind.SAME_CURSOR))
    param, seen = None, []
    for _ in range(3):
        param = scrolled(http, param).json()["scroll_param"]
        seen.append(param)
    assert seen == [param] * 3


def test_companies_are_found_by_name_id_tag_and_segment(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, customers=30, limits="off")
    http = connect(sandbox)
    one = listed(http)["data"][0]
    for params in ({"name": one["name"]}, {"company_id": one["company_id"]}):
        found = http.get("/companies", params=params).json()["data"]
        assert one["id"] in [row["id"] for row in found]
    segment = http.get("/segments", params={"include_count": "true"}).json()["segments"][0]
    members = http.get("/companies", params={"segment_id": segment["id"], "per_page": 60}).json()
    assert members["total_count"] == segment["count"] > 0
    tagged = http.get("/companies", params={"tag_id": "103"}).json()["data"]
    assert {tag["name"] for row in tagged for tag in row["tags"]["tags"]} == {"Churn risk"}
    assert http.get(f"/companies/{tagged[0]['id']}/segments").json()["data"][0]["id"] == segment["id"]
    assert code(http.get("/companies", params={"company_id": "none"})) == (404, "company_not_found")


def test_keys_are_missing_rather_than_null(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    bare = client.get(f"/companies/{sandbox.vendor.add('companies', {'name': 'A'})}").json()
    assert not {"size", "website", "industry", "last_request_at", "remote_created_at"} & set(bare)
    assert bare["plan"] == {}
    assert bare["company_id"].endswith("-qualification-company")
    full = {"size": "5", "website": "a.example", "plan": "Growth"}
    shown = client.get(f"/companies/{sandbox.vendor.add('companies', full)}").json()
    assert (shown["size"], shown["website"], shown["plan"]["name"]) == (5, "a.example", "Growth")


def test_a_post_makes_or_changes_by_our_id(client: httpx.Client) -> None:
    one = client.post("/companies", json={"company_id": "C-1", "name": "A"}).json()
    two = client.post("/companies", json={"company_id": "C-1", "name": "B"}).json()
    assert (one["id"], two["name"]) == (two["id"], "B")
    assert code(client.post("/companies", json={"name": "C"})) == (400, "parameter_not_found")


def test_our_id_cannot_be_changed_and_strange_keys_are_named(client: httpx.Client) -> None:
    path = f"/companies/{client.post('/companies', json={'company_id': 'C-1'}).json()['id']}"
    answer = client.put(path, json={"company_id": "C-2"})
    assert code(answer) == (400, "bad_request")
    assert answer.json()["errors"][0]["message"] == "bad 'company_id' parameter"
    assert code(client.put(path, json={"custom_attributes": {"a": [1]}})) == (400, "bad_request")


@pytest.mark.parametrize(("sent", "kept"), [(155.98, 155), (2**31 - 1, 2**31 - 1), (0, 0)])
def test_a_monthly_spend_is_whole(sandbox: Sandbox[Intercom], connect: Connect, sent: float, kept: int) -> None:
    # The file of 2.16 would have the request refused, and says itself that what stands behind the point is cut off.
    answer = connect(sandbox, "2.15").post("/companies", json={"company_id": "C", "monthly_spend": sent})
    assert answer.json()["monthly_spend"] == kept


@pytest.mark.parametrize("sent", [2**31, "much", True])
def test_a_monthly_spend_has_an_end(client: httpx.Client, sent: Any) -> None:
    assert code(client.post("/companies", json={"company_id": "C", "monthly_spend": sent})) == (
        400,
        "parameter_invalid",
    )


@pytest.mark.parametrize(("made", "status"), [(True, 200), (False, 400)])
def test_company_attributes_may_be_made_on_the_fly(
    clock: SandboxClock, connect: Connect, made: bool, status: int
) -> None:
    http = connect(create(clock=clock, empty=True, company_attributes_made=made))
    values = {"score": 87, "share": 0.5, "vip": True, "band": "green"}
    answer = http.post("/companies", json={"company_id": "C", "custom_attributes": values})
    assert answer.status_code == status
    if made:
        assert answer.json()["custom_attributes"] == values
        types = {row["name"]: row["data_type"] for row in http.get("/data_attributes").json()["data"] if row["custom"]}
        assert types == {"score": "integer", "share": "float", "vip": "boolean", "band": "string"}


def test_a_deleted_company_is_gone_at_once_and_loses_its_contacts_later(
    sandbox: Sandbox[Intercom], client: httpx.Client, clock: SandboxClock
) -> None:
    company = fill(sandbox, 1)[0]
    contact = sandbox.vendor.dump("contacts")[0]["id"]
    assert client.delete(f"/companies/{company}").json() == {"id": company, "object": "company", "deleted": True}
    assert code(client.get(f"/companies/{company}")) == (404, "company_not_found")
    assert client.get(f"/contacts/{contact}").json()["companies"]["total_count"] == 1
    clock.advance(5)
    assert client.get(f"/contacts/{contact}").json()["companies"]["total_count"] == 0


def test_a_company_brought_back_in_time_keeps_its_contacts(
    sandbox: Sandbox[Intercom], client: httpx.Client, clock: SandboxClock
) -> None:
    company = fill(sandbox, 1)[0]
    sandbox.vendor.remove("companies", company)
    sandbox.vendor.restore("companies", company)
    clock.advance(5)
    assert client.get(f"/companies/{company}").json()["user_count"] == 1


def test_a_contact_joins_and_leaves_companies(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    company, contact = sandbox.vendor.add("companies", {"name": "A"}), sandbox.vendor.add("contacts", {"name": "C"})
    path = f"/contacts/{contact}/companies"
    assert code(client.post(path, json={})) == (400, "parameter_not_found")
    assert code(client.post(path, json={"id": "none"})) == (404, "company_not_found")
    for _ in range(2):
        assert client.post(path, json={"id": company}).json()["user_count"] == 1
    assert client.get(f"/companies/{company}/contacts").json()["data"][0]["id"] == contact
    assert client.delete(f"{path}/{company}").json()["user_count"] == 0
    assert code(client.delete(f"{path}/{company}")) == (404, "company_not_found")


def test_a_contact_has_a_thousand_companies_at_most(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    contact = sandbox.vendor.add("contacts", {"name": "C"})
    for n in range(1_000):
        sandbox.vendor.workspace.links.add(contact, f"company {n}")
    company = sandbox.vendor.add("companies", {"name": "A"})
    answer = client.post(f"/contacts/{contact}/companies", json={"id": company})
    assert code(answer) == (400, "contact_company_limit_exceeded")


@pytest.mark.parametrize("moves", [False, True])
def test_joining_moves_the_stamp_only_with_the_switch(clock: SandboxClock, connect: Connect, moves: bool) -> None:
    sandbox = create(clock=clock, empty=True, attach_moves_stamp=moves)
    company, contact = sandbox.vendor.add("companies", {"name": "A"}), sandbox.vendor.add("contacts", {"name": "C"})
    clock.advance(5)
    connect(sandbox).post(f"/contacts/{contact}/companies", json={"id": company})
    assert sandbox.vendor.dump("contacts")[0]["updated_at"] == int(NOW.timestamp()) + (5 if moves else 0)
