"""Linking against what is known of the seeded company: nothing is linked wrongly, and what is not linked is told."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from cshub.store import Store, open_store
from cshub.testing.company import Company, generate
from cshub_hubspot.sandbox import create
from cshub_hubspot.sandbox.seed import seed_company
from tests.journey.desk import Desk
from tests.journey.ground_truth import RecordKey, Verdicts, compare
from tests.unit.stages.link.world import make_world

CUSTOMERS = 500


def truth_of(company: Company, ids: Mapping[str, str], connection: str = "crm") -> dict[RecordKey, str | None]:
    """Whose every record of the company is, as a vendor's double with these ids holds them."""
    customers = {account.key: f"{connection}:{ids[account.key]}" for account in company.customers}
    tables = {"contact": company.contacts, "deal": company.deals, "ticket": company.tickets}
    truth: dict[RecordKey, str | None] = {
        (connection, "account", ids[account.key]): customers.get(account.key) for account in company.accounts
    }
    for kind, rows in tables.items():
        truth |= {(connection, kind, ids[row.key]): customers.get(row.account) for row in rows}
    return truth


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Verdicts]:
    """A HubSpot of the seeded company, read and linked."""
    desk = Desk(tmp_path_factory.mktemp("truth"))
    desk.sandbox = create(empty=True, seed=7, clock=desk.clock, limits="off", search_lag_s=0)
    desk.environ = dict(desk.sandbox.credentials)
    company = generate(now=desk.clock.now(), seed=7, customers=CUSTOMERS)
    ids = seed_company(desk.sandbox.vendor.portal, company)
    desk.ok("pull")
    desk.ok("link")
    store = open_store("sqlite:///cshub.db", folder=desk.folder)
    try:
        return desk, compare(store, truth_of(company, ids))
    finally:
        store.close()


def test_no_record_of_the_seeded_company_is_linked_to_a_stranger(linked: tuple[Desk, Verdicts]) -> None:
    _, found = linked
    assert found.wrong == []
    assert found.precision == 1.0
    assert found.unknown == []


def test_most_records_are_linked_and_the_rest_is_told(linked: tuple[Desk, Verdicts]) -> None:
    desk, found = linked
    assert found.recall > 0.9, f"{len(found.missed)} missed, {found.share_by_rule()}"
    reviews = desk.json("identity", "review")["reviews"]
    assert isinstance(reviews, list)
    assert len(reviews) == len(found.review)
    assert {"listed", "reference", "email_domain"} <= found.by_rule.keys()
    assert abs(sum(found.share_by_rule().values()) - 1) < 1e-9


def test_the_comparison_tells_right_above_wrong_missed_and_waiting_apart(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="a.com", parent="1")
    world.account("crm", "3", domains="b.com")
    world.account("crm", "4", domains="b.com")
    for id, domain in (("above", "a.com"), ("waits", "b.com"), ("lost", "c.com"), ("alone", None)):
        world.row("support", "contact", id, account_domain=domain)
    world.row("crm", "ticket", "wrong", account_id="3")
    world.row("crm", "ticket", "extra", account_id="3")
    world.row("crm", "ticket", "right", account_id="3")
    world.row("crm", "ticket", "unnamed", account_id="3")
    world.link()
    truth: dict[RecordKey, str | None] = {
        ("support", "contact", "above"): "crm:2", ("support", "contact", "waits"): "crm:3",
        ("support", "contact", "lost"): "crm:1", ("support", "contact", "alone"): None,
        ("crm", "ticket", "wrong"): "crm:1", ("crm", "ticket", "extra"): None, ("crm", "ticket", "right"): "crm:3",
        **{("crm", "account", id): f"crm:{id}" for id in "1234"},
    }  # fmt: skip
    found = compare(world.store, truth)
    assert (found.right, found.above, found.rightly_unlinked) == (5, 1, 1)
    assert [(one.record[2], one.linked_to, one.truth) for one in found.wrong] == [
        ("extra", "crm:3", None), ("wrong", "crm:3", "crm:1"),
    ]  # fmt: skip
    assert [record[2] for record in found.missed] == ["lost", "waits"]
    assert [record[2] for record in found.review] == ["waits"]
    assert found.unknown == [("crm", "ticket", "unnamed")]
    assert (found.precision, found.recall) == (6 / 8, 6 / 9)
    assert found.by_rule == {"listed": 4, "reference": 3, "domain": 1}
    world.store.close()


def test_nothing_to_compare_is_perfect(store: Store) -> None:
    found = compare(store, {})
    assert (found.precision, found.recall, found.share_by_rule()) == (1.0, 1.0, {})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return make_world(tmp_path).store


def test_twenty_orders_of_pages_streams_and_connections_give_the_same_links(tmp_path: Path) -> None:
    """The seeded company in two CRMs and at support, page by page, linked now and then on the way."""
    company = generate(now=Desk(tmp_path).clock.now(), seed=11, customers=12)
    results = []
    for order in range(20):
        folder = tmp_path / str(order)
        folder.mkdir()
        results.append(arrived(folder, company, random.Random(order)))
    assert all(result == results[0] for result in results[1:])
    assert len(results[0]["customers"]) > 10
    assert {str(link[4]) for link in results[0]["links"]} >= {"listed", "reference", "external_id", "domain"}


def arrived(folder: Path, company: Company, dice: random.Random) -> dict[str, object]:
    """What linking decides when the company's rows arrive in some order."""
    world = make_world(folder)
    pages = []
    for connection in ("crm", "sales"):
        for place, account in enumerate(company.accounts):
            if connection == "crm" or place % 3:
                kind = "Customer" if account.kind == "customer" else "Lead"
                values = {"name": account.name, "domains": account.domain, "type": kind, "parent": account.parent}
                external = account.external_id if place % 2 else None
                pages.append((connection, "account", account.key, {**values, "external_id": external}))
    for contact in company.contacts:
        domain = (contact.email or "").partition("@")[2] or None
        pages.append(
            (
                "crm",
                "contact",
                contact.key,
                {"account_id": contact.account if contact.linked else None, "account_domain": domain},
            )
        )
        pages.append(("support", "contact", contact.key, {"account_domain": domain}))
    pages += [("support", "ticket", ticket.key, {"contact_id": ticket.contact}) for ticket in company.tickets]
    dice.shuffle(pages)
    for connection, row_kind, id, values in pages:
        world.row(connection, row_kind, id, **values)
        if dice.random() < 0.02:
            world.link()
    world.link()
    result = world.result()
    world.store.close()
    return dict(result)
