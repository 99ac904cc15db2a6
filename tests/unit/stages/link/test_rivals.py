"""A known account that is no customer counts against a link: where it fits as well, a person is asked."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from cshub.hookspecs import IdentityRule
from cshub.model import KINDS
from tests.unit.stages.link.world import RULES, World, settings

ROWS = ("contact", "deal", "ticket", "response", "event")
RECORDS = ("support:account:7", "support:contact:p")


def doubted(world: World, **rival: object) -> None:
    """`support:account:7` and `support:contact:p` have the domain of the customer `crm:1`, and of the lead `crm:9`."""
    world.account("crm", "1", name="Ember Ltd", domains="a.com")
    world.account("crm", "9", **{"type": "Lead", "name": "Ember Brands Ltd", "domains": "a.com", **rival})  # type: ignore[arg-type]  # columns of any type
    world.account("support", "7", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")


def alone(world: World, record: str) -> None:
    """Only this one of the two records is there."""
    for other in set(RECORDS) - {record}:
        connection, kind, id = other.split(":")
        world.land(connection, kind, gone=[id])


def owners(world: World) -> list[str | None]:
    return [world.owner(record) for record in RECORDS]


@pytest.mark.parametrize("kind", ROWS)
def test_a_row_that_fits_a_customer_and_a_known_account_that_is_none_goes_to_review(world: World, kind: str) -> None:
    doubted(world)
    world.row("support", kind, "x", account_domain="a.com")
    world.link()
    assert world.owner(f"support:{kind}:x") is None
    (review,) = [one for one in world.store.links.reviews() if (one.kind, one.id) == (kind, "x")]
    assert (review.rule, review.key) == ("domain", "a.com")
    assert review.reason == "a.com is also the domain of Ember Brands Ltd (crm:9), which is no customer"
    assert [one.customer for one in review.candidates] == ["crm:1"]
    assert [(one.account, one.name) for one in review.rivals] == [("crm:9", "Ember Brands Ltd")]


def test_so_does_an_account(world: World) -> None:
    doubted(world)
    world.link()
    assert owners(world) == [None, None]
    assert sorted(world.ties()) == sorted(RECORDS)


def test_an_account_of_a_later_listed_connection_is_no_customer_of_its_own_while_it_is_in_doubt(world: World) -> None:
    doubted(world)
    world.account("sales", "5", domains="a.com")
    world.link()
    assert world.active() == ["crm:1"]
    assert "sales:account:5" in world.ties()


def test_what_fits_only_accounts_that_are_no_customers_stays_unlinked(world: World) -> None:
    world.account("crm", "9", type="Lead", domains="a.com")
    world.account("support", "7", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.account("sales", "5", domains="a.com")
    world.link()
    assert world.active() == ["sales:5"]
    world.account("sales", "5", domains="b.com")
    world.link()
    assert (owners(world), world.ties()) == ([None, None], {})


@pytest.mark.parametrize(
    "rival",
    [
        {"type": "Customer", "domains": "b.com"}, {"domains": "b.com"}, {"parent": "1"}, {"domains": None},
    ],
    ids=str,
)  # fmt: skip
def test_an_account_that_is_no_rival_leaves_no_doubt(world: World, rival: dict[str, object]) -> None:
    doubted(world, **rival)
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]
    assert world.why("support:contact:p") == ("domain", "a.com")


def test_accounts_outside_the_listed_connections_are_no_rivals(world: World) -> None:
    doubted(world, domains="b.com")
    world.account("usage", "9", type="Lead", domains="a.com", external_id="other")
    world.account("usage", "10", type="Lead", domains="a.com")
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]


def test_an_account_that_is_excluded_is_a_rival_and_one_of_nobody_is_none(world: World) -> None:
    doubted(world, type="Customer")
    world.settings = settings(exclude=frozenset({"crm:9"}))
    world.link()
    assert owners(world) == [None, None]
    world.settings = settings(exclude=frozenset({"crm:9"}), nobody=frozenset({"crm:account:9"}))
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]


def test_a_rows_own_reference_leaves_no_doubt(world: World) -> None:
    doubted(world)
    world.row("crm", "contact", "q", account_id="1", account_domain="a.com")
    world.row("crm", "contact", "r", account_id="9", account_domain="a.com")
    world.link()
    assert world.owner("crm:contact:q") == "crm:1"
    assert (world.owner("crm:contact:r"), "crm:contact:r" in world.ties()) == (None, False)


# Families


@pytest.mark.parametrize(
    ("above", "below"), [("1", "9"), ("9", "1")], ids=["a subsidiary that is no customer", "a parent that is none"]
)
@pytest.mark.parametrize("between", [False, True])
def test_an_account_of_the_customers_own_family_is_no_rival(
    world: World, above: str, below: str, between: bool
) -> None:
    types = {"1": "Customer", "9": "Lead"}
    doubted(world)
    world.account("crm", "5", type="Lead", parent=above)
    world.account("crm", above, type=types[above], domains="a.com")
    world.account("crm", below, type=types[below], domains="a.com", parent="5" if between else above)
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]


def test_a_sibling_is_a_rival(world: World) -> None:
    doubted(world, parent="5")
    world.account("crm", "5", type="Lead")
    world.account("crm", "1", domains="a.com", parent="5")
    world.link()
    assert owners(world) == [None, None]


@pytest.mark.parametrize("above", [True, False])
def test_a_family_in_another_listed_crm_counts_as_well(world: World, above: bool) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "8", domains="a.com", parent="9" if above else None)
    world.account("sales", "9", type="Lead", domains="a.com", parent=None if above else "8")
    world.row("support", "contact", "p", account_domain="a.com")
    world.link()
    assert world.owner("sales:account:8") == "crm:1"
    assert world.owner("support:contact:p") == "crm:1"


@pytest.mark.parametrize("record", RECORDS)
def test_a_family_that_changes_makes_a_rival_and_takes_it_away(world: World, record: str) -> None:
    """Neither the rival nor the customer changes: only the account between them. The other record, which would change too, is away."""
    doubted(world, parent="5")
    alone(world, record)
    world.account("crm", "5", type="Lead", parent="1")
    world.link()
    assert world.owner(record) == "crm:1"
    world.account("crm", "5", type="Lead")
    world.link()
    assert (world.owner(record), record in world.ties()) == (None, True)
    world.account("crm", "5", type="Lead", parent="1")
    world.link()
    assert world.owner(record) == "crm:1"
    world.land("crm", "account", gone=["5"])
    world.link()
    assert world.owner(record) is None


@pytest.mark.parametrize("record", RECORDS)
def test_a_parent_above_that_is_left_becomes_a_rival(world: World, record: str) -> None:
    doubted(world)
    alone(world, record)
    world.account("crm", "5", type="Lead", parent="9")
    world.account("crm", "1", domains="a.com", parent="5")
    world.link()
    assert world.owner(record) == "crm:1"
    world.account("crm", "5", type="Lead")
    world.link()
    assert world.owner(record) is None


# What people say


@pytest.mark.parametrize("record", RECORDS)
def test_a_person_rules_a_rival_out_or_decides(world: World, record: str) -> None:
    doubted(world)
    world.settings = settings(denied={record: frozenset({"crm:9"})})
    world.link()
    assert world.why(record) == ("domain", "a.com; a person ruled out crm:9")
    world.settings = settings(denied={record: frozenset({"crm:1"})})
    world.link()
    assert (world.owner(record), record in world.ties()) == (None, False)
    world.settings = settings(mapped={record: "crm:1"})
    world.link()
    assert world.why(record) == ("map", "crm:1")


@pytest.mark.parametrize("record", RECORDS)
def test_the_word_against_a_rival_goes_with_it_where_it_was_merged(world: World, record: str) -> None:
    doubted(world)
    world.account("crm", "10", type="Lead")
    world.settings = settings(denied={record: frozenset({"crm:9"})})
    world.link()
    world.land("crm", "account", merges=[("9", "10")])
    world.account("crm", "10", type="Lead", domains="a.com")
    world.link()
    assert world.owner(record) == "crm:1"


def test_a_rival_that_a_person_puts_with_a_customer_is_none_any_more(world: World) -> None:
    doubted(world)
    world.link()
    world.settings = settings(mapped={"crm:account:9": "crm:1"})
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]
    world.settings = settings(mapped={"crm:account:9": "crm:404"})
    world.link()
    assert owners(world) == [None, None]


def test_a_rival_put_with_an_account_that_is_still_to_attach_is_none(world: World) -> None:
    doubted(world)
    world.account("sales", "8", domains="a.com")
    world.settings = settings(mapped={"crm:account:9": "sales:8"})
    world.link()
    assert [world.owner(one) for one in ("sales:account:8", "crm:account:9", *RECORDS)] == ["crm:1"] * 4


# Rules


def test_an_earlier_rule_that_finds_only_a_rival_speaks_against_what_a_later_one_finds(world: World) -> None:
    doubted(world, domains="b.com", external_id="X9")
    world.row("support", "contact", "p", account_domain="a.com", account_external_id="X9")
    world.account("support", "7", domains="a.com", external_id="X9")
    world.link()
    assert owners(world) == [None, None]
    reasons = {one.reason for one in world.store.links.reviews()}
    assert reasons == {"X9 is the external id of Ember Brands Ltd (crm:9), which is no customer"}


def test_a_later_rule_that_finds_a_rival_does_not(world: World) -> None:
    doubted(world)
    world.account("crm", "1", domains="a.com", external_id="X1")
    world.row("support", "contact", "p", account_domain="a.com", account_external_id="X1")
    world.account("support", "7", domains="a.com", external_id="X1")
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]


def of_names(kind: str, row: object) -> Sequence[str]:
    """Like `cross_reference`: an account's own name, and the name a row holds in a field."""
    held = row["external_id" if kind == "account" else "account_external_id"]  # type: ignore[index]  # a mapping
    own = [f"{row['connection']}:{row['id']}"] if kind == "account" else []  # type: ignore[index]  # as above
    return [*own, *([held] if held else [])]


