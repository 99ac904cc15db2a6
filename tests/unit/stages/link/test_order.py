"""The result of linking depends on what is stored, not on how it got there."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.stages.link.world import World, make_world
from tests.unit.stages.link.world import settings as link_settings

DOMAINS = (None, None, "a.com", "b.com", "c.com", "d.com")
EXTERNAL = (None, None, "A", "B", "C")
ACCOUNTS = {"crm": ("1", "2", "3", "4"), "sales": ("1", "2", "3"), "support": ("1", "2", "3")}
CONTACTS = {"crm": ("p", "q"), "support": ("p", "q", "r")}
MAPPED = {"support:account:3": "sales:2", "sales:account:3": "crm:4"}
#: Everything linking owns; without it the next pass starts from nothing.
OWNED = (
    "customer",
    "alias",
    "link",
    "link_history",
    "identity_key",
    "review",
    "outside",
    "linked_merge",
    "linked_word",
    "owner_person",
    "watermark",
)


@contextmanager
def a_world() -> Iterator[World]:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), link_settings(mapped=MAPPED))
        yield world
        world.store.close()


def land_account(world: World, dice: random.Random) -> None:
    connection = dice.choice(list(ACCOUNTS))
    id = dice.choice(ACCOUNTS[connection])
    world.account(
        connection,
        id,
        type=dice.choice(("Customer", "Customer", "Customer", "Lead")),
        name=dice.choice(("Acme", "Beta", "Gamma")),
        domains=dice.choice(DOMAINS),
        external_id=dice.choice(EXTERNAL),
        parent=dice.choice((None, None, *ACCOUNTS[connection])),
    )


def land_contact(world: World, dice: random.Random) -> None:
    connection = dice.choice(list(CONTACTS))
    world.row(
        connection,
        "contact",
        dice.choice(CONTACTS[connection]),
        account_id=dice.choice((None, None, None, *ACCOUNTS[connection], "unknown")),
        account_domain=dice.choice(DOMAINS),
    )


def land_ticket(world: World, dice: random.Random) -> None:
    connection = dice.choice(list(CONTACTS))
    world.row(
        connection,
        "ticket",
        dice.choice(("t", "u", "v")),
        account_id=dice.choice((None, None, None, None, *ACCOUNTS[connection])),
        contact_id=dice.choice((None, None, None, *CONTACTS[connection])),
        account_external_id=dice.choice(EXTERNAL),
        account_domain=dice.choice(DOMAINS),
    )


def associate(world: World, dice: random.Random) -> None:
    connection = dice.choice(list(CONTACTS))
    row = dice.choice(("ticket:t", "ticket:u", "contact:p", "contact:q"))
    other = dice.choice(
        [f"account:{id}" for id in ACCOUNTS[connection]] + [f"contact:{id}" for id in CONTACTS[connection]]
    )
    start, end = dice.sample((row, other), 2)
    world.associate(connection, start, end, primary=dice.random() < 0.3)


def delete(world: World, dice: random.Random) -> None:
    kind, known = dice.choice((("account", ACCOUNTS), ("contact", CONTACTS)))
    connection = dice.choice(list(known))
    world.land(connection, kind, gone=[dice.choice(known[connection])])


def dissociate(world: World, dice: random.Random) -> None:
    stored = sorted(world.all("select connection, id from association where deleted = 0"))
    for connection, id in dice.sample(stored, min(1, len(stored))):
        world.land(str(connection), "association", gone=[str(id)])


def merge(world: World, dice: random.Random) -> None:
    kind, known = dice.choice((("account", ACCOUNTS), ("contact", CONTACTS)))
    connection = dice.choice(list(known))
    gone, survivor = dice.sample(known[connection], 2)
    world.land(connection, kind, merges=[(gone, survivor)])


CHANGES = (
    *(land_account,) * 5, *(land_contact,) * 3, *(land_ticket,) * 3, associate, associate, delete, dissociate, merge,
)  # fmt: skip


def link_from_scratch(world: World) -> None:
    with world.store.db.transaction() as tx:
        for table in OWNED:
            tx.run(f"delete from {table}")
        for kind in ("account", "contact", "deal", "ticket", "response", "event"):
            tx.run(f"update {kind} set customer = null")
    world.link()


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_linking_step_by_step_ends_where_linking_everything_at_once_does(seed: int) -> None:
    dice = random.Random(seed)
    with a_world() as world:
        for _ in range(dice.randint(10, 60)):
            dice.choice(CHANGES)(world, dice)
            if dice.random() < 0.4:
                world.link()
        world.link()
        step_by_step = world.result()
        link_from_scratch(world)
        assert step_by_step == world.result()


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32))
def test_the_order_in_which_rows_arrive_does_not_matter(seed: int) -> None:
    results = []
    for order in range(3):
        with a_world() as world:
            arrive(world, random.Random(seed), random.Random(seed + order))
            results.append(world.result())
    assert results[0] == results[1] == results[2]


def arrive(world: World, dice: random.Random, order: random.Random) -> None:
    """Land one version of every row: what they say comes from `dice`, when they come and are linked from `order`."""
    seeds: list[tuple[str, int]] = []
    for connection, ids in ACCOUNTS.items():
        seeds += [(f"{connection} account {id}", dice.randrange(2**32)) for id in ids]
    for connection, ids in CONTACTS.items():
        seeds += [(f"{connection} contact {id}", dice.randrange(2**32)) for id in ids]
        seeds += [(f"{connection} ticket {id}", dice.randrange(2**32)) for id in ("t", "u", "v")]
        seeds += [(f"{connection} association {id}", dice.randrange(2**32)) for id in range(3)]
    order.shuffle(seeds)
    for name, seed in seeds:
        land_named(world, name, random.Random(seed))
        if order.random() < 0.2:
            world.link()
    world.link()


def land_named(world: World, name: str, dice: random.Random) -> None:
    connection, kind, id = name.split(" ")
    land = {"account": land_account, "contact": land_contact, "ticket": land_ticket, "association": associate}[kind]
    land(world, Loaded(dice, connection, id))


class Loaded(random.Random):
    """Dice that choose a given connection and id where those are asked for."""

    def __init__(self, dice: random.Random, connection: str, id: str) -> None:
        super().__init__(dice.randrange(2**32))
        self._answers = [connection, id]

    def choice(self, seq: Sequence[Any]) -> Any:
        if self._answers and self._answers[0] in seq:
            return self._answers.pop(0)
        return super().choice(seq)


@pytest.mark.parametrize("seed", range(3))
def test_the_customer_beside_a_row_is_that_of_its_link(seed: int) -> None:
    dice = random.Random(seed)
    with a_world() as world:
        for _ in range(80):
            dice.choice(CHANGES)(world, dice)
            world.link()
        links = world.all("select kind, connection, id, customer from link order by 1, 2, 3")
        assert links == world.cached()
        assert links
