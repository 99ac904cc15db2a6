"""What the fault tests share: a CRM in a process of its own, a company over it, and the tables at the end of the run."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from cshub.http import WSGITransport
from cshub.testing.sandbox import SandboxClock
from cshub_hubspot.sandbox import create
from tests.faults.company import ROOT, START, Company, Hand
from tests.faults.portal import Portal

MakeCompany = Callable[..., Company]


@pytest.fixture(scope="session")
def vendor() -> Iterator[Callable[..., dict[str, object]]]:
    """Orders a fresh sandbox from another process, on a real port; the one ordered before is gone then."""
    command = [sys.executable, "-m", "tests.faults.vendor"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask, tell = process.stdin, process.stdout

        def order(**arguments: object) -> dict[str, object]:
            ask.write(json.dumps(arguments) + "\n")
            ask.flush()
            answer: dict[str, object] = json.loads(tell.readline())
            return answer

        yield order
        process.stdin.close()


@pytest.fixture
def make_company(vendor: Callable[..., dict[str, object]], tmp_path: Path) -> Iterator[MakeCompany]:
    """A company with so many customers in a fresh CRM, whose fields for cshub are there already."""

    made: list[Company] = []

    def make(*, customers: int = 130, seed: int = 7, name: str = "company", **switches: object) -> Company:
        served = vendor(**{"customers": customers, "seed": seed, "limits": "off", "search_lag_s": 0, **switches})
        credentials = {str(key): str(value) for key, value in dict(served["credentials"]).items()}  # type: ignore[call-overload]  # it came as JSON
        folder = tmp_path / name
        folder.mkdir(parents=True)
        url = str(served["url"])
        company = Company(folder=folder, portal=Portal.at(url, credentials), url=url)
        made.append(company)
        company.set_up()
        return company

    yield make
    for company in made:
        company.portal.close()


@pytest.fixture
def inside(tmp_path: Path) -> Iterator[MakeCompany]:
    """A company with so many customers in a CRM of this process, on a clock that stands still until a test moves it."""
    made: list[Company] = []

    def make(*, customers: int = 24, seed: int = 7, name: str = "company", **switches: object) -> Company:
        clock = SandboxClock(START, ticking=False)
        options = {"customers": customers, "seed": seed, "limits": "off", "search_lag_s": 0, **switches}
        sandbox = create(clock=clock, **options)  # type: ignore[arg-type]  # switches by name
        folder = tmp_path / name
        folder.mkdir(parents=True)
        company = Company(
            folder=folder,
            portal=Portal.of(sandbox),
            url="http://127.0.0.1",
            clock=Hand(clock),
            transport=lambda connection: WSGITransport(sandbox) if connection == "crm" else None,  # type: ignore[arg-type]  # a WSGI application
        )
        made.append(company)
        company.set_up()
        return company

    yield make
    for company in made:
        company.portal.close()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The log action of a company with many alerts would drown everything else."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests recorded, wherever they ran: trials counted under `table: NAME`, figures as they are under `figures: NAME`."""
    tables: dict[str, Counter[tuple[str, bool]]] = defaultdict(Counter)
    figures: dict[str, list[str]] = defaultdict(list)
    for report in (*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])):
        for label, row in getattr(report, "user_properties", ()):
            kind, _, name = label.partition(": ")
            if report.when == "call" and kind == "table":
                tables[name][str(row), report.passed] += 1
            elif report.when == "call" and kind == "figures":
                figures[name].append(str(row))
    for name, counts in sorted(tables.items()):
        terminalreporter.section(name)
        for row in dict.fromkeys(row for row, _ in sorted(counts)):
            _write_count(terminalreporter, row, counts[row, True], counts[row, False])
        well = sum(count for (_, passed), count in counts.items() if passed)
        _write_count(terminalreporter, "all", well, sum(counts.values()) - well)
    for name, rows in sorted(figures.items()):
        terminalreporter.section(name)
        for row in rows:
            terminalreporter.write_line(row)


def _write_count(terminalreporter: pytest.TerminalReporter, row: str, well: int, badly: int) -> None:
    terminalreporter.write_line(f"{row:<16} {well:>5} of {well + badly}")
