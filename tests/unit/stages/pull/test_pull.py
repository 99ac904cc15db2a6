from __future__ import annotations

import itertools
import signal
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from cshub.connector import Page, Reject
from cshub.errors import CredentialsError, Interrupted, PageLoop, PermissionMissing, StoreBusy, VendorTrouble
from tests.unit.stages.pull.world import CONTACTS, PEOPLE, World, failing, listing, rows

OTHER = replace(CONTACTS, name="other")


def test_pages_land_and_the_next_pull_goes_on_from_the_cursor(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1", "2"], ["3"])
    (report,) = world.pull(CONTACTS)
    world.pull(CONTACTS)
    assert (report.state, report.extracted, report.new) == ("ok", 3, 3)
    assert (world.alive(), world.vendor.asked) == (["1", "2", "3"], [("contacts", None), ("contacts", b"2")])


def test_i6_a_second_pull_of_the_same_changes_nothing(world: World) -> None:
    world.vendor.lists["contacts"] = lambda cursor: iter([Page(rows=rows("1", "2"), cursor=b"x")])
    world.pull(CONTACTS)
    with world.store.db.read() as reader:
        before = reader.all("select * from contact")
    (report,) = world.pull(CONTACTS)
    with world.store.db.read() as reader:
        assert reader.all("select * from contact") == before
    assert (report.unchanged, report.extracted) == (2, 2)


def test_a_stream_that_fails_stops_no_other(world: World) -> None:
    world.vendor.lists = {"contacts": failing(VendorTrouble("503", where="crm")), "other": listing(["1"])}
    first, second = world.pull(CONTACTS, OTHER)
    assert (first.state, first.error_code, first.error) == ("failed", "unavailable", "crm: 503")
    assert (second.state, world.alive()) == ("ok", ["1"])


def test_h10_pages_before_a_failure_are_kept_with_their_cursor(world: World) -> None:
    world.vendor.lists["contacts"] = failing(VendorTrouble("503"), ["1"], ["2"])
    (report,) = world.pull(CONTACTS)
    assert (report.new, world.alive(), world.cursor()) == (2, ["1", "2"], b"2")


def test_a_failure_stands_in_the_streams_state_and_goes_when_it_is_well(world: World) -> None:
    world.vendor.lists["contacts"] = failing(CredentialsError("revoked"))
    world.pull(CONTACTS)
    failed = world.store.streams.state("crm", "contacts")
    world.vendor.lists["contacts"] = listing(["1"])
    world.pull(CONTACTS)
    well = world.store.streams.state("crm", "contacts")
    assert failed is not None
    assert well is not None
    assert (failed.error_code, failed.error, failed.failing_since) == (
        "credentials",
        "crm.contacts: revoked",
        world.clock.now(),
    )
    assert (well.error_code, well.failing_since) == (None, None)


def test_a_missing_right_skips_the_stream_and_says_so(world: World) -> None:
    world.vendor.lists["contacts"] = failing(PermissionMissing("needs crm.objects.contacts.read"))
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code) == ("skipped", "permission")


@pytest.mark.parametrize("error", [ValueError("bug"), SystemExit(3), KeyError("x")], ids=repr)
def test_f18_whatever_a_connector_raises_is_its_own_streams_failure(world: World, error: BaseException) -> None:
    world.vendor.lists = {"contacts": failing(error, ["1"]), "other": listing(["2"])}
    first, second = world.pull(CONTACTS, OTHER)
    assert (first.state, first.error_code, second.state) == ("failed", "plugin", "ok")
    assert first.error is not None
    assert first.error.startswith(f"crm.contacts: {type(error).__name__}")


def test_a_connector_that_raises_before_its_first_page_is_told_apart_as_well(world: World) -> None:
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error) == (
        "failed",
        "crm.contacts: KeyError: 'contacts' (tell the connector's author)",
    )


def test_no_page_at_all_is_the_connectors_fault(world: World) -> None:
    world.vendor.lists["contacts"] = lambda cursor: iter(())
    (report,) = world.pull(CONTACTS)
    assert (report.error_code, world.cursor()) == ("plugin", None)


def test_something_else_than_a_page_is_the_connectors_fault(world: World) -> None:
    world.vendor.lists["contacts"] = lambda cursor: iter([{"rows": []}])  # type: ignore[list-item]  # the mistake under test
    (report,) = world.pull(CONTACTS)
    assert report.error == "crm.contacts: the source gave a dict instead of a page"