NAMES = IdentityRule(
    name="names", doc="", keys=of_names,
    columns={kind: ("connection", "id", "external_id" if kind == "account" else "account_external_id") for kind in KINDS},
)  # fmt: skip


@pytest.mark.parametrize(
    ("customers", "leads", "rows", "owner"),
    [
        (None, "crm:1", "crm:1", "crm:1"),
        ("sales:9", None, "sales:9", "crm:1"),
        (None, None, "sales:9", None),
        ("usage:4", "usage:4", "usage:4", "crm:1"),
    ],
    ids=["the customer's own name", "a name the customer holds", "the rival's own name", "a name held in both CRMs"],
)
def test_names_of_accounts_in_fields_are_a_doubt_only_where_a_rival_holds_the_same(
    world: World, customers: str | None, leads: str | None, rows: str, owner: str | None
) -> None:
    world.settings = settings(rules=(RULES[0], NAMES, RULES[2]))
    world.account("crm", "1", external_id=customers, domains="a.com")
    world.account("sales", "9", type="Lead", external_id=leads)
    world.row("support", "contact", "p", account_external_id=rows, account_domain="a.com")
    world.account("support", "7", external_id=rows, domains="a.com")
    world.link()
    assert owners(world) == [owner, owner]
    assert len(world.ties()) == (0 if owner else 2)


