from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from cshub.connector import Reject
from cshub.errors import BreakerOpen
from cshub.store import Counts
from tests.contract.store.world import CONTACTS, PEOPLE, Crm, contact, page


def many(count: int, start: int = 0) -> list[tuple[object, ...]]:
    return [contact(f"{number:03}", None) for number in range(start, start + count)]


def test_what_a_complete_snapshot_did_not_see_is_gone(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), stream=PEOPLE)
    assert crm.read(contact("2"), stream=PEOPLE) == Counts(unchanged=1, deleted=1)
    assert crm.rows() == [("1", "Ada", 1), ("2", "Ada", 0)]


def test_absences_count_among_the_records_of_the_run(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), stream=PEOPLE)
    crm.read(contact("2"), stream=PEOPLE)
    (report,) = crm.store.streams.report(crm.run)
    assert (report.extracted, report.unchanged, report.deleted) == (2, 1, 1)


def test_g3_a_snapshot_that_was_cut_off_concludes_nothing(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), stream=PEOPLE)
    crm.begin(PEOPLE)
    crm.land(page(contact("2")))
    assert crm.alive() == {"1": "Ada", "2": "Ada"}


def test_a_snapshot_that_was_cut_off_goes_on_and_remembers_what_it_saw(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), contact("3"), stream=PEOPLE)
    crm.begin(PEOPLE)
    crm.land(page(contact("1"), cursor=b"half"))
    assert crm.begin(PEOPLE).cursor == b"half"
    crm.land(page(contact("2")))
    assert crm.finish() == Counts(deleted=1)
    assert set(crm.alive()) == {"1", "2"}


def test_a_complete_snapshot_begins_anew_next_time(crm: Crm) -> None:
    crm.read(contact("1"), stream=PEOPLE)
    assert crm.begin(PEOPLE).cursor is None


def test_an_incremental_reading_concludes_nothing_however_complete(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    crm.read(contact("2"))
    assert crm.alive() == {"1": "Ada", "2": "Ada"}


def test_a_record_that_is_rejected_is_not_absent(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), stream=PEOPLE)
    crm.begin(PEOPLE)
    crm.land(page(contact("1"), rejects=(Reject(id="2", reason="odd"),)))
    assert crm.finish() == Counts()
    assert set(crm.alive()) == {"1", "2"}


def test_rows_of_another_stream_are_none_of_a_snapshots_business(crm: Crm) -> None:
    crm.read(contact("1"), stream=CONTACTS)
    crm.read(contact("2"), stream=PEOPLE)
    crm.read(contact("2"), stream=PEOPLE)
    assert set(crm.alive()) == {"1", "2"}


def test_g3_a_reading_of_nothing_at_all_concludes_nothing(crm: Crm) -> None:
    crm.read(contact("1"), stream=PEOPLE)
    with pytest.raises(
        BreakerOpen, match=r"crm\.people: 1 of 1 rows would be gone.*--select crm\.people --accept-vanished"
    ):
        crm.read(stream=PEOPLE)
    assert set(crm.alive()) == {"1"}


def test_g3_more_than_half_and_25_rows_at_once_are_not_believed(crm: Crm) -> None:
    crm.read(*many(50), stream=PEOPLE)
    with pytest.raises(BreakerOpen, match="26 of 50"):
        crm.read(*many(24), stream=PEOPLE)
    assert len(crm.alive()) == 50


@pytest.mark.parametrize(("before", "after"), [(50, 25), (30, 6)])
def test_half_of_the_rows_or_fewer_than_25_are_believed(crm: Crm, before: int, after: int) -> None:
    crm.read(*many(before), stream=PEOPLE)
    assert crm.read(*many(after), stream=PEOPLE).deleted == before - after


def test_a_refusal_can_be_overruled_by_the_next_reading(crm: Crm) -> None:
    crm.read(*many(50), stream=PEOPLE)
    with pytest.raises(BreakerOpen):
        crm.read(*many(1), stream=PEOPLE)
    crm.begin(PEOPLE)
    crm.land(page(*many(1)))
    assert crm.finish(accept_vanished=True) == Counts(deleted=49)


def test_a_row_absent_once_and_listed_again_is_alive_again(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), stream=PEOPLE)
    crm.read(contact("2"), stream=PEOPLE)
    assert crm.read(contact("1"), contact("2"), stream=PEOPLE) == Counts(changed=1, unchanged=1)
    assert set(crm.alive()) == {"1", "2"}


