"""Rule 0: what a row itself says about whose it is."""

from __future__ import annotations

import pytest

from tests.unit.stages.link.world import World


@pytest.mark.parametrize("kind", ["contact", "deal", "ticket", "response", "event"])
def test_a_row_belongs_to_the_account_it_names(world: World, kind: str) -> None:
    world.account("crm", "1")
    world.row("crm", kind, "x", account_id="1")
    world.link()
    assert world.owner(f"crm:{kind}:x") == "crm:1"
    assert world.why(f"crm:{kind}:x") == ("reference", "account 1")


def test_a_row_belongs_to_the_account_of_the_contact_it_names(world: World) -> None:
    world.account("crm", "1")
    world.row("crm", "contact", "p", account_id="1")
    world.row("crm", "ticket", "t", contact_id="p")
    world.link()
    assert world.why("crm:ticket:t") == ("reference", "contact p")


def test_the_account_a_row_names_goes_before_its_contact_its_associations_and_its_keys(world: World) -> None:
    for id in ("1", "2", "3", "4"):
        world.account("crm", id, external_id=id)
    world.row("crm", "contact", "p", account_id="2")
    world.row("crm", "ticket", "t", account_id="1", contact_id="p", account_external_id="4")
    world.associate("crm", "ticket:t", "account:3")
    world.link()
    assert world.owner("crm:ticket:t") == "crm:1"


@pytest.mark.parametrize(("start", "end"), [("ticket:t", "account:1"), ("account:1", "ticket:t")])
def test_an_association_counts_in_either_direction(world: World, start: str, end: str) -> None:
    world.account("crm", "1")
    world.row("crm", "ticket", "t")
    world.associate("crm", start, end)
    world.link()
    assert world.why("crm:ticket:t") == ("reference", "association to account 1")


def test_a_row_associated_with_a_contact_belongs_where_the_contact_does(world: World) -> None:
    world.account("crm", "1")
    world.row("crm", "contact", "p", account_id="1")
    world.row("crm", "ticket", "t")
    world.associate("crm", "ticket:t", "contact:p")
    world.link()
    assert world.why("crm:ticket:t") == ("reference", "association to contact p")


def test_the_primary_association_decides_alone(world: World) -> None:
    world.account("crm", "1")
    world.account("crm", "2")
    world.row("crm", "contact", "p")
    world.associate("crm", "contact:p", "account:1")
    world.associate("crm", "contact:p", "account:2", primary=True)
    world.link()
    assert world.owner("crm:contact:p") == "crm:2"


def test_a_row_associated_with_two_customers_goes_to_review_and_no_rule_is_tried(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.account("crm", "2")
    world.row("crm", "ticket", "t", account_external_id="A")
    world.associate("crm", "ticket:t", "account:1")
    world.associate("crm", "ticket:t", "account:2")
    world.link()
    assert world.ties() == {"crm:ticket:t": ["crm:1", "crm:2"]}
    assert world.owner("crm:ticket:t") is None


def test_a_row_associated_with_a_whole_family_belongs_to_its_lowest_common_ancestor(world: World) -> None:
    world.account("crm", "1")
    world.account("crm", "2", parent="1")
    world.account("crm", "3", parent="2")
    world.account("crm", "4", parent="2")
    world.row("crm", "ticket", "t")
    world.associate("crm", "ticket:t", "account:3")
    world.associate("crm", "ticket:t", "account:4")
    world.link()
    assert world.owner("crm:ticket:t") == "crm:2"


def test_a_deleted_association_says_nothing(world: World) -> None:
    world.account("crm", "1")
    world.row("crm", "ticket", "t")
    world.associate("crm", "ticket:t", "account:1")
    world.link()
    world.land("crm", "association", gone=["ticket:t-account:1"])
    world.link()
    assert world.owner("crm:ticket:t") is None


def test_a_row_of_a_prospect_stays_unlinked_and_no_rule_is_tried(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", type="Lead")
    world.row("crm", "contact", "p", account_id="2", account_domain="a.com")
    world.row("crm", "ticket", "t", contact_id="p", account_domain="a.com")
    world.row("crm", "ticket", "u", account_domain="a.com")
    world.link()
    assert world.owner("crm:contact:p") is None
    assert world.owner("crm:ticket:t") is None
    assert world.owner("crm:ticket:u") == "crm:1"


def test_rows_of_a_contact_in_review_wait_with_it(world: World) -> None:
    world.account("crm", "1", domains="a.com", external_id="A")
    world.account("crm", "2", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.row("support", "ticket", "t", contact_id="p", account_external_id="A")
    world.link()
    assert list(world.ties()) == ["support:contact:p"]
    assert world.owner("support:ticket:t") is None


def test_rows_of_a_contact_that_belongs_nowhere_are_tried_by_their_own_keys(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.row("support", "contact", "p")
    world.row("support", "ticket", "t", contact_id="p", account_external_id="A")
    world.link()
    assert world.owner("support:ticket:t") == "crm:1"


def test_a_reference_to_an_account_nobody_has_seen_says_nothing(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.row("support", "ticket", "t", account_id="404", account_external_id="A")
    world.link()
    assert world.owner("support:ticket:t") == "crm:1"


def test_references_are_followed_through_merges(world: World) -> None:
    for id in ("1", "2", "3"):
        world.account("crm", id)
    world.row("crm", "contact", "p", account_id="1")
    world.row("crm", "contact", "q")
    world.row("crm", "ticket", "t", contact_id="q")
    world.link()
    world.land("crm", "account", merges=[("1", "2")])
    world.land("crm", "account", merges=[("2", "3")])
    world.land("crm", "contact", merges=[("q", "p")])
    world.link()
    assert world.owner("crm:contact:p") == "crm:3"
    assert world.owner("crm:ticket:t") == "crm:3"


def test_a_merge_taken_back_gives_the_rows_back(world: World) -> None:
    world.account("crm", "1")
    world.account("crm", "2")
    world.row("crm", "ticket", "t", account_id="1")
    world.land("crm", "account", merges=[("1", "2")])
    world.link()
    assert world.owner("crm:ticket:t") == "crm:2"
    world.account("crm", "1", name="back")
    world.link()
    assert world.owner("crm:ticket:t") == "crm:1"
    assert world.active() == ["crm:1", "crm:2"]
