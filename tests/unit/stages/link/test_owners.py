"""Owners of all connections as persons."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.stages.link.owners import Owner, persons
from tests.unit.stages.link.world import World, settings

ANA = (Owner("crm", "005A", "ana@x.com"), Owner("sales", "41", "Ana@X.com "), Owner("support", "7", None))


@pytest.mark.parametrize(
    ("same", "order", "found"),
    [
        (
            {},
            ("crm", "sales"),
            [("crm", "005A", "crm:005A", "email"), ("sales", "41", "crm:005A", "email"), ("support", "7", "support:7", "alone")],
        ),
        (
            {},
            ("sales", "crm"),
            [("crm", "005A", "sales:41", "email"), ("sales", "41", "sales:41", "email"), ("support", "7", "support:7", "alone")],
        ),
        (
            {"support:7": "sales:41"},
            ("crm",),
            [("crm", "005A", "crm:005A", "email"), ("sales", "41", "crm:005A", "map"), ("support", "7", "crm:005A", "map")],
        ),
        (
            {"support:7": "sales:gone"},
            ("crm",),
            [("crm", "005A", "crm:005A", "email"), ("sales", "41", "crm:005A", "email"), ("support", "7", "support:7", "alone")],
        ),
    ],
)  # fmt: skip
def test_one_address_is_one_person_and_so_are_two_that_somebody_wrote_down(
    same: dict[str, str], order: tuple[str, ...], found: list[tuple[str, str, str, str]]
) -> None:
    assert persons(ANA, same, order) == found


owners = st.lists(
    st.builds(
        Owner, st.sampled_from(["crm", "sales", "support"]), st.sampled_from("12345"),
        st.none() | st.sampled_from(["a@x", "b@x", "c@x"]),
    ),
    unique_by=lambda owner: owner.place,
)  # fmt: skip
names = st.sampled_from([f"{connection}:{id}" for connection in ("crm", "sales", "support") for id in "12345"])


@given(owners, st.dictionaries(names, names, max_size=4), st.integers(0, 99))
def test_persons_part_the_owners_whatever_order_they_come_in(
    found: list[Owner], same: dict[str, str], seed: int
) -> None:
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)
    people = persons(found, same, ["crm"])
    assert people == persons(shuffled, same, ["crm"])
    person = {(connection, id): name for connection, id, name, _ in people}
    assert sorted(person) == sorted(owner.place for owner in found)
    assert all(
        person[one.place] == person[other.place]
        for one in found
        for other in found
        if one.email is not None and one.email == other.email
    )


def owner(world: World, connection: str, id: str, email: str | None, name: str = "Ana") -> None:
    world.row(connection, "owner", id, email=email, name=name)


def test_an_owner_is_found_in_another_connection(world: World) -> None:
    owner(world, "crm", "005A", "ana@x.com")
    owner(world, "sales", "41", "ana@x.com")
    world.link()
    people = world.store.people
    assert people.owner_in("sales", "crm:005A") == "41"
    assert people.owner_in("crm", "sales:41") == "005A"
    assert people.owner_in("crm", "crm:005A") == "005A"
    assert people.owner_in("support", "crm:005A") is None
    assert people.owner_in("sales", "crm:nobody") is None
    person = people.person("sales", "41")
    assert person is not None
    assert [(one.connection, one.id, one.rule) for one in person.owners] == [
        ("crm", "005A", "email"),
        ("sales", "41", "email"),
    ]
    assert world.all("select person, connection, id, rule from owners order by 2") == [
        ("crm:005A", "crm", "005A", "email"),
        ("crm:005A", "sales", "41", "email"),
    ]  # fmt: skip


def test_of_two_owners_of_a_person_in_one_connection_none_is_chosen(world: World) -> None:
    owner(world, "crm", "005A", "ana@x.com")
    owner(world, "sales", "41", "ana@x.com")
    owner(world, "sales", "42", "ana@x.com")
    world.link()
    assert world.store.people.owner_in("sales", "crm:005A") is None


def test_one_name_is_no_proof_but_is_told(world: World) -> None:
    owner(world, "crm", "005A", "ana@x.com", "Ana Berg")
    owner(world, "sales", "41", "a.berg@x.com", " ana berg")
    owner(world, "sales", "43", "bo@x.com", "Bo")
    world.link()
    assert world.store.people.owner_in("sales", "crm:005A") is None
    assert [(one.one, one.other) for one in world.store.people.namesakes()] == [("crm:005A", "sales:41")]
    world.settings = settings(owners={"crm:005A": "sales:41"})
    world.link()
    assert world.store.people.owner_in("sales", "crm:005A") == "41"
    assert world.store.people.namesakes() == []
    world.settings = settings()
    world.link()
    assert world.store.people.owner_in("sales", "crm:005A") is None


def test_an_owner_who_leaves_or_changes_address_is_another_person(world: World) -> None:
    owner(world, "crm", "005A", "ana@x.com")
    owner(world, "sales", "41", "ana@x.com")
    world.link()
    owner(world, "sales", "41", "bo@x.com")
    assert world.link().looked == 0
    assert world.store.people.owner_in("sales", "crm:005A") is None
    world.land("crm", "owner", gone=["005A"])
    world.link()
    assert world.all("select person from owners") == [("sales:41",)]


def test_an_owner_that_no_pass_has_seen_is_a_person_of_its_own(world: World) -> None:
    owner(world, "crm", "005A", "ana@x.com")
    person = world.store.people.person("crm", "005A")
    assert person is not None
    assert (person.id, person.name, [one.rule for one in person.owners]) == ("crm:005A", "Ana", ["alone"])
