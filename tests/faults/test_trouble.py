"""F5 to F7 in the middle of a pull, and F15: the run says what it lost, keeps what it had, and the next one makes everything good."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from cshub.cli.failure import exit_code
from cshub.errors import StoreBusy
from cshub.store import open_store
from tests.faults.company import Company
from tests.faults.conftest import MakeCompany
from tests.faults.invariants import after_a_clean_run, after_a_crash, converge, ended, opened
from tests.faults.trials import live_on

#: Whoever holds the store says so, and lets go when its standard input ends.
HOLDER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("begin immediate")
print("held", flush=True)
sys.stdin.read()
"""
LISTS = "GET /crm/objects/*/contacts"
SEARCHES = "POST /crm/objects/*/tickets/search"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "html"},
        {"kind": "truncated"},
        {"kind": "empty"},
        {"kind": "wrong_type"},
        {"kind": "server_error", "status": 502},
        {"kind": "rate_limited"},
        {"kind": "unauthorized"},
        {"kind": "missing_scope"},
        {"kind": "reset"},
        {"kind": "same_cursor"},
        {"kind": "foreign_next"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_trouble_in_the_middle_of_the_first_pull_loses_nothing(
    inside: MakeCompany, make_company: MakeCompany, fault: dict[str, object]
) -> None:
    # A connection can only be cut where there is one.
    company = (make_company if fault["kind"] == "reset" else inside)(customers=130)
    company.portal.strike(on=LISTS, skip=2, **fault)
    report = company.run()
    lost = {stream.stream for stream in report.streams if stream.state != "ok"}
    # The links of contacts are found by listing contacts.
    assert (report.state, lost - {"associations"}) == ("partial", {"contacts"})
    assert after_a_crash(company.store, company.portal) + ended(company.store, exit_code(report)) == []
    assert 0 < kept(company) < len(company.portal.records("contacts"))
    company.portal.heal()
    company.later(minutes=1)
    assert converge(company.run, company.store, company.portal) == []


def kept(company: Company) -> int:
    """How many contacts are stored."""
    with closing(opened(company.store)) as db:
        count: int = db.execute("select count(*) from contact").fetchone()[0]
        return count


@pytest.mark.parametrize("kind", ["html", "truncated", "server_error", "rate_limited"])
def test_trouble_in_a_later_pull_leaves_the_old_rows_in_force(inside: MakeCompany, kind: str) -> None:
    company = inside()
    company.run()
    company.later(hours=1)
    live_on(company)
    company.portal.strike(on=SEARCHES, kind=kind)
    report = company.run()
    assert (report.state, after_a_crash(company.store, company.portal)) == ("partial", [])
    company.portal.heal()
    company.later(days=1, minutes=1)
    assert converge(company.run, company.store, company.portal) == []


@pytest.mark.parametrize("profile", ["flaky", "storm"])
def test_a_passing_storm_is_weathered_within_the_run(inside: MakeCompany, profile: str) -> None:
    company = inside()
    company.portal.strike(profile=profile)
    report = company.run()
    company.portal.heal()
    found = [] if report.state == "partial" else after_a_clean_run(company.store, company.portal)
    assert (report.state in ("ok", "partial"), found) == (True, [])
    assert after_a_crash(company.store, company.portal) == []
    company.later(minutes=5)
    assert converge(company.run, company.store, company.portal) == []


@pytest.mark.parametrize("skip", [0, 1])
@pytest.mark.parametrize("kind", ["reset", "server_error", "html"])
def test_an_answer_to_a_write_that_is_lost_does_not_write_twice(
    inside: MakeCompany, make_company: MakeCompany, kind: str, skip: int
) -> None:
    company = (make_company if kind == "reset" else inside)(customers=130)
    company.portal.strike(kind=kind, on="POST *companies/batch/update", carried_out=True, skip=skip)
    report = company.run()
    assert (report.state, after_a_crash(company.store, company.portal)) == ("partial", [])
    company.portal.heal()
    assert converge(company.run, company.store, company.portal) == []


@contextmanager
def holding(company: Company) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the store's write lock while the block runs."""
    command = [sys.executable, "-c", HOLDER, str(company.store)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_a_store_locked_for_longer_than_the_patience_is_told_and_no_harm(inside: MakeCompany) -> None:
    company = inside()
    company.run()
    now = company.clock.now()
    told = pytest.raises(StoreBusy, match="another process kept the store locked")
    with closing(open_store(f"sqlite:///{company.store}", busy_timeout_s=0.2)) as store, holding(company), told:
        store.runs.open("run", as_of=now, now=now, version="0")
    company.later(hours=1)
    assert converge(company.run, company.store, company.portal) == []


def test_a_store_locked_for_a_while_is_waited_for(inside: MakeCompany) -> None:
    company = inside()
    company.run()
    company.later(hours=1)
    live_on(company)

    def let_go(statement: str) -> None:
        if statement == "begin immediate" and process.stdin is not None and not process.stdin.closed:
            process.stdin.close()

    with holding(company) as process:
        assert company.run(statement=let_go).state == "ok"
