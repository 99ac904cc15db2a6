"""What people ask about links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.store.links import Candidate, CustomerRef, LinkCount, Review
from tests.unit.stages.link.world import START, World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    made.account("crm", "1", name="Acme", domains="acme.com", external_id="A")
    made.account("crm", "2", name="Acme", domains="beta.com")
    made.account("crm", "3", name="Gamma Phone", domains="gamma.com")
    made.row("crm", "contact", "p", email="jo@acme.com", account_id="1")
    made.row("support", "contact", "q", account_domain="nobody.com")
    made.row("support", "ticket", "t", account_domain="gamma.com")
    made.link()
    yield made
    made.store.close()


def found(world: World, text: str) -> list[tuple[str, str]]:
    return [(one.id, one.found_by) for one in world.store.links.find_customer(text)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("crm:1", [("crm:1", "id")]),
        (" crm:1 ", [("crm:1", "id")]),
        ("1", [("crm:1", "account id")]),
        ("A", [("crm:1", "external id")]),
        ("Beta.com", [("crm:2", "domain")]),
        ("gamma phone", [("crm:3", "name")]),
        ("phone", [("crm:3", "part of the name")]),
        ("acme", [("crm:1", "name"), ("crm:2", "name")]),
        ("nobody", []),
    ],
)
def test_a_customer_is_found_by_whatever_a_person_knows(world: World, text: str, wanted: list[tuple[str, str]]) -> None:
    assert found(world, text) == wanted


def test_a_customer_that_left_is_still_found(world: World) -> None:
    world.account("crm", "3", name="Gamma Phone", type="Former")
    world.link()
    assert world.store.links.find_customer("crm:3") == [
        CustomerRef(id="crm:3", name="Gamma Phone", state="left", found_by="id")
    ]


def test_the_identity_of_a_customer_lists_its_rows_with_rule_and_evidence(world: World) -> None:
    rows = world.store.links.identity("crm:1")
    assert [(row.kind, row.id, row.name, row.rule, row.evidence) for row in rows] == [
        ("account", "1", "Acme", "listed", "on the customer list"),
        ("contact", "p", "jo@acme.com", "reference", "account 1"),
    ]
    assert all(row.linked_at > START for row in rows)


def test_counts_tell_linked_review_and_unlinked_apart(world: World) -> None:
    world.row("crm", "deal", "d")
    world.associate("crm", "deal:d", "account:1")
    world.associate("crm", "deal:d", "account:2")
    world.link()
    assert world.store.links.counts() == [
        LinkCount(kind="account", state="linked", rule="listed", rows=3),
        LinkCount(kind="contact", state="linked", rule="reference", rows=1),
        LinkCount(kind="contact", state="unlinked", rule=None, rows=1),
        LinkCount(kind="deal", state="review", rule="reference", rows=1),
        LinkCount(kind="ticket", state="linked", rule="domain", rows=1),
    ]


def review(*likeness: float | None) -> Review:
    return Review(
        kind="account", connection="crm", id="1", name="Acme", rule="domain", key="a.com", reason="", opened_at=START,
        candidates=tuple(Candidate(customer=f"crm:{n}", name=None, likeness=one) for n, one in enumerate(likeness)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("likeness", "suggestion"),
    [((95.0, 40.0), "crm:0"), ((95.0, 90.0), None), ((70.0, 20.0), None), ((None, None), None), ((), None)],
)
def test_a_suggestion_is_made_only_when_one_name_is_clearly_the_most_alike(
    likeness: tuple[float | None, ...], suggestion: str | None
) -> None:
    assert review(*likeness).suggestion == suggestion


def test_a_customer_is_called_what_it_was_called_at_the_time(world: World) -> None:
    before = world.now
    world.account("crm", "3", name="Delta Phone", domains="gamma.com")
    world.link()
    names = [world.store.links.name_at("crm:3", at) for at in (START, before, world.now)]
    assert names == [None, "Gamma Phone", "Delta Phone"]
