"""Intercom's own Python client, unmodified, works against the served sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock, serve
from cshub_intercom.sandbox import Intercom, create

intercom = pytest.importorskip("intercom", reason="python-intercom is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox[Intercom], str]]:
    # It looks for a contact's companies where the file says they are, not where the file's own example has them.
    sandbox = create(clock=SandboxClock(), customers=40, search_lag_s=0, attached_key="companies")
    with serve(sandbox) as running:
        yield sandbox, running.url


@pytest.fixture
def sandbox(served: tuple[Sandbox[Intercom], str]) -> Iterator[Sandbox[Intercom]]:
    yield served[0]
    served[0].faults.clear()


@pytest.fixture
def official(served: tuple[Sandbox[Intercom], str]) -> Iterator[Any]:
    sandbox, url = served
    # It sends no version by itself, and is generated from 2.14.
    headers = {"Intercom-Version": "2.14"}
    token = sandbox.credentials["INTERCOM_TOKEN"]
    with httpx.Client() as http:
        yield intercom.Intercom(token=token, base_url=url, headers=headers, httpx_client=http)


def test_it_knows_whose_token_it_is(official: Any) -> None:
    assert official.admins.identify().app.timezone == "America/Los_Angeles"


def test_it_lists_every_contact_over_all_pages(official: Any, sandbox: Sandbox[Intercom]) -> None:
    found = [contact.id for contact in official.contacts.list(per_page=50)]
    assert len(found) == len(set(found)) == sandbox.vendor.objects()["contacts"] > 100


def test_its_company_list_ends_with_the_empty_page(official: Any, sandbox: Sandbox[Intercom]) -> None:
    found = [company.id for company in official.companies.list(per_page=15)]
    shown = [row["id"] for row in sandbox.vendor.dump("companies") if row["user_count"]]
    assert sorted(found) == sorted(shown)


def test_it_scrolls_over_every_company(official: Any, sandbox: Sandbox[Intercom]) -> None:
    pager = official.companies.scroll()
    found = [company.id for company in pager.items]
    assert found == [row.id for row in sandbox.vendor.workspace.companies]
    assert pager.get_next().items == []


def test_it_searches_page_by_page(official: Any) -> None:
    from intercom import SingleFilterSearchRequest, StartingAfterPaging

    query = SingleFilterSearchRequest(field="role", operator="=", value="user")
    first = official.contacts.search(query=query, pagination=StartingAfterPaging(per_page=20))
    # Its own pager asks for the same page for ever, so the cursor is handed on here.
    after = first.response.pages.next.starting_after
    second = official.contacts.search(query=query, pagination=StartingAfterPaging(per_page=20, starting_after=after))
    ids = [{contact.id for contact in page.items} for page in (first, second)]
    assert [len(page) for page in ids] == [20, 20]
    assert not ids[0] & ids[1]


def test_it_reads_conversations_and_tickets(official: Any) -> None:
    from intercom import SingleFilterSearchRequest

    listed = list(islice(official.conversations.list(per_page=10), 25))
    assert {conversation.priority for conversation in listed} <= {"priority", "not_priority"}
    one = official.conversations.find(conversation_id=listed[0].id)
    assert one.conversation_parts.total_count == len(one.conversation_parts.conversation_parts)
    query = SingleFilterSearchRequest(field="open", operator="=", value="false")
    tickets = official.tickets.search(query=query).items
    assert {ticket.ticket_state.category for ticket in tickets} == {"resolved"}


def test_it_updates_contacts_and_companies(official: Any) -> None:
    made = official.data_attributes.create(request={"name": "score", "model": "contact", "data_type": "integer"})
    assert made.full_name == "custom_attributes.score"
    contact = official.contacts.list(per_page=1).items[0]
    updated = official.contacts.update(contact_id=contact.id, custom_attributes={"score": 87})
    assert updated.custom_attributes == {"score": 87, **contact.custom_attributes}
    company = official.companies.list(per_page=1).items[0]
    changed = official.companies.update(company_id=company.id, request={"custom_attributes": {"band": "green"}})
    assert changed.custom_attributes["band"] == "green"


def test_it_attaches_and_detaches(official: Any, sandbox: Sandbox[Intercom]) -> None:
    contact, company = (str(sandbox.vendor.dump(kind)[0]["id"]) for kind in ("contacts", "companies"))
    sandbox.vendor.workspace.links.remove(contact, company)
    official.companies.attach_contact(contact_id=contact, company_id=company)
    assert company in {row.id for row in official.contacts.list_attached_companies(contact_id=contact)}
    official.companies.detach_contact(contact_id=contact, company_id=company)
    assert company not in {row.id for row in official.contacts.list_attached_companies(contact_id=contact)}


def test_it_tells_errors_by_their_kind(official: Any, sandbox: Sandbox[Intercom]) -> None:
    from intercom.errors import NotFoundError, UnauthorizedError

    with pytest.raises(NotFoundError) as missing:
        official.companies.find(company_id="none")
    assert missing.value.body["errors"][0]["code"] == "company_not_found"
    sandbox.faults.add(Fault(kind=FaultKind.UNAUTHORIZED, times=1))
    with pytest.raises(UnauthorizedError):
        official.contacts.list()


def test_it_reads_when_a_limit_ends(official: Any, sandbox: Sandbox[Intercom]) -> None:
    from intercom.core.api_error import ApiError

    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMITED, times=1))
    with pytest.raises(ApiError) as limited:
        official.teams.list()
    assert limited.value.status_code == 429
    assert limited.value.body["errors"][0]["code"] == "rate_limit_exceeded"
    assert 0 < int(limited.value.headers["x-ratelimit-reset"]) - sandbox.clock.now_ms() / 1000 <= 10
    assert official.teams.list().teams
