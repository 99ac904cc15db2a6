"""The daemon as an operator meets it: a process with a schedule of seconds over a CRM on a real port."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub import daemon
from cshub.config import load
from cshub.store import open_store
from cshub.testing.sandbox import Fault, FaultKind, serve
from cshub_hubspot.sandbox import create
from tests.journey.daemon_desk import LAG_S, PERIOD_S, YAML, DaemonDesk, daemon_desk

pytestmark = pytest.mark.serial  # they measure seconds


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[DaemonDesk]:
    with daemon_desk(tmp_path) as made:
        yield made


def test_a_change_reaches_the_crm_within_two_periods_and_a_second_daemon_is_refused(desk: DaemonDesk) -> None:
    with desk.start() as process:
        desk.until(lambda: None not in desk.scores().values(), 10)
        second = subprocess.run(
            [sys.executable, "-m", "cshub", "daemon"],
            cwd=desk.folder,
            env=desk.environ,
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
        assert second.returncode == 6
        assert f"process {process.pid}" in second.stderr
        before = desk.scores()
        desk.flip_ticket()
        assert desk.until(lambda: desk.scores() != before, 10) <= LAG_S + 2 * PERIOD_S
        assert desk.stop(process) < 10
        assert process.returncode == 0


def test_a_failure_does_not_end_it_and_is_told_once_as_is_its_end(desk: DaemonDesk) -> None:
    desk.write(YAML.replace("{pull: 2s, score: 2s}", "{pull: 1s, score: 1s}"))
    with desk.start() as process:
        desk.until(lambda: None not in desk.scores().values(), 10)
        desk.sandbox.faults.add(Fault(kind=FaultKind.UNAUTHORIZED, on="POST *tickets/search*"))
        desk.until(lambda: desk.hook.posted, 8)
        failed = desk.log().count("state=partial")
        desk.until(lambda: desk.log().count("state=partial") > failed, 8)  # it goes on failing, and on working
        desk.sandbox.faults.clear()
        desk.until(lambda: len(desk.hook.posted) > 1, 8)
        assert desk.stop(process) < 10
    assert [" ".join(text.split()[:3]) for text in desk.hook.posted] == [
        "cshub: crm.tickets fails:",
        "cshub: crm is",
    ]
    assert process.returncode == 0


def test_a_broken_configuration_changes_nothing_and_a_good_one_is_taken_over(desk: DaemonDesk) -> None:
    with desk.start() as process:
        desk.until(lambda: None not in desk.scores().values(), 10)
        desk.write(YAML.replace("bad: 20", "bda: 20"))
        process.send_signal(signal.SIGHUP)
        desk.until(lambda: "reload_failed" in desk.log(), 5)
        before = desk.scores()
        desk.write(YAML.replace("bad: 20", "bad: 1"))
        process.send_signal(signal.SIGHUP)
        desk.until(lambda: desk.scores() != before, 10)
        assert process.poll() is None
        assert "bda" in desk.log()
        assert desk.stop(process) < 10


def test_it_ends_in_time_while_a_request_hangs(desk: DaemonDesk) -> None:
    desk.sandbox.faults.add(Fault(kind=FaultKind.SLOW_HEADERS, on="POST *contacts*", seconds=8))
    with desk.start() as process:
        desk.until(lambda: any("contacts" in one.path for one in desk.sandbox.log), 10)
        assert desk.stop(process) < 10
        assert process.returncode == 0


def test_a_vendor_that_hangs_stops_nobody_else_and_is_asked_again(
    desk: DaemonDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon, "OVERDUE_AT_LEAST_S", 1.0)
    monkeypatch.setattr(daemon, "OVERDUE_PERIODS", 1)
    hanging = create(seed=8, customers=2, limits="off")
    hanging.faults.add(Fault(kind=FaultKind.SLOW_HEADERS, seconds=30))
    with serve(hanging) as slow:
        other = f'{{crm: {{connector: hubspot, token: env:HUBSPOT_TOKEN, base_url: "{slow.url}"}}, '
        desk.write(YAML.replace("{crm: {", other.replace("crm", "slow") + "crm: {", 1).replace("2s", "1s"))
        config = load(desk.folder / "cshub.yaml", environ=desk.environ)
        running = daemon.Daemon(config)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        runs = open_store("sqlite:///cshub.db", folder=desk.folder).runs

        def ended(connection: str) -> list[str]:
            found = [run for run in runs.list(limit=50) if run.command == f"daemon: pull {connection}"]
            return [run.state for run in found if run.state != "running"]

        desk.until(lambda: len(ended("slow")) > 1, 12)
        running.stop()
        thread.join(10)
    assert set(ended("slow")) == {"interrupted"}
    assert len(ended("crm")) > len(ended("slow"))
    assert "failed" not in ended("crm")