def test_f12_a_page_that_repeats_itself_is_found_at_once(world: World) -> None:
    def loop(cursor: bytes | None) -> Iterator[Page]:
        while True:
            yield Page(rows=rows("1"), cursor=b"same")

    world.vendor.lists["contacts"] = loop
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code, world.alive()) == ("failed", "page_loop", ["1"])


def test_a_loop_that_the_connector_found_itself_is_told(world: World) -> None:
    world.vendor.lists["contacts"] = failing(PageLoop("same cursor twice"))
    (report,) = world.pull(CONTACTS)
    assert report.error_code == "page_loop"


def test_rows_that_cannot_be_landed_at_all_are_the_connectors_fault(world: World) -> None:
    world.vendor.lists["contacts"] = lambda cursor: iter([Page(rows=(), cursor=b"1", tombstones=(object(),))])  # type: ignore[arg-type]  # the mistake
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code) == ("failed", "plugin")


def test_secrets_are_taken_out_of_errors(world: World) -> None:
    world.vendor.lists["contacts"] = failing(ValueError("bad token s3cret"))
    (report,) = world.pull_from(world.source(CONTACTS, redact=lambda text: text.replace("s3cret", "***")))
    assert report.error is not None
    assert "bad token ***" in report.error


def test_f17_a_stream_of_nothing_but_bad_records_stops(world: World) -> None:
    def poison(cursor: bytes | None) -> Iterator[Page]:
        for number in range(1000):
            bad = [Reject(id=f"{number}-{place}", reason="no id") for place in range(50)]
            yield Page(rows=(), cursor=b"%d" % number, rejects=bad)

    world.vendor.lists["contacts"] = poison
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code, report.rejected < 50_000) == ("failed", "answer", True)


def test_bad_records_among_good_ones_are_kept_aside(world: World) -> None:
    page = Page(rows=rows("1"), cursor=b"1", rejects=[Reject(id="2", reason="no id")])
    world.vendor.lists["contacts"] = lambda cursor: iter([page])
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.new, report.rejected) == ("ok", 1, 1)


def endless(cursor: bytes | None) -> Iterator[Page]:
    for number in itertools.count(1):
        yield Page(rows=rows(f"{number:09}"), cursor=b"%d" % number)


def test_f21_somebody_who_asks_to_stop_gets_a_pages_boundary_with_its_cursor(world: World) -> None:
    world.vendor.lists["contacts"] = endless
    (report,) = world.pull(CONTACTS, stopping=lambda: world.cursor() is not None)
    assert (report.state, report.error_code) == ("interrupted", None)
    assert int(world.cursor() or 0) == len(world.alive()) > 0


def test_an_interrupt_from_the_keyboard_stops_at_a_pages_boundary_as_well(world: World) -> None:
    def interrupting(cursor: bytes | None) -> Iterator[Page]:
        pressed = False
        for page in endless(cursor):
            if world.cursor() is not None and not pressed:
                pressed = True
                signal.raise_signal(signal.SIGINT)
            yield page

    world.vendor.lists["contacts"] = interrupting
    with pytest.raises(KeyboardInterrupt):
        world.pull(CONTACTS)
    (report,) = world.store.streams.report(world.run)
    assert (report.state, int(world.cursor() or 0)) == ("interrupted", len(world.alive()))


def test_a_stop_that_the_client_noticed_is_no_failure(world: World) -> None:
    world.vendor.lists["contacts"] = failing(Interrupted("asked to stop"), ["1"])
    (report,) = world.pull(CONTACTS)
    state = world.store.streams.state("crm", "contacts")
    assert state is not None
    assert (report.state, state.error_code, world.cursor()) == ("interrupted", None, b"1")


def test_f15_a_store_that_fails_ends_the_whole_pull(world: World, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "pull.db", isolation_level=None, check_same_thread=False)

    def locking(cursor: bytes | None) -> Iterator[Page]:
        other.execute("begin immediate")
        yield Page(rows=rows("1"), cursor=b"1")

    world.vendor.lists["contacts"] = locking
    with pytest.raises(StoreBusy):
        world.pull(CONTACTS)
    other.close()
    assert world.alive() == []


def test_an_error_of_the_store_out_of_a_connector_is_the_connectors(world: World) -> None:
    world.vendor.lists["contacts"] = failing(StoreBusy("mine"))
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code) == ("failed", "plugin")