def test_a_lead_of_another_crm_with_the_customers_domain_is_most_likely_the_customer(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "9", type="Lead", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.account("support", "7", domains="a.com")
    world.link()
    assert owners(world) == ["crm:1", "crm:1"]
    world.account("crm", "2", type="Lead", domains="a.com")  # in the customer's own CRM it is somebody else
    world.link()
    assert owners(world) == [None, None]
    assert len(world.ties()) == 2


def test_many_rivals_are_counted_and_only_the_first_are_named(world: World) -> None:
    doubted(world)
    for id in range(20, 26):
        world.account("crm", str(id), type="Lead", domains="a.com")
    world.link()
    review = world.store.links.reviews()[0]
    assert (
        review.reason == "a.com is also the domain of crm:20 and crm:21 and crm:22 and 4 more, which are no customers"
    )
    assert len(review.rivals) == 3


def test_the_suggestion_is_the_customer_only_where_no_rival_is_as_much_alike(world: World) -> None:
    doubted(world)
    world.row("support", "contact", "p", account_domain="a.com", name="Ember Ltd")
    world.row("support", "contact", "q", account_domain="a.com", name="Ember Brands Ltd")
    world.link()
    suggestions = {one.id: one.suggestion for one in world.store.links.reviews() if one.kind == "contact"}
    assert suggestions["q"] is None
