from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cshub.connector import OwnedValue, Reject
from cshub.errors import LeaseLost, PluginError
from cshub.model import Type
from cshub.store import Counts, Store
from cshub.store.landing import CURSOR_BYTES
from tests.contract.store.world import Crm, at, contact, page

SEQ = "select value from sequence where name = 'seq'"


def seq(store: Store) -> object:
    with store.db.read() as reader:
        record = reader.one(SEQ)
    assert record is not None
    return record[0]


def test_rows_that_were_not_there_are_new(crm: Crm) -> None:
    crm.begin()
    assert crm.land(page(contact("1"), contact("2"))) == Counts(new=2)
    assert crm.alive() == {"1": "Ada", "2": "Ada"}


def test_the_same_rows_again_are_unchanged_and_take_no_sequence_number(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    before = seq(crm.store)
    assert crm.read(contact("1"), contact("2")) == Counts(unchanged=2)
    assert seq(crm.store) == before


def test_another_time_of_change_alone_is_no_change(crm: Crm) -> None:
    crm.read(contact("1", 1))
    assert crm.read(contact("1", 2)) == Counts(unchanged=1)
    assert crm.rows("changed_at, id") == [(int(at(1).timestamp() * 1000), "1")]


def test_a_newer_version_supersedes_the_old_one_which_goes_to_the_history(crm: Crm) -> None:
    crm.read(contact("1", 1, "Ada"))
    assert crm.read(contact("1", 2, "Bea")) == Counts(changed=1)
    assert crm.alive() == {"1": "Bea"}
    (old,) = crm.rows("name, seq, superseded_seq, superseded_at", "contact_history")
    assert old == ("Ada", 1, 2, int(crm.now.timestamp() * 1000))


def test_a_version_older_than_the_stored_one_is_unchanged(crm: Crm) -> None:
    crm.read(contact("1", 5, "new"))
    assert crm.read(contact("1", 4, "old")) == Counts(unchanged=1)
    assert crm.alive() == {"1": "new"}


def test_without_a_time_of_change_the_later_reading_wins(crm: Crm) -> None:
    crm.read(contact("1", None, "a"))
    assert crm.read(contact("1", None, "b")) == Counts(changed=1)
    assert crm.alive() == {"1": "b"}


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_of_the_same_record_twice_in_a_batch_the_newest_is_stored_once(crm: Crm, first: int, second: int) -> None:
    crm.begin()
    counts = crm.land(page(contact("1", first, f"at {first}")), page(contact("1", second, f"at {second}")))
    assert counts == Counts(new=1, unchanged=1)
    assert crm.rows() == [("1", "at 2", 0)]


def test_a_tombstone_marks_the_row_and_keeps_its_last_version(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    assert crm.land(page(tombstones=("1",))) == Counts(deleted=1)
    assert crm.rows() == [("1", "Ada", 1), ("2", "Ada", 0)]
    assert crm.rows("id, deleted", "contact_history") == [("1", 0)]


def test_a_tombstone_of_what_is_gone_or_was_never_there_changes_nothing(crm: Crm) -> None:
    crm.read(contact("1"))
    crm.land(page(tombstones=("1",)))
    before = seq(crm.store)
    assert crm.land(page(tombstones=("1", "9"))) == Counts(unchanged=2)
    assert seq(crm.store) == before


def test_a_row_that_comes_back_is_alive_again(crm: Crm) -> None:
    crm.read(contact("1", 1))
    crm.land(page(tombstones=("1",)))
    assert crm.land(page(contact("1", 1))) == Counts(changed=1)
    assert crm.alive() == {"1": "Ada"}


def test_a_late_echo_of_an_older_version_does_not_bring_a_row_back(crm: Crm) -> None:
    crm.read(contact("1", 5))
    crm.land(page(tombstones=("1",)))
    assert crm.land(page(contact("1", 4))) == Counts(unchanged=1)
    assert crm.alive() == {}


def test_a_row_and_its_tombstone_in_one_batch_leave_it_gone(crm: Crm) -> None:
    crm.begin()
    assert crm.land(page(contact("1")), page(tombstones=("1",))).extracted == 2
    assert crm.alive() == {}


def test_a_tombstone_before_an_older_version_in_one_batch_still_counts(crm: Crm) -> None:
    crm.read(contact("1", 5))
    assert crm.land(page(tombstones=("1",)), page(contact("1", 4))) == Counts(deleted=1, unchanged=1)
    assert crm.alive() == {}


def test_a_merge_leaves_the_survivor_and_a_way_to_it(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    assert crm.land(page(contact("2", 1), merges=(("1", "2"),))) == Counts(unchanged=1, deleted=1)
    assert crm.alive() == {"2": "Ada"}
    assert crm.rows("gone, survivor", "merge") == [("1", "2")]


def test_the_same_merge_again_changes_nothing(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    crm.land(page(merges=(("1", "2"),)))
    before = seq(crm.store)
    assert crm.land(page(merges=(("1", "2"),))) == Counts(unchanged=1)
    assert seq(crm.store) == before


@pytest.mark.parametrize("merges", [[("1", "2"), ("2", "3")], [("2", "3"), ("1", "2")]])
def test_chains_of_merges_lead_to_the_last_survivor(crm: Crm, merges: list[tuple[str, str]]) -> None:
    crm.read(contact("1"), contact("2"), contact("3"))
    for merge in merges:
        crm.land(page(merges=(merge,)))
    assert crm.rows("gone, survivor", "merge") == [("1", "3"), ("2", "3")]
    assert crm.alive() == {"3": "Ada"}


def test_merges_that_contradict_each_other_follow_the_newest_word(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    crm.land(page(merges=(("1", "2"),)))
    crm.land(page(merges=(("2", "1"),)))
    assert crm.rows("gone, survivor", "merge") == [("2", "1")]


def test_a_late_row_of_a_merged_record_does_not_bring_it_back(crm: Crm) -> None:
    crm.read(contact("1", 1), contact("2"))
    crm.land(page(merges=(("1", "2"),)))
    assert crm.land(page(contact("1", 2, "late"))) == Counts(unchanged=1)
    assert crm.alive() == {"2": "Ada"}


def test_a_merged_record_changed_after_the_merge_is_alive_again(crm: Crm) -> None:
    crm.read(contact("1", 1), contact("2"))
    crm.land(page(merges=(("1", "2"),)))
    after = crm.now + timedelta(hours=1)
    revived = (*contact("1")[:1], after, *contact("1")[2:])
    assert crm.land(page(revived)) == Counts(changed=1)
    assert crm.rows("gone, survivor", "merge") == []


def test_the_cursor_of_the_last_page_is_kept_with_its_rows(crm: Crm) -> None:
    crm.begin()
    crm.land(page(contact("1"), cursor=b"a"), page(contact("2"), cursor=b"b"))
    state = crm.store.streams.state("crm", "contacts")
    assert state is not None
    assert state.cursor == b"b"


def test_g1_a_cursor_of_more_than_64_kib_is_the_connectors_fault_and_lands_nothing(crm: Crm) -> None:
    crm.begin()
    with pytest.raises(PluginError, match=r"crm\.contacts.*cursor of 65537 bytes"):
        crm.land(page(contact("1"), cursor=b"x" * (CURSOR_BYTES + 1)))
    assert crm.rows() == []


def test_nothing_lands_under_a_lost_lease(crm: Crm) -> None:
    crm.begin()
    crm.lease = replace(crm.lease, token=crm.lease.token - 1)
    with pytest.raises(LeaseLost):
        crm.land(page(contact("1"), cursor=b"lost"))
    state = crm.store.streams.state("crm", "contacts")
    assert (crm.rows(), state and state.cursor) == ([], None)


def test_rows_that_do_not_fit_are_rejects_and_the_others_land(crm: Crm) -> None:
    crm.begin()
    bad = (*contact("2")[:2], 7, *contact("2")[3:])
    assert crm.land(page(contact("1"), bad)) == Counts(new=1, rejected=1)
    (reject,) = crm.store.rejects.list()
    assert (reject.id, reject.reason, reject.stream) == ("2", "email is int, not text", "contacts")


def test_the_counters_of_the_run_add_up(crm: Crm) -> None:
    crm.begin()
    crm.land(page(contact("1"), contact("1"), rejects=(Reject(id="3", reason="odd"),)))
    crm.land(page(contact("1", 2, "Bea"), tombstones=("9",)))
    crm.finish()
    (report,) = crm.store.streams.report(crm.run)
    assert (report.extracted, report.new, report.changed, report.unchanged, report.deleted, report.rejected) == (
        5,
        1,
        1,
        2,
        0,
        1,
    )


def test_the_customer_of_a_row_survives_its_next_version(crm: Crm) -> None:
    crm.read(contact("1"))
    with crm.store.db.transaction() as transaction:
        transaction.run("update contact set customer = 'crm:7'")
    crm.read(contact("1", 2, "Bea"))
    assert crm.rows("name, customer") == [("Bea", "crm:7")]


def test_extra_fields_are_kept_in_their_stored_form(crm: Crm) -> None:
    crm.begin(replace(crm.stream, extras={"tier": Type.TEXT, "since": Type.TIME, "vip": Type.FLAG}))
    extra = {"vip": True, "tier": "gold", "since": at(1)}
    crm.land(page((*contact("1")[:-1], extra)))
    assert crm.rows("extra, id") == [('{"since":1772323260000,"tier":"gold","vip":1}', "1")]


def owned(value: str | None, minute: int | None) -> OwnedValue:
    return OwnedValue(
        target="companies", id="7", field="health", value=value, changed_at=None if minute is None else at(minute)
    )


def observed(crm: Crm) -> object:
    return crm.rows("observed, observed_changed_at", "crm_value")[0][0]


def test_values_of_owned_fields_are_kept_beside_the_rows(crm: Crm) -> None:
    crm.begin()
    crm.land(page(owned=(owned("72", 1),)))
    assert crm.rows("target, id, field, observed", "crm_value") == [("companies", "7", "health", "72")]


@pytest.mark.parametrize(("minute", "seen"), [(1, "72"), (2, "73"), (3, "73"), (None, "73")])
def test_an_observation_older_than_the_last_one_is_ignored(crm: Crm, minute: int | None, seen: str) -> None:
    crm.begin()
    crm.land(page(owned=(owned("72", 2),)))
    crm.land(page(owned=(owned("73", minute),)))
    assert observed(crm) == seen


def test_an_observation_older_than_what_the_crm_confirmed_is_ignored(crm: Crm) -> None:
    crm.begin()
    crm.land(page(owned=(owned("72", 1),)))
    with crm.store.db.transaction() as transaction:
        transaction.run(
            "update crm_value set acknowledged = '80', acknowledged_changed_at = :at",
            {"at": int(at(9).timestamp() * 1000)},
        )
    crm.land(page(owned=(owned("71", 5),)))
    assert observed(crm) == "72"
