from __future__ import annotations

from collections.abc import Iterator, Sequence

from cshub.connector import Page
from cshub.errors import VendorTrouble
from tests.unit.stages.pull.world import PEOPLE, SWEPT, World, failing, listing, rows


class Exiting(list[Sequence[str]]):
    """Ids that end the process instead of coming."""

    def __iter__(self) -> Iterator[Sequence[str]]:
        raise SystemExit(3)


def test_a_complete_snapshot_concludes_absence(world: World) -> None:
    for ids in (["1", "2"], ["2"]):
        world.vendor.lists["people"] = listing(ids)
        (report,) = world.pull(PEOPLE, regardless=True)
    assert (report.deleted, world.alive()) == (1, ["2"])


def test_g3_a_snapshot_that_failed_halfway_concludes_nothing_and_goes_on_later(world: World) -> None:
    world.vendor.lists["people"] = listing(["1"], ["2"], ["3"])
    world.pull(PEOPLE)
    world.vendor.lists["people"] = failing(VendorTrouble("503"), ["1"])
    world.pull(PEOPLE, regardless=True)
    assert world.alive() == ["1", "2", "3"]
    world.vendor.lists["people"] = listing(["never read again"], ["2"])
    world.pull(PEOPLE)
    assert (world.vendor.asked[-1], world.alive()) == (("people", b"1"), ["1", "2"])


def test_g3_an_empty_source_concludes_nothing_and_is_a_failure_with_its_way_out(world: World) -> None:
    world.vendor.lists["people"] = listing(["1", "2"])
    world.pull(PEOPLE)
    world.vendor.lists["people"] = listing()
    (report,) = world.pull(PEOPLE, regardless=True)
    assert (report.state, report.error_code, world.alive()) == ("failed", "breaker", ["1", "2"])
    assert report.error is not None
    assert "--select crm.people --accept-vanished" in report.error


def test_a_person_may_accept_that_rows_are_gone(world: World) -> None:
    world.vendor.lists["people"] = listing(["1", "2"])
    world.pull(PEOPLE)
    world.vendor.lists["people"] = listing()
    (report,) = world.pull(PEOPLE, regardless=True, accept_vanished=("crm.people",))
    assert (report.state, report.deleted, world.alive()) == ("ok", 2, [])


def test_a_sweep_finds_what_vanished_without_a_word(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1", "2", "3"])
    world.pull(SWEPT)
    world.vendor.living = [["1"], ["3"]]
    (report,) = world.pull(SWEPT, sweep=True)
    assert (report.state, report.deleted, world.alive()) == ("ok", 1, ["1", "3"])


def test_no_sweep_happens_unasked(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    world.vendor.living = [[]]
    world.pull(SWEPT)
    assert (world.vendor.swept, world.alive()) == ([], ["1"])


def test_a_sweep_that_was_stopped_goes_on_with_the_next_pull(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1", "2", "3"])
    world.pull(SWEPT)
    world.vendor.living = [["1"], ["3"]]
    (stopped,) = world.pull(SWEPT, sweep=True, stopping=lambda: bool(world.vendor.swept))
    (report,) = world.pull(SWEPT)
    assert (stopped.state, world.vendor.swept, report.deleted, world.alive()) == (
        "interrupted",
        [None, b"1"],
        1,
        ["1", "3"],
    )


def test_f13_ids_that_a_sweep_found_missing_are_read_in_full(world: World) -> None:
    def late(cursor: bytes | None) -> Iterator[Page]:
        yield Page(rows=rows("1", "2") if cursor is None and world.vendor.swept else rows("1"), cursor=b"1")

    world.vendor.lists["contacts"] = late
    world.vendor.living = [["1", "2"]]
    world.pull(SWEPT)
    world.pull(SWEPT, sweep=True)
    world.pull(SWEPT)
    world.pull(SWEPT)
    assert world.alive() == ["1", "2"]


def test_f18_a_sweep_that_exits_is_its_own_streams_failure(world: World) -> None:
    world.vendor.lists["contacts"] = listing(["1"])
    world.pull(SWEPT)
    world.vendor.living = Exiting([()])
    (report,) = world.pull(SWEPT, sweep=True)
    assert (report.state, report.error_code, world.alive()) == ("failed", "plugin", ["1"])