def test_a_stream_that_another_instance_reads_is_left_to_it(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    with world.store.leases.take("pull crm.contacts"):
        (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code, world.vendor.asked) == ("failed", "lease_held", [])


def test_a_stream_that_was_taken_over_meanwhile_writes_nothing_more(world: World) -> None:
    def overtaken(cursor: bytes | None) -> Iterator[Page]:
        with world.store.leases.take("pull crm.contacts", takeover=True):
            yield Page(rows=rows("1"), cursor=b"1")

    world.vendor.lists["contacts"] = overtaken
    (report,) = world.pull(CONTACTS)
    assert (report.state, report.error_code, world.alive(), world.cursor()) == ("failed", "lease_lost", [], None)


def test_no_more_streams_than_allowed_are_read_at_once(world: World) -> None:
    busy, most, lock = [0], [0], threading.Lock()

    def read(cursor: bytes | None) -> Iterator[Page]:
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        yield Page(rows=(), cursor=b"1")
        with lock:
            busy[0] -= 1

    streams = [replace(CONTACTS, name=f"stream {number}") for number in range(8)]
    world.vendor.lists = {stream.name: read for stream in streams}
    reports = world.pull_from(world.source(*streams, parallel=2))
    assert ([report.state for report in reports], most[0] <= 2) == (["ok"] * 8, True)


def test_several_connections_are_read_side_by_side(world: World) -> None:
    meet = threading.Barrier(2, timeout=10)

    def read(cursor: bytes | None) -> Iterator[Page]:
        meet.wait()
        yield Page(rows=(), cursor=b"1")

    world.vendor.lists["contacts"] = read
    one = world.source(CONTACTS, parallel=1)
    reports = world.pull_from(one, replace(one, connection="other"))
    assert [(report.connection, report.state) for report in reports] == [("crm", "ok"), ("other", "ok")]


def test_a_page_is_fetched_while_the_one_before_lands(world: World) -> None:
    landed, fetched = threading.Event(), threading.Event()

    def read(cursor: bytes | None) -> Iterator[Page]:
        yield Page(rows=rows(*map(str, range(2500))), cursor=b"1")
        assert landed.wait(10)
        yield Page(rows=rows("x"), cursor=b"2")
        fetched.set()

    world.vendor.lists["contacts"] = read

    def stopping() -> bool:
        if world.cursor() == b"1":
            landed.set()
        return False

    (report,) = world.pull(CONTACTS, stopping=stopping)
    assert (report.new, fetched.is_set()) == (2501, True)


def test_calls_are_counted_by_stream(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    made = {"contacts": 40}

    def read(cursor: bytes | None) -> Iterator[Page]:
        made["contacts"] += 2
        yield Page(rows=(), cursor=b"1")

    world.vendor.lists["contacts"] = read
    (report,) = world.pull_from(world.source(CONTACTS, calls=made.__getitem__))
    assert report.calls == 2


def test_a_changed_shape_is_read_in_full_again(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    world.pull(CONTACTS)
    world.pull(replace(CONTACTS, shape="2"))
    assert world.vendor.asked == [("contacts", None), ("contacts", None)]


def test_everything_can_be_read_again(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    world.pull(CONTACTS)
    (report,) = world.pull(CONTACTS, full=True)
    assert (report.unchanged, world.vendor.asked[-1]) == (1, ("contacts", None))


def test_a_snapshot_is_read_at_its_own_pace(world: World) -> None:
    world.vendor.lists["people"] = listing(["1"])
    counts = []
    for hours in (0, 1, 6):
        world.clock.advance(hours * 3600)
        counts.append(len(world.pull(PEOPLE)))
    assert counts == [1, 0, 1]


def test_a_stream_that_is_not_due_can_be_read_regardless(world: World) -> None:
    world.vendor.lists["people"] = listing(["1"])
    world.pull(PEOPLE)
    assert (len(world.pull(PEOPLE, regardless=True)), len(world.pull(PEOPLE))) == (1, 0)


def test_the_configuration_may_set_another_pace(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    hourly = world.source(CONTACTS, every={"contacts": timedelta(hours=1)})
    assert [len(world.pull_from(hourly)), len(world.pull_from(hourly))] == [1, 0]


def test_a_stream_that_failed_is_due_at_once(world: World) -> None:
    world.vendor.lists["people"] = listing(["1"])
    world.pull(PEOPLE)
    world.vendor.lists["people"] = failing(VendorTrouble("503"))
    world.pull(PEOPLE, regardless=True)
    assert len(world.pull(PEOPLE)) == 1
