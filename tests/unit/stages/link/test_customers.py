"""Who is a customer, and which accounts attach to one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cshub.model import Type
from tests.unit.stages.link.world import World, make_world, settings


def test_nothing_is_linked_before_every_listed_account_stream_was_read_to_the_end(tmp_path: Path) -> None:
    world = make_world(tmp_path, complete=False)
    world.complete("crm")
    world.account("crm", "1")
    assert world.link().waiting == ("sales.account",)
    assert world.active() == []
    world.complete("sales")
    assert world.link().waiting == ()
    assert world.active() == ["crm:1"]
    world.store.close()


def test_accounts_outside_the_filter_and_excluded_ones_are_no_customers(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings(exclude=frozenset({"crm:3"})))
    world.account("crm", "1")
    world.account("crm", "2", type="Partner")
    world.account("crm", "3")
    world.row("crm", "account", "4", type=None)
    world.link()
    assert world.active() == ["crm:1"]
    world.store.close()


def test_a_filter_may_name_extra_fields(tmp_path: Path) -> None:
    keep = settings(("crm",), keep=lambda row: row.get("tier") == "gold", extras={"tier": Type.TEXT})
    world = make_world(tmp_path, keep)
    world.account("crm", "1", extra={"tier": "gold"})
    world.account("crm", "2", extra={"tier": "tin"})
    world.account("crm", "3")
    world.link()
    assert world.active() == ["crm:1"]
    world.store.close()


def test_an_account_of_a_later_connection_attaches_by_the_first_rule_that_finds_one_customer(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.account("crm", "2", domains="b.com")
    world.account("sales", "9", external_id="A", domains="b.com")
    world.link()
    assert world.active() == ["crm:1", "crm:2"]
    assert world.owner("sales:account:9") == "crm:1"
    assert world.why("sales:account:9") == ("external_id", "A")


def test_an_account_of_a_later_connection_that_matches_nobody_is_a_customer_of_its_own(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "9", domains="z.com")
    world.link()
    assert world.active() == ["crm:1", "sales:9"]
    assert world.why("sales:account:9") == ("listed", "on the customer list")


def test_two_accounts_of_one_connection_that_match_one_customer_go_to_review(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "8", domains="a.com")
    world.account("sales", "9", domains="a.com")
    world.link()
    assert world.active() == ["crm:1"]
    assert world.ties() == {"sales:account:8": ["crm:1"], "sales:account:9": ["crm:1"]}


def test_the_account_matched_by_the_stronger_rule_keeps_its_place(world: World) -> None:
    world.account("crm", "1", domains="a.com", external_id="A")
    world.account("sales", "8", domains="a.com")
    world.account("sales", "9", external_id="A")
    world.link()
    assert world.owner("sales:account:9") == "crm:1"
    assert world.ties() == {"sales:account:8": ["crm:1"]}
    assert [review.reason for review in world.store.links.reviews()] == ["crm:1 has an account of sales already"]


def test_two_companies_that_claim_one_domain_stay_customers_and_the_third_party_goes_to_review(world: World) -> None:
    world.account("crm", "1", name="Acme Europe", domains="a.com")
    world.account("crm", "2", name="Beta", domains="a.com")
    world.account("support", "7", name="ACME Europe Ltd", domains="a.com")
    world.link()
    assert world.active() == ["crm:1", "crm:2"]
    (review,) = world.store.links.reviews()
    assert [(one.customer, one.name) for one in review.candidates] == [("crm:1", "Acme Europe"), ("crm:2", "Beta")]
    assert (review.name, review.key, review.suggestion) == ("ACME Europe Ltd", "a.com", "crm:1")


def test_accounts_of_one_connection_never_attach_to_each_other(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.account("crm", "2", external_id="A")
    world.link()
    assert world.active() == ["crm:1", "crm:2"]
    assert world.ties() == {}


def test_a_company_without_a_domain_is_a_customer_like_any_other(world: World) -> None:
    world.account("crm", "1", name="Acme")
    world.link()
    assert world.active() == ["crm:1"]


def test_a_prospect_of_a_listed_connection_attaches_to_nobody(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "9", domains="a.com", type="Lead")
    world.link()
    assert world.owner("sales:account:9") is None


def test_an_account_shared_by_a_family_belongs_to_their_lowest_common_ancestor(world: World) -> None:
    world.account("crm", "1", name="Holding")
    world.account("crm", "2", parent="1", domains="a.com")
    world.account("crm", "3", parent="1", domains="a.com")
    world.account("support", "7", domains="a.com")
    world.link()
    assert world.owner("support:account:7") == "crm:1"
    assert world.why("support:account:7") == ("domain", "a.com, shared by crm:2 and crm:3")


def test_a_prospect_between_two_customers_does_not_break_their_family(world: World) -> None:
    world.account("crm", "1")
    world.account("crm", "2", parent="1", type="Lead")
    world.account("crm", "3", parent="2")
    world.link()
    assert world.result()["customers"] == [("crm:1", None, None), ("crm:3", None, "crm:1")]


def test_accounts_that_are_each_others_parents_have_no_family(world: World) -> None:
    world.account("crm", "1", parent="2", domains="a.com")
    world.account("crm", "2", parent="1", domains="a.com")
    world.account("support", "7", domains="a.com")
    world.link()
    assert world.result()["customers"] == [("crm:1", None, None), ("crm:2", None, None)]
    assert world.ties() == {"support:account:7": ["crm:1", "crm:2"]}


def test_a_person_may_give_a_customer_a_second_account_of_one_connection(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings(mapped={"sales:account:8": "crm:1"}))
    world.account("crm", "1", domains="a.com")
    world.account("sales", "8")
    world.account("sales", "9", domains="a.com")
    world.link()
    assert world.why("sales:account:8") == ("map", "crm:1")
    assert world.ties() == {"sales:account:9": ["crm:1"]}
    world.settings = settings(mapped={"sales:account:8": "crm:1", "sales:account:9": "crm:1"})
    world.link()
    assert world.owner("sales:account:8") == world.owner("sales:account:9") == "crm:1"
    world.store.close()


def test_a_person_may_join_two_accounts_of_the_first_connection(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings(mapped={"crm:account:2": "crm:1"}))
    world.account("crm", "1")
    world.account("crm", "2", domains="b.com")
    world.row("support", "contact", "p", account_domain="b.com")
    world.link()
    assert world.active() == ["crm:1"]
    assert world.owner("support:contact:p") == "crm:1"
    world.store.close()


def test_an_account_mapped_to_no_customer_goes_to_review(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings(mapped={"sales:account:8": "crm:404"}))
    world.account("sales", "8")
    world.link()
    (review,) = world.store.links.reviews()
    assert review.reason == "mapped to crm:404, which is no customer"
    assert world.active() == []
    world.store.close()


@pytest.mark.parametrize("kind", ["contact", "deal", "ticket", "response", "event"])
def test_a_person_may_map_a_row_of_any_kind(tmp_path: Path, kind: str) -> None:
    world = make_world(tmp_path, settings(mapped={f"support:{kind}:x": "crm:1"}))
    world.account("crm", "1")
    world.row("support", kind, "x")
    world.link()
    assert world.owner(f"support:{kind}:x") == "crm:1"
    world.store.close()
