"""Conversations and tickets: lists, parts, ratings, assignees and priorities by version, what was deleted."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .conftest import NOW, Connect


def shown(http: httpx.Client, id: str) -> dict[str, Any]:
    answer: dict[str, Any] = http.get(f"/conversations/{id}").json()
    return answer


def test_lists_have_no_parts_and_pages_of_20(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    for n in range(22):
        sandbox.vendor.add("conversations", {"title": f"N {n}"})
    page = client.get("/conversations").json()
    assert (page["type"], len(page["conversations"]), page["pages"]["total_pages"]) == ("conversation.list", 20, 2)
    assert "conversation_parts" not in page["conversations"][0]
    assert isinstance(page["conversations"][0]["id"], str)


def test_one_has_its_500_newest_parts_plain_when_asked(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    id = sandbox.vendor.add("conversations", {"title": "A"})
    record = sandbox.vendor.workspace.tables["conversations"].live[id]
    record.values["parts"] = [{"id": str(n), "body": f"<p>Part <b>{n}</b></p>"} for n in range(502)]
    parts = shown(client, id)["conversation_parts"]
    assert (parts["total_count"], len(parts["conversation_parts"])) == (502, 500)
    assert parts["conversation_parts"][-1] == {"id": "501", "body": "<p>Part <b>501</b></p>"}
    plain = client.get(f"/conversations/{id}", params={"display_as": "plaintext"}).json()
    assert plain["conversation_parts"]["conversation_parts"][0]["body"] == "Part 2"


@pytest.mark.parametrize(
    ("kept", "before", "since"),
    [
        ("none", "not_priority", "none"),
        ("medium", "not_priority", "medium"),
        ("high", "priority", "high"),
        ("urgent", "priority", "urgent"),
    ],
)
def test_priorities_by_version(
    sandbox: Sandbox[Intercom], connect: Connect, kept: str, before: str, since: str
) -> None:
    id = sandbox.vendor.add("conversations", {"priority": kept})
    found = [shown(connect(sandbox, version), id)["priority"] for version in ("2.9", "2.15", "2.16")]
    assert found == [before, before, since]


def test_nobody_is_null_and_then_zero(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    nobody = sandbox.vendor.add("conversations", {"title": "A"})
    somebody = sandbox.vendor.add("conversations", {"admin_assignee_id": "7"})
    for version, expected in (("2.15", None), ("2.16", 0)):
        one = shown(connect(sandbox, version), nobody)
        assert (one["admin_assignee_id"], one["team_assignee_id"]) == (expected, expected)
        assert shown(connect(sandbox, version), somebody)["admin_assignee_id"] == 7


def test_the_company_member_came_with_2_15_and_is_null(clock: SandboxClock, connect: Connect) -> None:
    for filled in (False, True):
        sandbox = create(clock=clock, empty=True, company_on_conversations=filled)
        company = sandbox.vendor.add("companies", {"name": "A"})
        contact = sandbox.vendor.add("contacts", {"companies": company})
        id = sandbox.vendor.add("conversations", {"contacts": contact})
        assert "company" not in shown(connect(sandbox, "2.14"), id)
        member = shown(connect(sandbox, "2.15"), id)["company"]
        assert (member["id"] == company) if filled else (member is None)


def test_before_2_15_a_pending_request_hides_the_score(
    sandbox: Sandbox[Intercom], connect: Connect, clock: SandboxClock
) -> None:
    id = sandbox.vendor.add("conversations", {"rating": "5", "remark": "good"})
    clock.advance(60)
    sandbox.vendor.edit("conversations", id, {"asked": "true"})
    old, new = (shown(connect(sandbox, version), id)["conversation_rating"] for version in ("2.14", "2.15"))
    assert "rating" not in old
    assert old["created_at"] == int(NOW.timestamp()) + 60
    assert (new["rating"], new["remark"], new["created_at"]) == (5, "good", int(NOW.timestamp()))
    pending = sandbox.vendor.add("conversations", {"asked": "true"})
    assert shown(connect(sandbox, "2.16"), pending)["conversation_rating"] is None


def test_a_workflow_may_be_rated_from_2_17_on(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    id = sandbox.vendor.add("conversations", {"rating": "5"})
    sandbox.vendor.edit("conversations", id, {"rating": "4"})
    kinds = [
        shown(connect(sandbox, version), id)["conversation_rating"]["teammate"]["type"] for version in ("2.16", "2.17")
    ]
    assert kinds == ["admin", "workflow"]


def test_the_state_says_whether_it_is_open(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    for state, is_open in (("open", True), ("snoozed", True), ("closed", False)):
        one = shown(client, sandbox.vendor.add("conversations", {"state": state, "snoozed_until": "99"}))
        assert (one["state"], one["open"], one["snoozed_until"]) == (state, is_open, 99 if state == "snoozed" else None)


def test_closing_by_hand_fills_the_statistics(
    sandbox: Sandbox[Intercom], client: httpx.Client, clock: SandboxClock
) -> None:
    id = sandbox.vendor.add("conversations", {"title": "A"})
    clock.advance(60)
    sandbox.vendor.edit("conversations", id, {"state": "closed"})
    statistics = shown(client, id)["statistics"]
    assert statistics["time_to_first_close"] == 60
    assert statistics["last_close_at"] == int(NOW.timestamp()) + 60
    clock.advance(60)
    sandbox.vendor.edit("conversations", id, {"state": "open"})
    sandbox.vendor.edit("conversations", id, {"state": "closed"})
    statistics = shown(client, id)["statistics"]
    assert (statistics["time_to_first_close"], statistics["time_to_last_close"]) == (60, 120)


def test_a_source_may_be_null_or_of_unknown_type(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    assert shown(client, sandbox.vendor.add("conversations", {"sourceless": "true"}))["source"] is None
    source = shown(client, sandbox.vendor.add("conversations", {"channel": ""}))["source"]
    assert (source["type"], source["author"]["type"], source["subject"]) == ("unknown", "bot", None)
    contact = sandbox.vendor.add("contacts", {"role": "lead"})
    author = shown(client, sandbox.vendor.add("conversations", {"contacts": contact}))["source"]["author"]
    assert (author["type"], author["id"], author["email"]) == ("lead", contact, None)


def test_the_contact_of_a_conversation_is_who_it_became(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    one, two = (sandbox.vendor.add("contacts", {"external_id": name}) for name in "ab")
    id = sandbox.vendor.add("conversations", {"contacts": one})
    sandbox.vendor.merge("contacts", one, two)
    assert shown(client, id)["contacts"]["contacts"] == [{"type": "contact", "id": two, "external_id": "b"}]


def test_deleted_ones_are_listed_apart(sandbox: Sandbox[Intercom], client: httpx.Client, clock: SandboxClock) -> None:
    ids = [sandbox.vendor.add("conversations", {"title": str(n)}) for n in range(3)]
    for id in ids:
        clock.advance(1)
        sandbox.vendor.remove("conversations", id)
    assert client.get(f"/conversations/{ids[0]}").status_code == 404
    page = client.get("/conversations/deleted", params={"per_page": 2}).json()
    assert [row["id"] for row in page["conversations"]] == [ids[2], ids[1]]
    assert page["conversations"][0]["deleted_at"] == int(NOW.timestamp()) + 3
    assert page["pages"]["next"] == "https://api.intercom.io/conversations/deleted?per_page=2&page=2"
    last = client.get("/conversations/deleted", params={"per_page": 2, "page": 2}).json()
    assert [row["id"] for row in last["conversations"]] == ids[:1]
    oldest = client.get("/conversations/deleted", params={"order": "asc", "per_page": 60}).json()
    assert [row["id"] for row in oldest["conversations"]] == ids
    assert client.get("/conversations/deleted", params={"per_page": 61}).status_code == 400
    with pytest.raises(ValueError, match="do not come back"):
        sandbox.vendor.restore("conversations", ids[0])


def test_ticket_states_and_assignees_by_version(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    id = sandbox.vendor.add("tickets", {"subject": "A", "state": "in_progress", "number": "40"})
    found = {version: connect(sandbox, version).get(f"/tickets/{id}").json() for version in ("2.11", "2.15", "2.16")}
    assert found["2.11"]["ticket_state"] == "in_progress"
    assert found["2.15"]["ticket_state"]["category"] == "in_progress"
    assert [found[version]["admin_assignee_id"] for version in ("2.15", "2.16")] == ["0", 0]
    assert found["2.16"]["ticket_id"] == "40" != id
    assert connect(sandbox).get("/tickets/40").status_code == 404
    assert "snoozed_until" not in found["2.16"]
