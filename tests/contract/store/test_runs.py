from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cshub.errors import StoreBusy
from cshub.model import RunReport, StreamReport
from cshub.store import Store
from tests.contract.store.world import NOW, Crm, contact


def opened_run(store: Store) -> int:
    return store.runs.open("run", as_of=NOW, now=NOW, version="1.0")


def report(run: int, state: str = "ok") -> RunReport:
    streams = (StreamReport(connection="crm", stream="contacts", state="ok", extracted=2, new=2),)
    return RunReport(
        run=run,
        command="run",
        state=state,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=3),
        as_of=NOW,
        streams=streams,
        stages={"score": {"due": 2}},
        seconds={"pull": 1.5},
        errors=("one",),
    )


def test_an_open_run_is_running(store: Store) -> None:
    run = store.runs.get(opened_run(store))
    assert run is not None
    assert (run.state, run.started_at, run.finished_at, run.report) == ("running", NOW, None, None)


def test_a_closed_run_gives_back_its_report(store: Store) -> None:
    run = opened_run(store)
    store.runs.close(report(run, "partial"))
    record = store.runs.get(run)
    assert record is not None
    assert (record.state, record.report) == ("partial", report(run, "partial"))


def test_the_newest_runs_are_listed_first(store: Store) -> None:
    runs = [opened_run(store) for _ in range(3)]
    assert [record.id for record in store.runs.list(limit=2)] == [runs[2], runs[1]]


def test_a_run_never_opened_is_not_there(store: Store) -> None:
    assert store.runs.get(9) is None


def test_a_run_of_this_process_is_not_dead(store: Store) -> None:
    opened_run(store)
    assert store.runs.bury_dead(now=NOW) == []


def test_a_run_of_another_living_instance_is_not_dead(opened: Callable[[], Store]) -> None:
    opened_run(opened())
    assert opened().runs.bury_dead(now=NOW) == []


def test_a_closed_run_is_not_dead(opened: Callable[[], Store]) -> None:
    store = opened()
    store.runs.close(report(opened_run(store)))
    assert opened().runs.bury_dead(now=NOW) == []


def test_a_run_that_could_not_be_closed_is_found_dead_by_the_next_of_the_same_process(
    opened: Callable[[], Store],
) -> None:
    store = opened()
    run = opened_run(store)
    with opened().db.transaction(), pytest.raises(StoreBusy):
        store.runs.close(report(run))
    assert store.runs.bury_dead(now=NOW) == [run]
    assert [record.state for record in store.runs.list()] == ["died"]


def test_the_streams_of_a_run_count_what_they_did(crm: Crm) -> None:
    crm.read(contact("1"))
    (found,) = crm.store.streams.report(crm.run)
    assert found == StreamReport(connection="crm", stream="contacts", state="ok", extracted=1, new=1)
