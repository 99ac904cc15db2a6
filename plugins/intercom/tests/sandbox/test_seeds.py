"""What a workspace holds when it is made, and that the map of ids tells the truth about it."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import entry_points

import httpx
import pytest

from cshub.testing.company import Company, generate
from cshub.testing.sandbox import Restless, Sandbox, SandboxClock, find_sandbox
from cshub_intercom.sandbox import Intercom, create

from .conftest import NOW, Connect

CUSTOMERS = 200


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(now=NOW, customers=CUSTOMERS)


@pytest.fixture(scope="module")
def seeded() -> Sandbox[Intercom]:
    return create(clock=SandboxClock(NOW, ticking=False), customers=CUSTOMERS, limits="off")


def test_equal_seeds_make_equal_workspaces() -> None:
    one, two, other = (create(clock=SandboxClock(NOW, ticking=False), customers=20, seed=seed) for seed in (7, 7, 8))
    assert one.vendor.dump("conversations") == two.vendor.dump("conversations")
    assert one.vendor.dump("companies") != other.vendor.dump("companies")
    assert one.vendor.ids == two.vendor.ids


def test_seeding_writes_nothing_into_the_write_log(seeded: Sandbox[Intercom]) -> None:
    assert len(seeded.writes) == 0


def test_an_empty_workspace_has_no_records(clock: SandboxClock) -> None:
    sandbox = create(clock=clock, empty=True)
    assert set(sandbox.vendor.objects().values()) == {0}
    assert isinstance(sandbox.vendor, Restless)


def test_the_sandbox_is_found_by_its_name(clock: SandboxClock) -> None:
    if not entry_points(group="cshub.sandbox", name="intercom"):
        pytest.skip("the plugin is on the path but not installed")
    sandbox = find_sandbox("intercom")(clock=clock, customers=2)
    assert (sandbox.name, list(sandbox.credentials)) == ("intercom", ["INTERCOM_TOKEN"])


def test_every_customer_is_a_company_under_its_name_at_support(seeded: Sandbox[Intercom], company: Company) -> None:
    rows = {row["id"]: row for row in seeded.vendor.dump("companies")}
    websites = 0
    for account in company.customers:
        row = rows[seeded.vendor.ids[account.key]]
        assert row["name"] == account.support_name
        assert row["company_id"] == account.external_id or str(row["company_id"]).endswith("-qualification-company")
        websites += row.get("website") is not None
    assert CUSTOMERS * 0.4 < websites < CUSTOMERS * 0.6
    prospects = [account for account in company.accounts if account.kind == "prospect"]
    assert 0 < sum(account.key in seeded.vendor.ids for account in prospects) < len(prospects) / 2


def test_contacts_are_attached_where_they_are_linked(seeded: Sandbox[Intercom], company: Company) -> None:
    workspace, ids = seeded.vendor.workspace, seeded.vendor.ids
    customers = {account.key for account in company.customers}
    contacts = [contact for contact in company.contacts if contact.account in customers]
    assert seeded.vendor.objects()["contacts"] == len(contacts)
    several = 0
    for contact in contacts:
        joined = workspace.links.companies(ids[contact.key])
        assert (ids[contact.account] in joined) is contact.linked
        several += len(joined) > 1
    assert 0 < several < len(contacts) / 10


def test_leads_have_no_address_and_duplicates_share_one(seeded: Sandbox[Intercom], company: Company) -> None:
    rows = {row["id"]: row for row in seeded.vendor.dump("contacts")}
    assert Counter(row["role"] for row in rows.values())["lead"] > 0
    for row in rows.values():
        assert (row["role"] == "lead") is (row["email"] is None)
        assert row["external_id"]
    emails = {key: rows[id]["email"] for key, id in seeded.vendor.ids.items() if id in rows}
    copies = [contact for contact in company.contacts if contact.duplicate_of and emails.get(contact.key)]
    assert any(emails[copy.key] == emails[str(copy.duplicate_of)] for copy in copies)


def test_some_signed_up_decades_ahead(seeded: Sandbox[Intercom]) -> None:
    ahead = [row for row in seeded.vendor.dump("contacts") if int(str(row["signed_up_at"])) > NOW.timestamp()]
    assert ahead


def test_cases_are_where_they_are_kept(seeded: Sandbox[Intercom], company: Company) -> None:
    ids, workspace = seeded.vendor.ids, seeded.vendor.workspace
    counts: Counter[tuple[str, str]] = Counter()
    for case in company.tickets:
        if case.system != "support":
            assert case.key not in ids
            continue
        kind = "tickets" if ids[case.key] in workspace.tables["tickets"].live else "conversations"
        counts[kind, case.channel] += 1
        assert workspace.tables[kind].live[ids[case.key]].created_at == int(case.opened_at.timestamp())
    assert set(counts) == {("conversations", "chat"), ("conversations", "email"), ("tickets", "email")}


def test_conversations_show_everything_that_was_recorded(seeded: Sandbox[Intercom]) -> None:
    rows = seeded.vendor.dump("conversations")
    assert {row["state"] for row in rows} == {"open", "closed", "snoozed"}
    assert {row["priority"] for row in rows} == {"low", "medium", "high", "urgent"}
    for member in ("source", "conversation_rating", "sla_applied", "ai_agent"):
        assert {row[member] is None for row in rows} == {True, False}, member
    statuses = {row["sla_applied"]["sla_status"] for row in rows if isinstance(row["sla_applied"], dict)}
    assert statuses == {"hit", "missed", "active"}
    assert {row["admin_assignee_id"] == 0 for row in rows} == {True, False}


def test_a_twin_stands_or_was_deleted(seeded: Sandbox[Intercom], company: Company, connect: Connect) -> None:
    http = connect(seeded)
    twins = [twin for twin in company.twins if twin.system == "support"]
    assert {twin.is_merged for twin in twins} == {True, False}
    for twin in twins:
        answer = http.get(f"/companies/{seeded.vendor.ids[twin.key]}")
        assert answer.status_code == (404 if twin.is_merged else 200)


def test_who_left_is_no_longer_listed(seeded: Sandbox[Intercom], company: Company, connect: Connect) -> None:
    listed = {row["id"] for row in connect(seeded).get("/admins").json()["admins"]}
    for owner in company.owners:
        assert (seeded.vendor.ids[owner.key] in listed) is owner.active
    teams = connect(seeded).get("/teams").json()["teams"]
    assert {str(id) for team in teams for id in team["admin_ids"]} == listed


def test_prospects_have_no_users_and_so_no_place_in_lists(seeded: Sandbox[Intercom], connect: Connect) -> None:
    http: httpx.Client = connect(seeded)
    listed = http.post("/companies/list").json()["total_count"]
    assert listed < seeded.vendor.objects()["companies"]
