from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from cshub.connector import Snapshot
from cshub.model import ACCOUNT, CONTACT
from cshub.store import StreamState, shape_of
from tests.contract.store.world import CONTACTS, Crm, contact, page


def state(crm: Crm, stream: str = "contacts") -> StreamState:
    found = crm.store.streams.state("crm", stream)
    assert found is not None
    return found


def test_the_first_reading_begins_at_the_beginning_and_is_one_in_full(crm: Crm) -> None:
    begun = crm.begin()
    assert (begun.phase, begun.cursor, begun.completed_at, begun.started_at) == ("full", None, None, crm.now)


def test_a_first_reading_that_was_cut_off_goes_on_from_its_cursor(crm: Crm) -> None:
    crm.begin()
    crm.land(page(contact("1"), cursor=b"half"))
    begun = crm.begin()
    assert (begun.phase, begun.cursor, begun.number) == ("full", b"half", 1)


def test_a_complete_reading_says_so_and_the_next_goes_on_from_its_cursor(crm: Crm) -> None:
    crm.begin()
    crm.land(page(contact("1"), cursor=b"end"))
    crm.finish()
    begun = crm.begin()
    assert (begun.phase, begun.cursor, begun.completed_at, begun.last_ok_at) == ("idle", b"end", crm.now, crm.now)


def test_a_later_pull_moves_the_last_success_and_not_the_completion(crm: Crm) -> None:
    crm.read(contact("1"))
    completed, crm.now = crm.now, crm.now + timedelta(hours=1)
    crm.read(contact("2"))
    assert (state(crm).completed_at, state(crm).last_ok_at) == (completed, crm.now)


def test_a_changed_shape_reads_in_full_while_the_old_rows_stay_in_force(crm: Crm) -> None:
    crm.read(contact("1"), contact("2"))
    completed = state(crm).completed_at
    begun = crm.begin(replace(CONTACTS, shape="2"))
    assert (begun.phase, begun.cursor, begun.completed_at) == ("full", None, completed)
    assert set(crm.alive()) == {"1", "2"}


def test_a_reading_in_full_after_a_change_of_shape_goes_on_after_a_crash(crm: Crm) -> None:
    crm.read(contact("1"))
    changed = replace(CONTACTS, shape="2")
    crm.begin(changed)
    crm.land(page(contact("1"), cursor=b"half"))
    assert crm.begin(changed).cursor == b"half"


def test_g4_a_changed_method_reads_in_full(crm: Crm) -> None:
    crm.read(contact("1"))
    begun = crm.begin(Snapshot(name="contacts", kind=CONTACT, shape="1"))
    assert (begun.phase, begun.cursor) == ("snapshot", None)


def test_a_changed_kind_is_a_changed_shape() -> None:
    assert shape_of(CONTACTS) != shape_of(replace(CONTACTS, kind=ACCOUNT))


def test_a_reading_in_full_can_be_asked_for(crm: Crm) -> None:
    crm.read(contact("1"))
    begun = crm.store.streams.begin(crm.run, "crm", CONTACTS, crm.lease, now=crm.now, anew=True)
    assert (begun.phase, begun.cursor) == ("full", None)


def fail(crm: Crm, error: str) -> None:
    crm.store.streams.close(
        crm.run, "crm", "contacts", crm.lease, state="failed", now=crm.now, calls=3, code="unavailable", error=error
    )


def test_a_failure_stands_with_the_time_since_when_until_a_pull_succeeds(crm: Crm) -> None:
    crm.begin()
    since = crm.now
    fail(crm, "first")
    crm.now += timedelta(hours=1)
    fail(crm, "second")
    assert (state(crm).error, state(crm).error_code, state(crm).failing_since) == ("second", "unavailable", since)
    crm.read()
    assert (state(crm).error, state(crm).failing_since) == (None, None)


def test_a_failure_stands_in_the_report_of_the_run(crm: Crm) -> None:
    crm.begin()
    fail(crm, "down")
    (report,) = crm.store.streams.report(crm.run)
    assert (report.state, report.error, report.error_code, report.calls) == ("failed", "down", "unavailable", 3)


def test_a_stream_that_another_instance_reads_is_told_to_the_run_alone(crm: Crm) -> None:
    crm.read(contact("1"))
    crm.store.streams.close(
        crm.run, "crm", "contacts", None, state="failed", now=crm.now, code="lease_held", error="held"
    )
    (report,) = crm.store.streams.report(crm.run)
    assert (report.error_code, state(crm).error_code) == ("lease_held", None)


def test_g6_each_stream_has_a_state_of_its_own(crm: Crm) -> None:
    crm.begin()
    crm.land(page(cursor=b"one"))
    crm.begin(replace(CONTACTS, name="other"))
    crm.land(page(cursor=b"two"))
    assert [found.cursor for found in crm.store.streams.states()] == [b"one", b"two"]


def test_a_stream_never_read_has_no_state(crm: Crm) -> None:
    assert crm.store.streams.state("crm", "contacts") is None
