"""Searches: days and seconds, operators, nesting, sorting, paging, and what is not to be found yet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .conftest import Connect

CONTACTS, CONVERSATIONS, TICKETS = "/contacts/search", "/conversations/search", "/tickets/search"


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def one(field: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"query": {"field": field, "operator": operator, "value": value}, **more}


def names(answer: httpx.Response, key: str = "data") -> list[str]:
    return sorted(row["name" if key == "data" else "title"] for row in answer.json()[key])


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


#: Around the midnights of Los Angeles (07:00 UTC in summer) before and after the 10th of September.
STAMPS = {
    "before": "2026-09-10 06:59:59",
    "first": "2026-09-10 07:00:00",
    "noon": "2026-09-10 19:00:00",
    "last": "2026-09-11 06:59:59",
    "after": "2026-09-11 07:00:00",
}


@pytest.fixture
def days(sandbox: Sandbox[Intercom]) -> Sandbox[Intercom]:
    for name, stamp in STAMPS.items():
        sandbox.vendor.add("contacts", {"name": name, "updated_at": str(at(stamp)), "signed_up_at": str(at(stamp))})
    return sandbox


@pytest.mark.parametrize(
    ("operator", "found"),
    [("=", ["first", "last", "noon"]), (">", ["after"]), ("<", ["before"])],
)
@pytest.mark.parametrize("version", ["2.9", "2.16"])
def test_up_to_2_16_times_are_days_of_the_workspace(
    days: Sandbox[Intercom], connect: Connect, version: str, operator: str, found: list[str]
) -> None:
    answer = connect(days, version).post(CONTACTS, json=one("updated_at", operator, at(STAMPS["noon"])))
    assert names(answer) == found


def test_the_day_is_that_of_the_time_zone(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, search_lag_s=0, timezone="Asia/Tokyo")
    sandbox.vendor.add("contacts", {"name": "A", "updated_at": str(at("2026-09-10 15:30:00"))})
    http = connect(sandbox)
    assert names(http.post(CONTACTS, json=one("updated_at", "=", at("2026-09-11 03:00:00")))) == ["A"]
    assert names(http.post(CONTACTS, json=one("updated_at", "=", at("2026-09-10 03:00:00")))) == []


@pytest.mark.parametrize(
    ("operator", "found"),
    [
        ("=", ["noon"]),
        (">", ["after", "last"]),
        (">=", ["after", "last", "noon"]),
        ("<", ["before", "first"]),
        ("!=", ["after", "before", "first", "last"]),
    ],
)
@pytest.mark.parametrize("version", ["2.17", "Preview"])
def test_from_2_17_on_times_are_exact(
    days: Sandbox[Intercom], connect: Connect, version: str, operator: str, found: list[str]
) -> None:
    answer = connect(days, version).post(CONTACTS, json=one("updated_at", operator, at(STAMPS["noon"])))
    assert names(answer) == found


@pytest.mark.parametrize("operator", ["!=", ">=", "<=", "IN", "NIN", "~"])
def test_up_to_2_16_days_know_three_operators(days: Sandbox[Intercom], connect: Connect, operator: str) -> None:
    value: Any = [1] if operator.endswith("IN") else 1
    assert code(connect(days).post(CONTACTS, json=one("created_at", operator, value))) == (400, "parameter_invalid")


def test_a_day_may_be_given_as_text(days: Sandbox[Intercom], connect: Connect) -> None:
    answer = connect(days).post(CONTACTS, json=one("updated_at", ">", str(at(STAMPS["noon"]))))
    assert names(answer) == ["after"]
    assert code(connect(days).post(CONTACTS, json=one("updated_at", ">", "foorbar"))) == (400, "parameter_invalid")


def test_custom_dates_stay_days_in_utc_from_2_17_on(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    sandbox.vendor.workspace.catalog.add("contact", "trial", "date")
    sandbox.vendor.add("contacts", {"name": "A", "custom_attributes.trial": str(at("2026-09-10 01:00:00"))})
    body = one("custom_attributes.trial", "=", at("2026-09-10 23:00:00"))
    assert names(connect(sandbox, "2.17").post(CONTACTS, json=body)) == ["A"]
    assert names(connect(sandbox, "2.16").post(CONTACTS, json=body)) == []


@pytest.fixture
def people(sandbox: Sandbox[Intercom]) -> Sandbox[Intercom]:
    rows = (("Ada", "ada@one.example", "user"), ("Ben", "ben@two.example", "lead"), ("Eve", "", "lead"))
    for name, email, role in rows:
        sandbox.vendor.add("contacts", {"name": name, "email": email, "role": role})
    return sandbox


@pytest.mark.parametrize(
    ("field", "operator", "value", "found"),
    [
        ("role", "=", "user", ["Ada"]),
        ("role", "!=", "user", ["Ben", "Eve"]),
        ("name", "IN", ["Ada", "Eve"], ["Ada", "Eve"]),
        ("name", "NIN", ["Ada", "Eve"], ["Ben"]),
        ("email", "~", "TWO", ["Ben"]),
        ("email", "!~", "two", ["Ada", "Eve"]),
        ("email", "^", "ada", ["Ada"]),
        ("email", "$", "example", ["Ada", "Ben"]),
        ("email_domain", "=", "one.example", ["Ada"]),
        ("has_hard_bounced", "=", True, []),
    ],
)
def test_operators(
    people: Sandbox[Intercom], connect: Connect, field: str, operator: str, value: Any, found: list[str]
) -> None:
    assert names(connect(people).post(CONTACTS, json=one(field, operator, value))) == found


def test_groups_nest_and_mix_with_filters(people: Sandbox[Intercom], connect: Connect) -> None:
    leads = {"field": "role", "operator": "=", "value": "lead"}
    either = {"operator": "OR", "value": [one("name", "=", name)["query"] for name in ("Ada", "Eve")]}
    answer = connect(people).post(CONTACTS, json={"query": {"operator": "AND", "value": [leads, either]}})
    assert names(answer) == ["Eve"]


def nested(levels: int) -> dict[str, Any]:
    query = one("role", "=", "user")["query"]
    for _ in range(levels):
        query = {"operator": "AND", "value": [query]}
    return {"query": query}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (nested(2), 200),
        (nested(3), 400),
        ({"query": {"operator": "OR", "value": [one("role", "=", "user")["query"]] * 15}}, 200),
        ({"query": {"operator": "OR", "value": [one("role", "=", "user")["query"]] * 16}}, 400),
        ({"query": {"operator": "OR", "value": []}}, 400),
        ({}, 400),
        ({"query": []}, 400),
        (one("nosuch", "=", "x"), 400),
        (one("role", "=", ["x"]), 400),
        (one("role", "=", None), 400),
        (one("role", "=", True), 400),
        (one("name", "IN", "x"), 400),
        (one("has_hard_bounced", "=", "perhaps"), 400),
        (one("role", "=", "user", pagination={"per_page": 151}), 400),
        (one("role", "=", "user", sort={"field": "nosuch", "order": "ascending"}), 400),
    ],
)
def test_what_a_search_body_may_be(client: httpx.Client, body: dict[str, Any], status: int) -> None:
    assert client.post(CONTACTS, json=body).status_code == status


def test_tags_know_equal_and_unequal_alone(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    sandbox.vendor.add("contacts", {"name": "A", "tags": "102"})
    sandbox.vendor.add("contacts", {"name": "B"})
    assert names(client.post(CONTACTS, json=one("tag_id", "=", "102"))) == ["A"]
    assert names(client.post(CONTACTS, json=one("tag_id", "!=", "102"))) == ["B"]
    assert code(client.post(CONTACTS, json=one("tag_id", "IN", ["102"]))) == (400, "parameter_invalid")


def test_the_sort_order_is_spelled_out_since_2_16(days: Sandbox[Intercom], connect: Connect) -> None:
    everyone = one("role", "=", "user")
    for version, order, first in (("2.16", "ascending", "before"), ("2.16", "descending", "after")):
        body = everyone | {"sort": {"field": "updated_at", "order": order}}
        assert connect(days, version).post(CONTACTS, json=body).json()["data"][0]["name"] == first
    short = everyone | {"sort": {"field": "updated_at", "order": "desc"}}
    assert connect(days, "2.11").post(CONTACTS, json=short).json()["data"][0]["name"] == "after"
    assert code(connect(days, "2.16").post(CONTACTS, json=short)) == (400, "invalid_sort_order")


def test_paging_in_the_query_brings_page_one_again(days: Sandbox[Intercom], connect: Connect) -> None:
    http = connect(days)
    body = one("role", "=", "user", sort={"field": "updated_at", "order": "ascending"}, pagination={"per_page": 2})
    first = http.post(CONTACTS, json=body).json()
    after = first["pages"]["next"]["starting_after"]
    again = http.post(CONTACTS, params={"starting_after": after, "per_page": 1}, json=body).json()
    body["pagination"]["starting_after"] = after
    second = http.post(CONTACTS, json=body).json()
    listed = [[row["name"] for row in page["data"]] for page in (first, again, second)]
    assert listed == [["before", "first"], ["before", "first"], ["noon", "last"]]
    assert (second["pages"]["page"], second["total_count"]) == (2, 5)


def test_without_paging_in_the_body_the_query_still_does_not_count(days: Sandbox[Intercom], connect: Connect) -> None:
    http, body = connect(days, "2.15"), one("role", "=", "user")
    page = http.post(CONTACTS, params={"per_page": 1}, json=body).json()
    assert (len(page["data"]), page["pages"]["per_page"]) == (5, 50)


def test_equal_sort_values_are_neither_lost_nor_repeated(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    ids = {sandbox.vendor.add("contacts", {"name": f"C {n}"}) for n in range(7)}
    body = one("role", "=", "user", sort={"field": "updated_at", "order": "ascending"}, pagination={"per_page": 3})
    seen: list[str] = []
    while True:
        page = client.post(CONTACTS, json=body).json()
        seen += [row["id"] for row in page["data"]]
        if not page["pages"].get("next"):
            break
        body["pagination"]["starting_after"] = page["pages"]["next"]["starting_after"]
    assert sorted(seen) == sorted(ids)


def test_new_contacts_and_changes_are_found_after_the_lag(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=120)
    http = connect(sandbox)
    contact = sandbox.vendor.add("contacts", {"name": "New"})
    assert http.post(CONTACTS, json=one("role", "=", "user")).json()["total_count"] == 0
    assert http.get("/contacts").json()["total_count"] == 1
    clock.advance(120)
    assert names(http.post(CONTACTS, json=one("name", "=", "New"))) == ["New"]
    http.put(f"/contacts/{contact}", json={"name": "Newer"})
    # It is still found by what it was, and shown as it is.
    assert names(http.post(CONTACTS, json=one("name", "=", "New"))) == ["Newer"]
    clock.advance(120)
    assert names(http.post(CONTACTS, json=one("name", "=", "New"))) == []


def test_who_is_gone_is_not_found_at_once(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=120)
    ids = [sandbox.vendor.add("contacts", {"name": str(n)}) for n in range(4)]
    clock.advance(200)
    http = connect(sandbox)
    http.delete(f"/contacts/{ids[0]}")
    http.post(f"/contacts/{ids[1]}/archive")
    sandbox.vendor.merge("contacts", ids[2], ids[3])
    assert names(http.post(CONTACTS, json=one("role", "=", "user"))) == ["3"]
    clock.advance(200)
    assert names(http.post(CONTACTS, json=one("role", "=", "user"))) == ["3"]


def test_who_returns_is_found_after_the_lag(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=120)
    contact, http = sandbox.vendor.add("contacts", {"name": "A"}), connect(sandbox)
    clock.advance(120)
    http.post(f"/contacts/{contact}/archive")
    http.post(f"/contacts/{contact}/unarchive")
    assert names(http.post(CONTACTS, json=one("role", "=", "user"))) == []
    clock.advance(120)
    assert names(http.post(CONTACTS, json=one("role", "=", "user"))) == ["A"]


@pytest.fixture
def cases(sandbox: Sandbox[Intercom]) -> Sandbox[Intercom]:
    for name in ("before", "noon", "after"):
        sandbox.vendor.add("conversations", {"title": name, "updated_at": str(at(STAMPS[name]))})
    return sandbox


@pytest.mark.parametrize(
    ("operator", "found"),
    [(">", ["after"]), (">=", ["after", "noon"]), ("<", ["before"]), ("<=", ["before", "noon"]), ("=", ["noon"])],
)
def test_conversations_are_searched_to_the_second(
    cases: Sandbox[Intercom], connect: Connect, operator: str, found: list[str]
) -> None:
    answer = connect(cases).post(CONVERSATIONS, json=one("updated_at", operator, at(STAMPS["noon"])))
    assert names(answer, "conversations") == found


def test_greater_may_mean_greater_or_equal(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, gt_is_gte=True)
    sandbox.vendor.add("conversations", {"title": "A", "updated_at": "1000"})
    answer = connect(sandbox).post(CONVERSATIONS, json=one("updated_at", ">", 1000))
    assert names(answer, "conversations") == ["A"]


def test_conversations_sort_though_the_schema_omits_it(cases: Sandbox[Intercom], connect: Connect) -> None:
    body = one("open", "=", True, sort={"field": "updated_at", "order": "ascending"})
    rows = connect(cases).post(CONVERSATIONS, json=body).json()["conversations"]
    assert [row["title"] for row in rows] == ["before", "noon", "after"]


def test_conversations_are_found_by_what_their_search_names(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    contact = sandbox.vendor.add("contacts", {"name": "A"})
    vendor = sandbox.vendor
    vendor.add("conversations", {"title": "rated", "contacts": contact, "rating": "2", "remark": "slow", "tags": "1"})
    vendor.add("conversations", {"title": "closed", "state": "closed", "priority": "urgent", "admin_assignee_id": "5"})
    for field, operator, value, found in (
        ("contact_ids", "=", contact, ["rated"]),
        ("conversation_rating.score", "<", 3, ["rated"]),
        ("conversation_rating.remark", "~", "slow", ["rated"]),
        ("statistics.last_close_at", ">", 1, ["closed"]),
        ("priority", "=", "urgent", ["closed"]),
        ("admin_assignee_id", "=", 5, ["closed"]),
        ("tag_ids", "=", "1", ["rated"]),
        ("open", "=", False, ["closed"]),
    ):
        answer = client.post(CONVERSATIONS, json=one(field, operator, value))
        assert names(answer, "conversations") == found, field
    assert code(client.post(CONVERSATIONS, json=one("conversation_rating.admin_id", "=", "1"))) == (
        400,
        "parameter_invalid",
    )


@pytest.mark.parametrize(
    ("term", "found"), [("request", ["Customer"]), ("task", ["Back-office"]), ("tracker", ["Tracker"]), ("Tracker", [])]
)
def test_ticket_categories_have_other_names_in_searches(
    sandbox: Sandbox[Intercom], client: httpx.Client, term: str, found: list[str]
) -> None:
    for category in ("Customer", "Back-office", "Tracker"):
        sandbox.vendor.add("tickets", {"category": category})
    rows = client.post(TICKETS, json=one("category", "=", term)).json()["tickets"]
    assert [row["category"] for row in rows] == found
