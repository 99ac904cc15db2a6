"""Contacts: lists, nested lists, writes, merges, archiving."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Literal

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .conftest import Connect


def pages_of(http: httpx.Client, path: str, key: str = "data", **params: Any) -> list[dict[str, Any]]:
    pages = [http.get(path, params=params).json()]
    while following := pages[-1]["pages"].get("next"):
        pages.append(http.get(path, params=params | {"starting_after": following["starting_after"]}).json())
    return pages


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.fixture
def seven(sandbox: Sandbox[Intercom]) -> list[str]:
    ids = []
    for n in range(7):
        ids.append(sandbox.vendor.add("contacts", {"email": f"c{n}@x.example", "name": f"C {n}"}))
        sandbox.clock.advance(1)
    return ids


def test_pages_follow_their_cursors_and_the_last_has_no_next(client: httpx.Client, seven: list[str]) -> None:
    pages = pages_of(client, "/contacts", per_page=3)
    assert [[row["id"] for row in page["data"]] for page in pages] == [seven[:3:-1], seven[3:0:-1], seven[:1]]
    assert [page["pages"]["page"] for page in pages] == [1, 2, 3]
    assert {page["pages"]["total_pages"] for page in pages} == {3}
    assert "next" not in pages[-1]["pages"]


def test_the_last_page_may_say_null(clock: SandboxClock, connect: Connect) -> None:
    assert connect(create(clock=clock, empty=True, last_page="null")).get("/contacts").json()["pages"]["next"] is None


@pytest.mark.parametrize("size", ["0", "151", "many"])
def test_a_page_has_1_to_150_rows(client: httpx.Client, size: str) -> None:
    assert code(client.get("/contacts", params={"per_page": size})) == (400, "parameter_invalid")


def test_a_list_by_change_repeats_or_misses_what_moves_meanwhile(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", list_order="updated_at")
    ids = []
    for n in range(4):
        ids.append(sandbox.vendor.add("contacts", {"name": f"C {n}"}))
        clock.advance(1)
    http = connect(sandbox)
    first = http.get("/contacts", params={"per_page": 2}).json()
    sandbox.vendor.edit("contacts", ids[0], {"name": "moved"})
    after = first["pages"]["next"]["starting_after"]
    rest = http.get("/contacts", params={"per_page": 2, "starting_after": after}).json()
    assert [row["id"] for row in rest["data"]] == [ids[1]]


def test_with_the_switch_data_moves_after_every_page(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, customers=10, limits="off", moving=True)
    http = connect(sandbox)
    body = {
        "query": {"field": "role", "operator": "=", "value": "user"},
        "sort": {"field": "updated_at", "order": "ascending"},
        "pagination": {"per_page": 10},
    }
    ids: list[str] = []
    clock.advance(5)
    for _ in range(30):
        page = http.post("/contacts/search", json=body).json()
        ids += [row["id"] for row in page["data"]]
        if not page["pages"].get("next"):
            break
        body["pagination"] = {"per_page": 10, "starting_after": page["pages"]["next"]["starting_after"]}
        clock.advance(1)
    users = {row["id"] for row in sandbox.vendor.dump("contacts") if row["role"] == "user"}
    assert set(ids) == users
    assert len(ids) > len(users)


def test_nested_lists_are_cut_at_ten_and_lie_about_it(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    companies = [sandbox.vendor.add("companies", {"name": f"Co {n}"}) for n in range(12)]
    contact = sandbox.vendor.add("contacts", {"email": "a@x.example", "companies": ",".join(companies)})
    nested = client.get(f"/contacts/{contact}").json()["companies"]
    assert [stub["id"] for stub in nested["data"]] == companies[:10]
    assert (nested["total_count"], nested["has_more"], nested["url"]) == (12, False, f"/contacts/{contact}/companies")
    whole = client.get(nested["url"]).json()
    assert [row["name"] for row in whole["data"]] == [f"Co {n}" for n in range(12)]
    paged = client.get(nested["url"], params={"per_page": 5, "page": 3}).json()
    assert [row["name"] for row in paged["data"]] == ["Co 10", "Co 11"]
    assert paged["pages"]["next"] is None


def test_nested_lists_can_be_honest_or_longer(clock: SandboxClock, connect: Connect) -> None:
    for limit, honest, shown, more in ((10, True, 10, True), (12, False, 12, False)):
        sandbox = create(clock=clock, empty=True, stub_limit=limit, honest_has_more=honest)
        companies = [sandbox.vendor.add("companies", {"name": f"Co {n}"}) for n in range(12)]
        contact = sandbox.vendor.add("contacts", {"companies": ",".join(companies)})
        nested = connect(sandbox).get(f"/contacts/{contact}").json()["companies"]
        assert (len(nested["data"]), nested["has_more"]) == (shown, more)


def test_companies_of_a_contact_may_stand_under_another_key(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, attached_key="companies")
    contact = sandbox.vendor.add("contacts", {"companies": sandbox.vendor.add("companies", {"name": "A"})})
    answer = connect(sandbox).get(f"/contacts/{contact}/companies").json()
    assert [row["name"] for row in answer["companies"]] == ["A"]
    assert "data" not in answer


def test_owner_and_domain_are_shown_by_version(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    contact = sandbox.vendor.add("contacts", {"email": "a@x.example", "owner_id": "991267459"})
    shown = {version: connect(sandbox, version).get(f"/contacts/{contact}").json() for version in ("2.9", "2.16")}
    assert shown["2.9"]["owner_id"] == 991267459
    assert shown["2.16"]["owner_id"] == "991267459"
    assert "email_domain" not in shown["2.9"]
    assert shown["2.16"]["email_domain"] == "x.example"


def test_only_users_are_found_by_our_id(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    user = sandbox.vendor.add("contacts", {"external_id": "U-1"})
    sandbox.vendor.add("contacts", {"external_id": "L-1", "role": "lead"})
    assert client.get("/contacts/find_by_external_id/U-1").json()["id"] == user
    assert code(client.get("/contacts/find_by_external_id/L-1")) == (404, "not_found")


def test_what_is_not_sent_stays_and_null_clears(client: httpx.Client) -> None:
    for name in ("score", "rank"):
        client.post("/data_attributes", json={"name": name, "model": "contact", "data_type": "integer"})
    made = {"email": "a@x.example", "name": "A", "custom_attributes": {"score": 1, "rank": 2}}
    path = f"/contacts/{client.post('/contacts', json=made).json()['id']}"
    changed = client.put(path, json={"custom_attributes": {"score": 5, "rank": None}}).json()
    assert (changed["name"], changed["custom_attributes"]) == ("A", {"score": 5})
    assert client.put(path, json={"name": None}).json()["name"] is None


def test_an_attribute_must_exist_before_a_contact_carries_it(client: httpx.Client) -> None:
    path = f"/contacts/{client.post('/contacts', json={'email': 'a@x.example'}).json()['id']}"
    assert code(client.put(path, json={"custom_attributes": {"health": 1}})) == (400, "parameter_invalid")
    client.post("/data_attributes", json={"name": "health", "model": "contact", "data_type": "integer"})
    assert client.put(path, json={"custom_attributes": {"health": 1}}).status_code == 200
    assert code(client.put(path, json={"custom_attributes": {"health": "good"}})) == (400, "parameter_invalid")


def test_an_equal_value_does_not_move_the_stamp(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    path = f"/contacts/{sandbox.vendor.add('contacts', {'name': 'A'})}"
    before = client.get(path).json()["updated_at"]
    sandbox.clock.advance(5)
    assert client.put(path, json={"name": "A"}).json()["updated_at"] == before
    assert client.put(path, json={"name": "B"}).json()["updated_at"] == before + 5


def test_a_contact_needs_something_to_be_known_by(client: httpx.Client) -> None:
    assert code(client.post("/contacts", json={"name": "A"})) == (400, "parameter_not_found")
    assert code(client.post("/contacts", json={"role": "admin"})) == (400, "parameter_invalid")
    assert client.post("/contacts", json={"role": "lead"}).json()["email"] is None


def test_two_users_may_share_an_address_but_not_an_id_of_ours(client: httpx.Client) -> None:
    for n in range(2):
        body = {"email": "same@x.example", "external_id": f"U-{n}"}
        assert client.post("/contacts", json=body).status_code == 200
    assert code(client.post("/contacts", json={"external_id": "U-1"})) == (409, "conflict")


def test_archived_contacts_are_in_no_list_until_they_return(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    contact = sandbox.vendor.add("contacts", {"external_id": "U-1"})
    assert client.post(f"/contacts/{contact}/archive").json() == {
        "type": "contact",
        "id": contact,
        "external_id": "U-1",
        "archived": True,
    }
    assert client.get("/contacts").json()["total_count"] == 0
    assert client.get(f"/contacts/{contact}").status_code == 200
    assert client.post(f"/contacts/{contact}/unarchive").json()["archived"] is False
    assert client.get("/contacts").json()["total_count"] == 1


def test_archived_contacts_may_be_listed(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, archived_listed=True)
    sandbox.vendor.workspace.contacts.archive(sandbox.vendor.add("contacts", {"name": "A"}))
    assert connect(sandbox).get("/contacts").json()["total_count"] == 1


def test_a_deleted_contact_is_gone_and_can_be_brought_back(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    contact = sandbox.vendor.add("contacts", {"name": "A"})
    assert client.delete(f"/contacts/{contact}").json()["deleted"] is True
    assert code(client.get(f"/contacts/{contact}")) == (404, "not_found")
    sandbox.vendor.restore("contacts", contact)
    assert client.get(f"/contacts/{contact}").json()["name"] == "A"
    with pytest.raises(KeyError):
        sandbox.vendor.restore("contacts", contact)


@pytest.fixture
def pair(sandbox: Sandbox[Intercom]) -> tuple[str, str]:
    lead = {"role": "lead", "email": "a@x.example", "external_id": "L-1"}
    user = {"email": "a@x.example", "external_id": "U-1"}
    return sandbox.vendor.add("contacts", lead), sandbox.vendor.add("contacts", user)


def test_a_merged_contact_is_410_with_a_link(
    sandbox: Sandbox[Intercom], client: httpx.Client, pair: tuple[str, str]
) -> None:
    lead, user = pair
    company = sandbox.vendor.add("companies", {"name": "A"})
    client.post(f"/contacts/{lead}/companies", json={"id": company})
    assert client.post("/contacts/merge", json={"from": lead, "into": user}).json()["id"] == user
    answer = client.get(f"/contacts/{lead}")
    assert code(answer) == (410, "contact_merged")
    assert answer.headers["link"] == f'</contacts/{user}>; rel="canonical"'
    assert code(client.get("/contacts/find_by_external_id/L-1")) == (410, "contact_merged")
    assert [row["id"] for row in client.get("/contacts").json()["data"]] == [user]
    assert [row["id"] for row in client.get(f"/companies/{company}/contacts").json()["data"]] == [user]
    history = client.get(f"/contacts/{user}/merge_history").json()
    assert [(row["source_contact_id"], row["source_contact_role"]) for row in history["data"]] == [(lead, "lead")]
    assert (history["has_more"], history["next_cursor"]) == (False, None)


def test_merge_history_pages_in_its_own_style(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    user = sandbox.vendor.add("contacts", {"name": "U"})
    leads = [sandbox.vendor.add("contacts", {"role": "lead"}) for _ in range(3)]
    for lead in leads:
        sandbox.vendor.merge("contacts", lead, user)
    first = client.get(f"/contacts/{user}/merge_history", params={"per_page": 2}).json()
    rest = client.get(f"/contacts/{user}/merge_history", params={"per_page": 2, "cursor": first["next_cursor"]}).json()
    assert [row["source_contact_id"] for row in first["data"] + rest["data"]] == leads
    assert (first["has_more"], rest["has_more"]) == (True, False)


def test_a_merged_contact_may_be_404(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, merged_answer="404")
    one, two = (sandbox.vendor.add("contacts", {"name": name}) for name in "ab")
    assert sandbox.vendor.merge("contacts", one, two) == two
    assert code(connect(sandbox).get(f"/contacts/{one}")) == (404, "not_found")


def test_the_link_follows_three_hops(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    chain = [sandbox.vendor.add("contacts", {"name": str(n)}) for n in range(5)]
    for one, two in pairwise(chain):
        sandbox.vendor.merge("contacts", one, two)
    links = [client.get(f"/contacts/{id}").headers["link"] for id in chain[:2]]
    assert links == [f'</contacts/{chain[3]}>; rel="canonical"', f'</contacts/{chain[4]}>; rel="canonical"']


def test_only_a_lead_goes_into_a_user_that_looks_alike(
    sandbox: Sandbox[Intercom], client: httpx.Client, pair: tuple[str, str]
) -> None:
    lead, user = pair
    other = sandbox.vendor.add("contacts", {"email": "b@x.example"})
    assert code(client.post("/contacts/merge", json={"from": user, "into": lead})) == (400, "parameter_invalid")
    assert code(client.post("/contacts/merge", json={"from": lead})) == (400, "parameter_not_found")
    assert code(client.post("/contacts/merge", json={"from": lead, "into": other})) == (400, "invalid_merge")
    body = {"from": lead, "into": other, "skip_duplicate_validation": True}
    assert client.post("/contacts/merge", json=body).status_code == 200
    with pytest.raises(ValueError, match="cannot merge companies"):
        sandbox.vendor.merge("companies", "1", "2")
    with pytest.raises(KeyError):
        sandbox.vendor.merge("contacts", lead, user)
    with pytest.raises(ValueError, match="into itself"):
        sandbox.vendor.merge("contacts", user, user)


def test_lists_and_searches_tell_of_merges_when_asked(
    sandbox: Sandbox[Intercom], client: httpx.Client, clock: SandboxClock
) -> None:
    user, lead, late = (sandbox.vendor.add("contacts", {"role": role}) for role in ("user", "lead", "lead"))
    other = sandbox.vendor.add("contacts", {"role": "lead"})
    sandbox.vendor.merge("contacts", lead, user)
    clock.advance(600)
    sandbox.vendor.merge("contacts", late, other)
    clock.advance(600)
    query = {"query": {"field": "role", "operator": "IN", "value": ["user", "lead"]}}
    asking = {"include_merge_history": "true"}
    answers = [client.get("/contacts", params=asking), client.post("/contacts/search", json=query, params=asking)]
    for answer in answers:
        told = {row["id"]: row.get("merge_history") for row in answer.json()["data"]}
        assert [row["source_contact_id"] for row in told[user]] == [lead]
        assert told[other] is None, "a lead tells nothing"
    unasked = [client.get("/contacts"), client.post("/contacts/search", json=query)]
    assert not [row for answer in unasked for row in answer.json()["data"] if "merge_history" in row]
    old = client.get("/contacts", params=asking, headers={"Intercom-Version": "2.15"})
    assert not [row for row in old.json()["data"] if "merge_history" in row]
    one = client.get(f"/contacts/{user}", params=asking).json()
    assert [row["type"] for row in one["merge_history"]] == ["merge_history"]


@pytest.mark.parametrize(("kind", "depth"), [("direct", 1), ("inherited", 2)])
def test_a_history_may_hold_what_was_merged_before(
    clock: SandboxClock, connect: Connect, kind: Literal["direct", "inherited"], depth: int
) -> None:
    sandbox = create(clock=clock, empty=True, merge_history=kind)
    chain = [sandbox.vendor.add("contacts", {"name": str(n)}) for n in range(3)]
    for one, two in pairwise(chain):
        sandbox.vendor.merge("contacts", one, two)
    history = connect(sandbox).get(f"/contacts/{chain[-1]}/merge_history").json()["data"]
    assert {row["source_contact_id"] for row in history} == set(chain[2 - depth : 2])


def test_people_leave_companies_and_a_closed_conversation_is_not_closed_again(
    sandbox: Sandbox[Intercom], clock: SandboxClock
) -> None:
    companies = [sandbox.vendor.add("companies", {}) for _ in range(2)]
    contact = sandbox.vendor.add("contacts", {"companies": ",".join(companies)})
    sandbox.vendor.edit("contacts", contact, {"leaves": companies[0]})
    assert sandbox.vendor.workspace.links.companies(contact) == [companies[1]]
    conversation = sandbox.vendor.add("conversations", {"state": "closed"})
    (before,) = sandbox.vendor.dump("conversations")
    clock.advance(60)
    sandbox.vendor.edit("conversations", conversation, {"state": "closed"})
    assert sandbox.vendor.dump("conversations") == [before]
