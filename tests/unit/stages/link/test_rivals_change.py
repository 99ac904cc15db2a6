"""Rivals that come, go or change: exactly what they put in doubt is linked again, and the order decides nothing."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cshub.model import KINDS
from tests.unit.stages.link.test_order import CHANGES, link_from_scratch
from tests.unit.stages.link.world import World, make_world, settings

RECORDS = ("support:account:7", "support:contact:p")


def crowd(world: World) -> None:
    """Forty customers with a contact each; the tenth shares its domain with a lead."""
    account, contact = KINDS["account"], KINDS["contact"]
    world.land("crm", "account", [account.row(id=str(n), changed_at=None, type="Customer", domains=(f"a{n}.com",)) for n in range(40)])  # fmt: skip
    world.land("support", "contact", [contact.row(id=str(n), changed_at=None, account_domain=f"a{n}.com") for n in range(40)])  # fmt: skip
    world.account("crm", "90", type="Lead", domains="a10.com")
    world.link()
    assert list(world.ties()) == ["support:contact:10"]


@pytest.mark.parametrize(
    ("change", "looked"),
    [("becomes a customer", 3), ("is deleted", 3), ("changes its domain", 3), ("changes its name", 0)],
)
def test_a_rival_that_changes_links_again_what_holds_its_keys_and_nothing_else(
    world: World, change: str, looked: int
) -> None:
    crowd(world)
    if change == "is deleted":
        world.land("crm", "account", gone=["90"])
    else:
        kind = "Customer" if change == "becomes a customer" else "Lead"
        domain = "new.com" if change == "changes its domain" else "a10.com"
        world.account("crm", "90", type=kind, domains=domain, name="Ninety")
    assert world.link().looked == looked  # the rival, the customer it shared the domain with, and that one's contact
    settled = change in ("is deleted", "changes its domain")
    assert world.owner("support:contact:10") == ("crm:10" if settled else None)
    (reasons,) = [[one.reason for one in world.store.links.reviews()]]
    expected = {
        "becomes a customer": ["2 customers match by domain"],
        "changes its name": ["a10.com is also the domain of Ninety (crm:90), which is no customer"],
    }
    assert reasons == expected.get(change, [])


def test_a_rival_that_comes_later_takes_back_exactly_the_links_it_puts_in_doubt(world: World) -> None:
    crowd(world)
    world.account("crm", "91", type="Lead", domains="a20.com")
    report = world.link()
    assert (report.looked, report.changed) == (3, 1)
    assert sorted(world.ties()) == ["support:contact:10", "support:contact:20"]
    versions = world.all("select customer, rule, superseded_at is not null from link_history")
    assert versions == [("crm:20", "domain", 1)]


@hypothesis_settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_rivals_and_families_that_come_and_go_end_where_linking_at_once_does(seed: int) -> None:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        for _ in range(dice.randint(10, 50)):
            (rival if dice.random() < 0.9 else dice.choice(CHANGES))(world, dice)
            if dice.random() < 0.1:
                names = [f"crm:{n}" for n in range(1, 5)]
                denied = {one: frozenset(dice.sample(names, 1)) for one in dice.sample(RECORDS, 1)}
                world.settings = settings(denied=denied, mapped={"crm:account:4": dice.choice(names[:3])})
            if dice.random() < 0.5:
                world.link()
        world.link()
        step_by_step = world.result()
        link_from_scratch(world)
        assert step_by_step == world.result()
        world.store.close()


def rival(world: World, dice: random.Random) -> None:
    """An account or a contact with one of two domains, in a family or not."""
    if dice.random() < 0.3:
        world.row("support", "contact", dice.choice("pq"), account_domain=dice.choice(("a.com", "b.com")))
        return
    world.account(
        dice.choice(("crm", "crm", "sales")), dice.choice("1234"), type=dice.choice(("Customer", "Lead")),
        domains=dice.choice(("a.com", "b.com")), parent=dice.choice((None, *"1234")),
    )  # fmt: skip
