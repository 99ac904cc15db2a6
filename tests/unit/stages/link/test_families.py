"""Hierarchies of accounts: who is above whom, and where a row goes that several of a family could have."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cshub.stages.link.accounts import decide
from cshub.stages.link.places import Account
from cshub.stages.link.verdict import FAMILY, LISTED, PARENT, ancestry, common_ancestor
from tests.unit.stages.link.world import World, make_world

#: What a drawing of accounts (`child<parent`, a prospect in brackets) leads to: customers above customers.
FAMILIES = [
    ("1 2<1 3<2", {"2": "1", "3": "2"}),
    ("1 (2)<1 3<2", {"3": "1"}),
    ("1 (2)<1 (3)<2 4<3", {"4": "1"}),
    ("(1) 2<1 3<1", {}),
    ("1<9 2<1", {"2": "1"}),
    ("1<1 2<1", {"2": "1"}),
    ("1<2 2<1", {}),
    ("1<3 2<1 3<2", {}),
    ("1<2 2<1 3<1", {"3": "1"}),
    ("1<2 (2)<3 (3)<2", {}),
    ("1<2 (2)<1 3<1", {"3": "1"}),
]


@pytest.mark.parametrize(("drawing", "above"), FAMILIES)
def test_the_customer_above_is_the_next_one_up_that_is_a_customer(
    world: World, drawing: str, above: dict[str, str]
) -> None:
    for word in drawing.split():
        account, _, parent = word.partition("<")
        world.account("crm", account.strip("()"), parent=parent or None, type="Lead" if "(" in account else "Customer")
    world.link()
    found = {id: parent for id, _, parent in world.result()["customers"] if parent is not None}
    assert found == {f"crm:{id}": f"crm:{parent}" for id, parent in above.items()}


TREE = ("1 2<1 3<1 4<2 5<2 6<3", "9")


@pytest.mark.parametrize(
    ("sharing", "owner"),
    [
        ("4 5", "2"), ("4 6", "1"), ("4 2", "2"), ("4 1", "1"), ("4 5 6", "1"), ("2 3", "1"), ("6 3", "3"),
        ("4 9", None), ("1 9", None), ("4", "4"), ("1 2 3 4 5 6", "1"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("row", ["support:contact:p", "support:account:7"])
def test_a_row_that_several_of_a_family_match_goes_to_their_lowest_common_ancestor(
    world: World, sharing: str, owner: str | None, row: str
) -> None:
    for word in " ".join(TREE).split():
        account, _, parent = word.partition("<")
        domains = "shared.com" if account in sharing.split() else f"{account}.com"
        world.account("crm", account, parent=parent or None, domains=domains)
    world.row("support", "contact", "p", account_domain="shared.com")
    world.account("support", "7", domains="shared.com")
    world.link()
    assert world.owner(row) == (owner and f"crm:{owner}")
    assert (row in world.ties()) is (owner is None)


def test_a_subsidiary_with_the_domain_of_its_parent_keeps_its_own_rows(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="a.com", parent="1")
    world.row("crm", "contact", "own", account_id="2")
    world.row("support", "contact", "shared", account_domain="a.com")
    world.link()
    assert world.owner("crm:contact:own") == "crm:2"
    assert world.owner("support:contact:shared") == "crm:1"


def test_rows_move_when_a_family_comes_together_and_when_it_falls_apart(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.link()
    assert list(world.ties()) == ["support:contact:p"]
    world.account("crm", "2", domains="a.com", parent="1")
    world.link()
    assert world.owner("support:contact:p") == "crm:1"
    world.account("crm", "2", domains="a.com")
    world.link()
    assert list(world.ties()) == ["support:contact:p"]


def test_a_parent_in_another_connection_of_the_same_id_is_nobodys_parent(world: World) -> None:
    world.account("sales", "1")
    world.account("crm", "2", parent="1")
    world.link()
    assert world.result()["customers"] == [("crm:2", None, None), ("sales:1", None, None)]


parents = st.lists(st.none() | st.integers(0, 9), min_size=10, max_size=10)


@given(parents, st.sets(st.integers(0, 9)))
def test_whatever_points_where_every_line_of_customers_ends(above: list[int | None], prospects: set[int]) -> None:
    accounts = {}
    for id, parent in enumerate(above):
        keys = {FAMILY: {f"crm:{id}"}}
        if parent is not None:
            keys[FAMILY].add(f"crm:{parent}")
            keys[PARENT] = {f"crm:{parent}"}
        if id not in prospects:
            keys[LISTED] = {f"crm:{id}"}
        frozen = {rule: frozenset(found) for rule, found in keys.items()}
        accounts["crm", str(id)] = Account(place=("crm", str(id)), keys=frozen)
    verdicts, families = decide(accounts, ["domain"], ["crm"])
    customers = {verdict.customer for verdict in verdicts.values()}
    assert set(families) | set(families.values()) <= customers
    for customer in families:
        line = ancestry(customer, families)
        assert len(set(line)) == len(line)
        assert line[-1] not in families
        assert common_ancestor(line, families) == line[-1]


@hypothesis_settings(max_examples=15, deadline=None)
@given(parents, st.sets(st.integers(0, 9), min_size=2, max_size=4))
def test_the_stored_family_decides_like_the_lines_themselves(above: list[int | None], sharing: set[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        for id, parent in enumerate(above):
            domains = "shared.com" if id in sharing else None
            world.account("crm", str(id), parent=None if parent is None else str(parent), domains=domains)
        world.row("support", "contact", "p", account_domain="shared.com")
        world.link()
        lines = {str(id): str(parent) for id, _, parent in world.result()["customers"] if parent is not None}
        wanted = common_ancestor([f"crm:{id}" for id in sorted(sharing)], lines)
        assert world.owner("support:contact:p") == wanted
        world.store.close()