def test_what_a_complete_sweep_did_not_list_is_gone(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), contact("3"))
    assert crm.sweep(["1"], ["3"]) == Counts(deleted=1)
    assert set(crm.alive()) == {"1", "3"}


def test_a_sweep_leaves_the_pulls_cursor_alone(crm: Crm) -> None:
    crm.begin()
    crm.land(page(contact("1"), cursor=b"here"))
    crm.finish()
    crm.sweep(["1"])
    state = crm.store.streams.state("crm", "contacts")
    assert state is not None
    assert (state.cursor, state.phase, state.sweep_cursor, state.swept_at) == (b"here", "idle", None, crm.now)


def test_a_sweep_that_was_cut_off_goes_on_after_a_pull(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"), contact("3"))
    streams = crm.store.streams
    first = streams.begin_sweep(crm.run, "crm", CONTACTS, crm.lease, now=crm.now, wanted=True)
    assert first is not None
    streams.land_ids(crm.into(first.number), ["1"], b"half", now=crm.now)
    crm.read(contact("4"))
    again = streams.begin_sweep(crm.run, "crm", CONTACTS, crm.lease, now=crm.now, wanted=False)
    assert again is not None
    assert (again.sweep_cursor, again.number) == (b"half", first.number)
    streams.land_ids(crm.into(again.number), ["3"], b"end", now=crm.now)
    streams.finish_sweep(crm.into(again.number), now=crm.now)
    assert set(crm.alive()) == {"1", "3", "4"}


def test_a_row_that_landed_during_a_sweep_is_not_absent(crm: Crm) -> None:
    crm.read(contact("1"))
    begun = crm.store.streams.begin_sweep(crm.run, "crm", CONTACTS, crm.lease, now=crm.now, wanted=True)
    assert begun is not None
    crm.store.streams.land_ids(crm.into(begun.number), ["1"], b"", now=crm.now)
    crm.land(page(contact("2")))
    assert crm.store.streams.finish_sweep(crm.into(begun.number), now=crm.now) == Counts()


def test_a_sweep_that_lists_nothing_is_refused_until_the_next_sweep(crm: Crm) -> None:
    crm.read(contact("1"))
    with pytest.raises(BreakerOpen) as refusal:
        crm.sweep([])
    streams = crm.store.streams
    streams.close(
        crm.run, "crm", "contacts", crm.lease, state="failed", now=crm.now, code="breaker", error=str(refusal.value)
    )
    crm.read(contact("1"))
    standing = streams.state("crm", "contacts")
    crm.sweep(["1"])
    swept = streams.state("crm", "contacts")
    assert standing is not None
    assert swept is not None
    assert (standing.error_code, swept.error_code) == ("breaker", None)


def test_ids_that_are_listed_but_never_come_make_the_stream_be_read_in_full(crm: Crm) -> None:
    crm.read(contact("1"))
    crm.sweep(["1", "2"])
    crm.read()
    state = crm.begin()
    assert (state.phase, state.cursor) == ("full", None)


def test_ids_that_come_with_the_next_pull_do_not(crm: Crm) -> None:
    crm.read(contact("1"))
    crm.sweep(["1", "2"])
    crm.read(contact("2"))
    assert crm.begin().phase == "idle"


def test_a_stream_is_not_swept_before_it_was_read_in_full(crm: Crm) -> None:
    crm.begin()
    assert crm.store.streams.begin_sweep(crm.run, "crm", CONTACTS, crm.lease, now=crm.now, wanted=True) is None


def test_a_new_snapshot_forgets_the_marks_of_the_last_one(crm: Crm) -> None:
    crm.read(contact("1"), stream=PEOPLE)
    crm.now += timedelta(hours=1)
    crm.begin(PEOPLE)
    with crm.store.db.read() as reader:
        assert reader.all("select * from sweep_mark") == []


def test_a_changed_shape_in_the_middle_of_a_snapshot_begins_a_new_one(crm: Crm) -> None:
    crm.begin(PEOPLE)
    crm.land(page(contact("1"), cursor=b"half"))
    state = crm.begin(replace(PEOPLE, shape="2"))
    assert (state.cursor, state.number) == (None, 2)
