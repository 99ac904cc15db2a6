"""What linking does when things change: links move, customers leave, return and become part of others."""

from __future__ import annotations

import pytest

from tests.unit.stages.link.world import World


def test_a_row_gets_a_new_customer_when_an_accounts_keys_change(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="b.com")
    world.row("support", "contact", "p", account_domain="c.com")
    world.link()
    assert world.owner("support:contact:p") is None
    world.account("crm", "2", domains="c.com")
    world.link()
    assert world.owner("support:contact:p") == "crm:2"
    world.account("crm", "2", domains="b.com")
    world.link()
    assert world.owner("support:contact:p") is None


def test_every_version_of_a_link_is_kept(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.link()
    world.account("crm", "1", domains="b.com")
    world.link()
    versions = world.all("select kind, customer, rule, evidence, superseded_at > linked_at from link_history")
    assert versions == [("contact", "crm:1", "domain", "a.com", 1)]


def test_linking_changes_neither_hash_nor_sequence_nor_history_of_a_row(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    before = world.all("select seq, hash, run from account")
    world.link()
    assert world.all("select seq, hash, run from account") == before
    assert world.all("select count(*) from account_history") == [(0,)]
    assert world.all("select customer from account") == [("crm:1",)]


def test_the_old_and_the_new_customer_of_a_row_both_count_as_touched(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="b.com")
    world.account("crm", "3", domains="c.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.link()
    since = world.seq()
    world.row("support", "contact", "p", account_domain="b.com")
    world.link()
    with world.store.db.read() as reader:
        assert world.store.links.touched(reader, since) == ["crm:1", "crm:2"]
        assert world.store.links.touched(reader, world.seq()) == []


def test_a_customer_that_leaves_the_list_keeps_its_place_and_loses_its_rows(world: World) -> None:
    world.account("crm", "1", name="Acme", domains="a.com")
    world.row("crm", "contact", "p", account_id="1")
    world.link()
    world.account("crm", "1", name="Acme", domains="a.com", type="Former")
    report = world.link()
    assert report.left == 1
    assert [(one.id, one.state) for one in world.store.links.customers()] == [("crm:1", "left")]
    assert world.store.links.identity("crm:1") == []
    assert world.cached() == []


def test_a_customer_whose_account_is_deleted_leaves_and_one_that_is_back_returns(world: World) -> None:
    world.account("crm", "1", name="Acme")
    world.link()
    world.land("crm", "account", gone=["1"])
    world.link()
    assert world.active() == []
    world.account("crm", "1", name="Acme again")
    world.link()
    assert [(one.id, one.name, one.state) for one in world.store.links.customers()] == [
        ("crm:1", "Acme again", "active")
    ]


def test_a_customer_takes_its_accounts_new_name_and_nothing_is_decided_again(world: World) -> None:
    world.account("crm", "1", name="Acme")
    world.row("crm", "contact", "p", account_id="1")
    world.link()
    world.account("crm", "1", name="Acme AG", mrr=100.0)
    assert world.link().looked == 0
    assert world.result()["customers"] == [("crm:1", "Acme AG", None)]


def score(world: World, customer: str, micro: int, *as_of: int) -> None:
    with world.store.db.transaction() as tx:
        values = f"('{customer}', :at, 's', 'h', {micro}, 1.0, x'00', 1, 1)"
        columns = "(customer, as_of, scorecard, scorecard_hash, micro, coverage, detail_hash, run, seq)"
        tx.run(f"insert into score {columns} values {values}", {"at": as_of[-1]})
        for at in as_of:
            tx.run(f"insert into score_history {columns} values {values}", {"at": at})


def alert(world: World, customer: str, cause: str) -> None:
    with world.store.db.transaction() as tx:
        tx.run(
            "insert into alert (customer, trigger_name, cause, state, text, evidence, opened_at, last_seen_at, run, seq) "
            "values (:customer, 'low', :cause, 'open', '', '', 1, 1, 1, 1)",
            {"customer": customer, "cause": cause},
        )


def attach_later(world: World) -> None:
    """`sales:9` is a customer of its own until it gets the external id of `crm:1`."""
    world.account("sales", "9", external_id="A")
    world.row("sales", "ticket", "t", account_id="9")


def test_a_customer_that_attaches_later_stays_known_by_its_old_id(world: World) -> None:
    attach_later(world)
    world.link()
    score(world, "sales:9", 5, 100, 200)
    alert(world, "sales:9", "band")
    world.account("crm", "1", external_id="A")
    assert world.link().joined == 1
    assert world.active() == ["crm:1"]
    assert world.all("select alias, customer from alias") == [("sales:9", "crm:1")]
    assert world.owner("sales:ticket:t") == "crm:1"
    assert world.all("select customer, micro from score") == [("crm:1", 5)]
    assert world.all("select customer, as_of from score_history order by 2") == [("crm:1", 100), ("crm:1", 200)]
    assert world.all("select customer, state from alert") == [("crm:1", "open")]
    assert [one.id for one in world.store.links.find_customer("sales:9")] == ["crm:1"]


def test_what_both_customers_had_stays_once_when_they_become_one(world: World) -> None:
    attach_later(world)
    world.account("crm", "1")
    world.link()
    score(world, "sales:9", 5, 100, 200)
    score(world, "crm:1", 7, 200)
    alert(world, "sales:9", "band")
    alert(world, "sales:9", "drop")
    alert(world, "crm:1", "band")
    world.account("crm", "1", external_id="A")
    world.link()
    assert world.all("select customer, micro from score") == [("crm:1", 7)]
    history = world.all("select customer, as_of, micro from score_history order by 2, 1")
    assert history == [("crm:1", 100, 5), ("crm:1", 200, 7), ("sales:9", 200, 5)]
    alerts = world.all("select customer, cause, state from alert order by number")
    assert alerts == [("crm:1", "band", "closed"), ("crm:1", "drop", "open"), ("crm:1", "band", "open")]


def test_several_customers_may_become_one_at_once(world: World) -> None:
    for id in ("1", "2", "3"):
        world.account("crm", id)
    world.link()
    score(world, "crm:1", 1, 100)
    score(world, "crm:2", 2, 100)
    alert(world, "crm:1", "band")
    alert(world, "crm:2", "band")
    world.land("crm", "account", merges=[("1", "3"), ("2", "3")])
    world.link()
    assert world.all("select customer, micro from score") == [("crm:3", 1)]
    assert world.all("select customer, micro from score_history order by 2") == [("crm:3", 1), ("crm:2", 2)]
    assert world.all("select customer, state from alert order by number") == [("crm:3", "open"), ("crm:3", "closed")]


def test_a_merged_customer_lives_on_in_the_survivor_along_the_whole_chain(world: World) -> None:
    for id in ("1", "2", "3"):
        world.account("crm", id)
    world.link()
    world.land("crm", "account", merges=[("1", "2")])
    world.link()
    world.land("crm", "account", merges=[("2", "3")])
    world.link()
    assert world.all("select alias, customer from alias order by 1") == [("crm:1", "crm:3"), ("crm:2", "crm:3")]
    assert world.active() == ["crm:3"]


@pytest.mark.parametrize("deleted_first", [True, False])
def test_a_merge_told_late_still_makes_the_old_id_an_alias(world: World, deleted_first: bool) -> None:
    world.account("crm", "1")
    world.account("crm", "2")
    world.link()
    if deleted_first:
        world.land("crm", "account", gone=["1"])
        world.link()
    world.land("crm", "account", merges=[("1", "2")])
    world.link()
    assert world.all("select alias, customer from alias") == [("crm:1", "crm:2")]


def test_an_alias_ends_when_the_account_stands_alone_again(world: World) -> None:
    world.account("sales", "9", external_id="A")
    world.link()
    world.account("crm", "1", external_id="A")
    world.link()
    world.account("crm", "1", external_id="B")
    world.link()
    assert world.all("select count(*) from alias") == [(0,)]
    assert world.active() == ["crm:1", "sales:9"]


def test_a_tie_is_closed_when_it_is_clear(world: World) -> None:
    world.account("crm", "1", domains="a.com")
    world.account("crm", "2", domains="a.com")
    world.row("support", "contact", "p", account_domain="a.com")
    world.link()
    assert list(world.ties()) == ["support:contact:p"]
    world.account("crm", "2", domains="b.com")
    world.link()
    assert world.ties() == {}
    assert world.owner("support:contact:p") == "crm:1"


def detach(world: World) -> None:
    """`sales:9` has attached to `crm:1`, and stands alone again."""
    world.account("crm", "1", external_id="A")
    world.link()
    world.account("crm", "1", external_id="B")
    world.link()


def test_what_followed_a_customer_comes_back_when_it_stands_alone_again(world: World) -> None:
    attach_later(world)
    world.account("crm", "1", external_id="B")
    world.link()
    score(world, "sales:9", 5, 100, 200)
    score(world, "crm:1", 7, 200, 300)
    alert(world, "sales:9", "band")
    alert(world, "crm:1", "drop")
    detach(world)
    history = world.all("select customer, as_of, micro from score_history order by 1, 2")
    assert history == [("crm:1", 200, 7), ("crm:1", 300, 7), ("sales:9", 100, 5), ("sales:9", 200, 5)]
    assert world.all("select customer, micro from score order by 1") == [("crm:1", 7), ("sales:9", 5)]
    assert world.all("select customer, cause from alert order by number") == [("sales:9", "band"), ("crm:1", "drop")]
    assert world.owner("sales:ticket:t") == "sales:9"
    assert world.all("select * from followed") == []
    assert world.all("select * from alias") == []


def test_what_a_customer_earned_while_others_were_part_of_it_stays_with_it(world: World) -> None:
    attach_later(world)
    world.link()
    score(world, "sales:9", 5, 100)
    world.account("crm", "1", external_id="A")
    world.link()
    with world.store.db.transaction() as tx:
        tx.run("delete from score")
    score(world, "crm:1", 6, 200)
    world.account("crm", "1", external_id="B")
    world.link()
    assert world.all("select customer, as_of from score_history order by 2") == [("sales:9", 100), ("crm:1", 200)]
    assert world.all("select customer, micro from score order by 1") == [("crm:1", 6), ("sales:9", 5)]


def test_what_followed_along_a_chain_comes_back_from_its_end(world: World) -> None:
    attach_later(world)
    world.account("crm", "2")
    world.link()
    score(world, "sales:9", 5, 100)
    alert(world, "sales:9", "band")
    world.account("crm", "1", external_id="A")
    world.link()
    world.land("crm", "account", merges=[("1", "2")])
    world.account("crm", "2", external_id="A")
    world.link()
    assert world.all("select customer from score_history") == [("crm:2",)]
    world.account("sales", "9", external_id="C")
    world.link()
    assert world.all("select customer from score_history") == [("sales:9",)]
    assert world.all("select customer from alert") == [("sales:9",)]


def test_the_ledger_speaks_of_a_customer_by_its_id_of_today(world: World) -> None:
    attach_later(world)
    world.link()
    with world.store.db.transaction() as tx:
        tx.run(
            "insert into write_ledger (at, run, plan, connection, target, id, field, why, customer, scorecard, outcome) "
            "values (1, 1, 'p', 'sales', 'company', '9', 'f', '', 'sales:9', '', 'written')"
        )
    assert world.all("select customer from crm_changes") == [("sales:9",)]
    world.account("crm", "1", external_id="A")
    world.link()
    assert world.all("select customer from crm_changes") == [("crm:1",)]
    world.account("crm", "1", external_id="B")
    world.link()
    assert world.all("select customer from crm_changes") == [("sales:9",)]


def test_writes_that_were_due_follow_and_the_family_is_told_of_the_new_name(world: World) -> None:
    attach_later(world)
    world.account("sales", "10", parent="9")
    world.link()
    with world.store.db.transaction() as tx:
        tx.run("insert into due_write (connection, customer) values ('sales', 'sales:9')")
    world.account("crm", "1", external_id="A")
    world.link()
    assert world.all("select customer from due_write") == [("crm:1",)]
    assert world.all("select id, parent from customer where parent is not null") == [("sales:10", "crm:1")]


#: Columns that hold a customer's id, with what becomes of it when the customer becomes part of another one.
HOLDS_A_CUSTOMER = {
    **dict.fromkeys(("account", "contact", "deal", "ticket", "response", "event"), "linked again"),
    **dict.fromkeys(("owner", "association"), "always null"),
    "alert": "moved", "score": "moved", "score_history": "moved", "due_write": "moved", "alias": "moved",
    "link": "linked again", "link_history": "as it was", "due": "empty between scorings",
    "placement": "ended by the next scoring", "membership": "as it was", "milestone": "handed on by the next scoring",
    "plan_write": "found over the alias", "write_intent": "found over the alias", "write_ledger": "append-only: found over the alias",
}  # fmt: skip


def test_every_column_that_holds_a_customer_is_known_here(world: World) -> None:
    found = world.all(
        "select m.name from sqlite_schema as m join pragma_table_info(m.name) as c on c.name = 'customer' where m.type = 'table'"
    )
    assert sorted(str(name) for (name,) in found) == sorted(HOLDS_A_CUSTOMER)


def test_no_id_of_a_customer_that_is_none_any_more_stands_where_scores_alerts_and_rows_are(world: World) -> None:
    attach_later(world)
    for kind in ("contact", "deal", "response", "event"):
        world.row("sales", kind, "x", account_id="9")
    world.link()
    score(world, "sales:9", 5, 100)
    alert(world, "sales:9", "band")
    world.account("crm", "1", external_id="A")
    world.link()
    moved = [table for table, what in HOLDS_A_CUSTOMER.items() if what in ("moved", "linked again")]
    assert [table for table in moved if world.all(f"select 1 from {table} where customer = 'sales:9'")] == []
