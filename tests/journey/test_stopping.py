"""Stopping and waiting: Ctrl-C at a page's boundary, and work that another instance is doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.cli.tutorial import tutorial
from cshub.store import open_store
from cshub.testing.sandbox import Fault, FaultKind, Sandbox, serve
from cshub_hubspot.sandbox import HubSpot, create
from tests.journey.desk import Desk

CSHUB = [sys.executable, "-m", "cshub"]


@pytest.fixture
def slow() -> Iterator[tuple[Sandbox[HubSpot], dict[str, str]]]:
    """HubSpot with bodies that take their time, and the environment that leads to it."""
    sandbox = create(customers=200)
    sandbox.faults.add(Fault(kind=FaultKind.SLOW_BODY, seconds=0.02))
    with serve(sandbox) as running:
        yield sandbox, {**os.environ, **sandbox.credentials, "HUBSPOT_URL": running.url}


def wait_for_pages(process: subprocess.Popen[str], sandbox: Sandbox[HubSpot]) -> None:
    """Return once the first pages were asked for; the process must be alive then."""
    while len(sandbox.log) < 3:
        assert process.poll() is None
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_stop_exits_130_and_the_next_one_goes_on(
    tmp_path: Path, slow: tuple[Sandbox[HubSpot], dict[str, str]], asked: signal.Signals
) -> None:
    sandbox, environ = slow
    (tmp_path / "cshub.yaml").write_text(tutorial(), encoding="utf-8")
    process = subprocess.Popen(
        [*CSHUB, "pull"], cwd=tmp_path, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for_pages(process, sandbox)
    process.send_signal(asked)
    out, error = process.communicate(timeout=30)
    assert process.returncode == 130, out + error
    assert "stopping at the next page" in error
    assert "interrupted" in out
    sandbox.faults.clear()
    done = subprocess.run([*CSHUB, "pull"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_work_that_another_instance_does_exits_6_and_names_it(desk: Desk) -> None:
    desk.set_up()
    other = open_store("sqlite:///cshub.db", folder=desk.folder)
    with other.leases.take("score", wait_s=0):
        result = desk.cshub("score", "--wait", "0")
    other.close()
    assert result.exit_code == 6
    assert f"process {os.getpid()}" in result.stderr
    assert "wait until it is done" in result.stderr
