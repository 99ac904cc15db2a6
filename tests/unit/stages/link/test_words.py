"""What people said about single records goes before every rule, and touches nothing else."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cshub.stages.link import LinkSettings
from tests.unit.stages.link.test_order import CHANGES, link_from_scratch
from tests.unit.stages.link.world import World, make_world, settings

KINDS = ("contact", "deal", "ticket", "response", "event")


def tied(world: World) -> None:
    """`support:account:7` and `support:contact:p` fit two customers."""
    world.account("crm", "1", name="Acme", domains="a.com")
    world.account("crm", "2", name="Beta", domains="a.com")
    world.account("support", "7", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")


def denied(**records: str) -> dict[str, frozenset[str]]:
    """Records of support, `kind_id`, with the customers they do not belong to."""
    return {f"support:{name.replace('_', ':')}": frozenset(said.split()) for name, said in records.items()}


@pytest.mark.parametrize("row", ["support:account:7", "support:contact:p"])
def test_a_candidate_that_is_denied_leaves_the_other(world: World, row: str) -> None:
    tied(world)
    world.settings = settings(denied={row: frozenset({"crm:2"})})
    world.link()
    assert world.owner(row) == "crm:1"
    assert world.why(row) == ("domain", "a.com; a person ruled out crm:2")


@pytest.mark.parametrize("row", ["support:account:7", "support:contact:p"])
def test_a_row_for_which_every_candidate_is_denied_is_nobodys(world: World, row: str) -> None:
    tied(world)
    world.settings = settings(denied={row: frozenset({"crm:1", "crm:2"})})
    world.link()
    assert world.owner(row) is None
    assert row not in world.ties()


def test_a_denied_candidate_never_comes_back_and_no_later_rule_is_tried(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.account("crm", "2", domains="a.com")
    world.row("support", "ticket", "t", account_external_id="A", account_domain="a.com")
    world.settings = settings(denied=denied(ticket_t="crm:1"))
    world.link()
    assert world.owner("support:ticket:t") is None
    world.account("crm", "1", external_id="A", name="changed", domains="x.com")
    world.link()
    assert world.owner("support:ticket:t") is None


@pytest.mark.parametrize("kind", KINDS)
def test_a_persons_word_goes_before_the_rows_own_reference(world: World, kind: str) -> None:
    world.account("crm", "1")
    world.account("crm", "2")
    world.row("crm", kind, "x", account_id="1")
    world.settings = settings(mapped={f"crm:{kind}:x": "crm:2"})
    world.link()
    assert world.why(f"crm:{kind}:x") == ("map", "crm:2")
    world.settings = settings(denied={f"crm:{kind}:x": frozenset({"crm:1"})})
    world.link()
    assert world.owner(f"crm:{kind}:x") is None


def test_a_tie_of_references_is_settled_by_a_word(world: World) -> None:
    world.account("crm", "1")
    world.account("crm", "2")
    world.row("crm", "contact", "p")
    world.associate("crm", "contact:p", "account:1")
    world.associate("crm", "contact:p", "account:2")
    world.link()
    assert list(world.ties()) == ["crm:contact:p"]
    world.settings = settings(mapped={"crm:contact:p": "crm:2"})
    world.link()
    assert (world.owner("crm:contact:p"), world.ties()) == ("crm:2", {})


def test_rows_of_a_contact_that_a_person_ruled_out_stay_with_it(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.row("support", "ticket", "t", contact_id="p", account_domain="a.com")
    world.settings = settings(denied=denied(contact_p="crm:1"))
    world.link()
    assert world.owner("support:ticket:t") is None
    world.settings = settings()
    world.link()
    assert world.owner("support:ticket:t") == "crm:1"


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_nobody_belongs_to_nobody(world: World, kind: str) -> None:
    world.account("crm", "1", domains="a.com")
    world.row("support", kind, "x", account_domain="a.com")
    world.settings = settings(nobody=frozenset({f"support:{kind}:x"}))
    world.link()
    assert (world.owner(f"support:{kind}:x"), world.ties()) == (None, {})


def test_an_account_of_nobody_is_no_customer_and_gives_no_keys(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="a.com")
    world.row("crm", "ticket", "t", account_id="2")
    world.row("support", "contact", "p", account_domain="a.com")
    world.settings = settings(nobody=frozenset({"crm:account:2"}))
    world.link()
    assert world.active() == ["crm:1"]
    assert world.owner("crm:ticket:t") is None
    assert world.owner("support:contact:p") == "crm:1"


def test_a_listed_account_that_is_denied_its_customer_is_one_of_its_own(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "8", domains="a.com")
    world.settings = settings(denied={"sales:account:8": frozenset({"crm:1"})})
    world.link()
    assert world.active() == ["crm:1", "sales:8"]


def test_of_two_accounts_that_claim_one_customer_the_other_is_left_when_one_is_denied(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "8", domains="a.com")
    world.account("sales", "9", domains="a.com")
    world.settings = settings(denied={"sales:account:9": frozenset({"crm:1"})})
    world.link()
    assert (world.owner("sales:account:8"), world.owner("sales:account:9")) == ("crm:1", "sales:9")


def test_of_two_accounts_that_claim_one_customer_accepting_one_leaves_the_other_to_a_person(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("sales", "8", domains="a.com")
    world.account("sales", "9", domains="a.com")
    world.settings = settings(mapped={"sales:account:8": "crm:1"})
    world.link()
    assert world.owner("sales:account:8") == "crm:1"
    (review,) = world.store.links.reviews()
    assert (review.id, review.reason) == ("9", "crm:1 has an account of sales already")


def test_denying_a_common_ancestor_leaves_its_children_to_a_person(world: World) -> None:
    world.account("crm", "1")
    world.account("crm", "2", parent="1", domains="a.com")
    world.account("crm", "3", parent="1", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.settings = settings(denied=denied(contact_p="crm:1"))
    world.link()
    assert world.ties() == {"support:contact:p": ["crm:2", "crm:3"]}
    world.settings = settings(denied=denied(contact_p="crm:1 crm:3"))
    world.link()
    assert world.owner("support:contact:p") == "crm:2"


@pytest.mark.parametrize("row", ["support:account:7", "support:contact:p"])
def test_a_word_about_a_customer_that_does_not_exist_waits_in_review_until_it_does(world: World, row: str) -> None:
    tied(world)
    world.settings = settings(mapped={row: "crm:404"})
    world.link()
    (reason,) = [one.reason for one in world.store.links.reviews() if f"{one.connection}:{one.kind}:{one.id}" == row]
    assert reason == "mapped to crm:404, which is no customer"
    world.account("crm", "404")
    world.link()
    assert world.owner(row) == "crm:404"


@pytest.mark.parametrize("row", ["support:account:7", "support:contact:p"])
def test_words_follow_an_account_that_was_merged_away(world: World, row: str) -> None:
    tied(world)
    world.account("crm", "3")
    world.settings = settings(mapped={row: "crm:3"})
    world.link()
    world.land("crm", "account", merges=[("3", "2")])
    world.link()
    assert world.owner(row) == "crm:2"
    kind, id = row.split(":")[1:]
    world.row("support", kind, id, name="touched")
    world.link()
    assert world.owner(row) == "crm:2"


def test_a_word_may_name_an_account_that_belongs_to_a_customer(world: World) -> None:
    world.account("crm", "1", external_id="A")
    world.account("sales", "8", external_id="A")
    world.row("support", "contact", "p")
    world.row("support", "contact", "q", account_external_id="A")
    world.settings = settings(mapped={"support:contact:p": "sales:8"}, denied=denied(contact_q="sales:8"))
    world.link()
    assert (world.owner("support:contact:p"), world.owner("support:contact:q")) == ("crm:1", None)
    world.account("sales", "8")
    world.link()
    assert (world.owner("support:contact:p"), world.owner("support:contact:q")) == ("sales:8", "crm:1")


def test_words_lead_on_and_those_in_a_circle_lead_nowhere(world: World) -> None:
    for id in ("1", "2", "3"):
        world.account("crm", id)
    world.settings = settings(mapped={"crm:account:3": "crm:2", "crm:account:2": "crm:1"})
    world.link()
    assert world.active() == ["crm:1"]
    assert world.owner("crm:account:3") == "crm:1"
    world.settings = settings(mapped={"crm:account:3": "crm:2", "crm:account:2": "crm:3"})
    world.link()
    assert world.active() == ["crm:1"]
    assert sorted(world.ties()) == ["crm:account:2", "crm:account:3"]


def test_a_changed_word_links_again_what_it_is_about_and_nothing_else(world: World) -> None:
    tied(world)
    for id in range(50):
        world.row("crm", "contact", f"c{id}", account_id="1")
    world.link()
    assert world.link().looked == 0
    world.settings = settings(mapped={"support:contact:p": "crm:2"})
    report = world.link()
    assert (report.looked, report.changed) == (1, 1)
    assert world.owner("support:contact:p") == "crm:2"
    world.settings = settings(denied=denied(contact_p="crm:2"))
    assert world.link().looked == 1
    assert world.owner("support:contact:p") == "crm:1"
    world.settings = settings()
    assert world.link().looked == 1
    assert world.ties() == {"support:account:7": ["crm:1", "crm:2"], "support:contact:p": ["crm:1", "crm:2"]}
    assert world.link().looked == 0


def test_a_word_about_a_row_that_is_not_there_yet_waits_for_it(world: World) -> None:
    world.account("crm", "1")
    world.settings = settings(mapped={"support:contact:later": "crm:1"})
    world.link()
    world.row("support", "contact", "later")
    world.link()
    assert world.owner("support:contact:later") == "crm:1"


ROWS = (
    "crm:account:2",
    "sales:account:1",
    "support:account:3",
    "crm:contact:p",
    "support:ticket:t",
    "support:contact:q",
)
NAMES = ("crm:1", "crm:2", "sales:1", "sales:2", "support:1")


@hypothesis_settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_words_that_come_and_go_step_by_step_end_where_linking_at_once_does(seed: int) -> None:
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        for _ in range(dice.randint(10, 50)):
            dice.choice(CHANGES)(world, dice)
            if dice.random() < 0.3:
                world.settings = some_words(dice)
            if dice.random() < 0.5:
                world.link()
        world.link()
        step_by_step = world.result()
        link_from_scratch(world)
        assert step_by_step == world.result()
        world.store.close()


def some_words(dice: random.Random) -> LinkSettings:
    mapped = {row: dice.choice(NAMES) for row in dice.sample(ROWS, 2)}
    said = {row: frozenset(dice.sample(NAMES, 2)) for row in dice.sample(ROWS, 2)}
    nobody = frozenset(dice.sample(ROWS, dice.choice((0, 0, 1))))
    return settings(mapped=mapped, denied=said, nobody=nobody)
