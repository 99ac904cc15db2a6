"""F16: a run is paused by SIGSTOP, its work is taken over, and when it wakes it commits nothing and sends nothing."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing

import pytest

from cshub.engine import Options
from tests.faults.company import Company
from tests.faults.conftest import MakeCompany
from tests.faults.invariants import converge, ended, opened
from tests.faults.trials import OPTIONS, Trial, count_events, prepare, trials

BY_STAGE = {"pull": 6, "link": 2, "score": 5, "act": 1, "plan": 1, "apply": 5}
TAKEOVER = Options(takeover=True, sweep=True)
#: What a woken run may touch: its own record, leases nobody holds any more, streams it has a lease for.
_ITS_OWN = {"run", "run_stream", "lease", "stream_state", "sweep_mark", "due"}


@pytest.fixture(scope="session")
def counted() -> dict[str, Counter[str]]:
    """The events of an undisturbed run by situation, once they were counted."""
    return {}


@pytest.fixture
def counts(make_company: MakeCompany, counted: dict[str, Counter[str]]) -> Callable[[str], Mapping[str, int]]:
    """The number of moments of each stage at which a run can be overtaken: never within a transaction, which blocks everybody."""

    def of(situation: str) -> Counter[str]:
        if situation not in counted:
            company = make_company(name=f"reference-{situation}")
            prepare(company, situation)
            counted[situation] = count_events(company, outside=True)
        return counted[situation]

    return of


def contents(company: Company) -> dict[str, list[tuple[object, ...]]]:
    """Everything in the store that only its rightful writer may change, and the state of streams that were lost."""
    with closing(opened(company.store)) as db:
        db.row_factory = None
        names = [name for (name,) in db.execute("select name from sqlite_schema where type = 'table' order by name")]
        found = {name: db.execute(f"select * from {name}").fetchall() for name in names if name not in _ITS_OWN}
        lost = (
            "select * from stream_state where stream in (select stream from run_stream where error_code = 'lease_lost')"
        )
        return found | {"stream_state": db.execute(lost).fetchall()}


def run_of(process: subprocess.Popen[str], company: Company) -> int:
    """The number of the run of a process."""
    with closing(opened(company.store)) as db:
        number: int = db.execute("select id from run where pid = ?", [process.pid]).fetchone()[0]
        return number


def change_facts(company: Company) -> None:
    """Make sure that a value planned before now is an old one."""
    for id in sorted(company.portal.records("tickets"))[2::3]:
        company.portal.edit("tickets", id, {"hs_ticket_priority": "URGENT", "hs_pipeline_stage": "1"})


def overtake(company: Company, situation: str, moment: str) -> list[str]:
    """Everything that does not hold after a run was paused, overtaken and woken."""
    prepare(company, situation)
    process = company.start("run", "--sweep", fate=f"SIGSTOP:{moment}")
    try:
        how = os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        assert how is not None
        assert how.si_code == os.CLD_STOPPED, f"the moment never came: {process.communicate()}"
        change_facts(company)
        assert company.run(options=TAKEOVER).state == "ok"
        before, sent = contents(company), company.portal.written()
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    after = contents(company)
    found = [
        f"the woken run changed {name}" for name in after if name != "stream_state" and after[name] != before[name]
    ]
    found += [f"the woken run wrote {one}" for one in company.portal.written()[len(sent) :]]
    found += [] if process.returncode == 6 else [f"it ended with {process.returncode}"]
    found += ended(company.store, process.returncode, run=run_of(process, company))
    return found + converge(lambda: company.run(options=OPTIONS), company.store, company.portal)


@pytest.mark.parametrize("trial", trials(20260303, BY_STAGE), ids=str)
def test_an_overtaken_run_commits_nothing_when_it_wakes(
    trial: Trial,
    make_company: MakeCompany,
    counts: Callable[[str], Mapping[str, int]],
    record_property: Callable[[str, object], None],
) -> None:
    record_property("table: SIGSTOP and takeover inside", trial.stage)
    known = counts(trial.situation)
    assert overtake(make_company(), trial.situation, f"{trial.stage}:{trial.event(known)}") == []


def test_a_call_to_the_crm_that_was_about_to_be_sent_is_not_sent_any_more(make_company: MakeCompany) -> None:
    assert overtake(make_company(), "first", "apply:HTTP crm companies batch update") == []


@pytest.mark.torture
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 11))
def test_two_hundred_takeovers(
    seed: int,
    make_company: MakeCompany,
    counts: Callable[[str], Mapping[str, int]],
    record_property: Callable[[str, object], None],
) -> None:
    known = {situation: counts(situation) for situation in ("first", "later")}
    for trial in trials(seed, BY_STAGE):
        company = make_company(name=str(trial), seed=seed)
        moment = f"{trial.stage}:{trial.event(known[trial.situation])}"
        assert overtake(company, trial.situation, moment) == [], f"{trial} of seed {seed}"
        record_property("table: SIGSTOP and takeover inside", trial.stage)
