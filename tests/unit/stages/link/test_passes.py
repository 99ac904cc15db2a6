"""A pass as a whole: all or nothing, no more than what changed, and the same number of statements for any number of customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from cshub.errors import LeaseLost, PluginError
from cshub.hookspecs import IdentityRule
from cshub.model import KINDS
from cshub.store.store import open_store
from tests.unit.stages.link.world import RULES, World, make_world, settings


def fill(world: World, customers: int, contacts: int) -> None:
    account, contact = KINDS["account"], KINDS["contact"]
    world.land(
        "crm",
        "account",
        [
            account.row(id=str(n), changed_at=None, type="Customer", external_id=f"X{n}", domains=(f"a{n}.com",))
            for n in range(customers)
        ],
    )
    world.land(
        "usage", "account", [account.row(id=f"X{n}", changed_at=None, external_id=f"X{n}") for n in range(customers)]
    )
    world.land(
        "support",
        "contact",
        [contact.row(id=str(n), changed_at=None, account_domain=f"a{n % customers}.com") for n in range(contacts)],
    )


def test_a_second_pass_without_news_looks_at_nothing_and_writes_nothing(world: World) -> None:
    fill(world, 3, 5)
    world.link()
    with world.store.db.transaction() as tx:
        tx.next_seq()  # as a later stage does
    before = world.seq()
    world.statements.clear()
    assert world.link().looked == 0
    assert world.seq() == before
    assert "begin immediate" not in world.statements


def test_work_grows_with_what_changed(world: World) -> None:
    fill(world, 50, 200)
    world.link()
    world.row("support", "contact", "7", account_domain="a3.com")
    report = world.link()
    assert (report.looked, report.changed) == (1, 1)
    world.account("crm", "3", external_id="X3", domains="b3.com")
    report = world.link()
    assert (
        report.looked == 2 + 4 + 1
    )  # two accounts that know each other, four contacts of the old domain, and number 7
    assert report.changed == 5


@pytest.mark.parametrize("again", [False, True])
def test_the_number_of_statements_does_not_depend_on_the_number_of_customers(tmp_path: Path, again: bool) -> None:
    counts = []
    for customers in (20, 400):
        world = make_world(tmp_path / str(customers))
        fill(world, customers, 2 * customers)
        if again:
            world.link()
            fill(replace(world, settings=world.settings), customers // 2, customers)
            world.land("crm", "account", gone=[str(n) for n in range(customers // 4)])
        world.statements.clear()
        world.link()
        counts.append(len(world.statements))
        world.store.close()
    assert counts[0] == counts[1]


def test_settings_that_mean_something_else_link_everything_anew(world: World) -> None:
    fill(world, 3, 5)
    world.account("crm", "9", type="Partner")
    world.link()
    world.settings = settings(("crm",), keep=None)
    assert world.link().looked == 12
    assert world.active() == ["crm:0", "crm:1", "crm:2", "crm:9"]
    world.settings = settings(("crm",), keep=None, rules=RULES[:2])
    world.link()
    assert [record for record in world.result()["links"] if record[0] == "contact"] == []


def test_a_pass_killed_at_any_statement_leaves_what_was_and_the_next_one_completes_it(tmp_path: Path) -> None:
    world = make_world(tmp_path / "whole")
    prepare(world)
    world.statements.clear()
    world.link()
    statements, whole = len(world.statements), world.result()
    world.store.close()
    for number in range(3, statements, 7):
        assert killed(tmp_path / str(number), number) == whole


def prepare(world: World) -> None:
    fill(world, 4, 8)
    world.account("sales", "9", external_id="S")
    world.link()
    world.account("crm", "1", external_id="S", domains="b.com")
    world.row("support", "ticket", "t", contact_id="3")


def killed(folder: Path, number: int) -> dict[str, list[tuple[object, ...]]]:
    """Link with a kill at one statement, look that nothing changed, open the store again, link, and give the result."""
    world = make_world(folder)
    prepare(world)
    before, seq = world.result(), world.seq()
    seen: list[str] = []

    class Killed(BaseException):
        pass

    def kill(statement: str) -> None:
        seen.append(statement)
        if len(seen) == number:
            raise Killed

    world.store.close()
    world.store = open_store("sqlite:///link.db", folder=folder, observer=kill)
    seen.clear()
    with pytest.raises(Killed):
        world.link()
    world.store.close()
    world.store = open_store("sqlite:///link.db", folder=folder)
    assert (world.result(), world.seq()) == (before, seq)
    world.link()
    result = world.result()
    world.store.close()
    return result


def test_a_pass_that_was_overtaken_writes_nothing(world: World) -> None:
    fill(world, 3, 5)
    with world.store.db.transaction() as tx:
        tx.run("update lease set token = 2 where name = 'link'")
    with pytest.raises(LeaseLost):
        world.link()
    assert world.result()["links"] == []


def test_a_rule_that_fails_is_named_together_with_the_row(world: World) -> None:
    def keys(kind: str, row: Mapping[str, object]) -> Sequence[str]:
        raise ZeroDivisionError("by zero")

    rule = IdentityRule(name="broken", doc="", columns={"contact": ("email",)}, keys=keys)
    world.settings = settings(rules=(rule,))
    world.row("support", "contact", "p")
    with pytest.raises(PluginError, match="support contact p: the identity rule broken failed: by zero"):
        world.link()
