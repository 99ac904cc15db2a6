"""Locks, leases and runs between real processes: stopped, killed, all at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cshub.errors import LeaseHeld
from cshub.store import Store, open_store
from cshub.testing.clock import ManualClock

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PIN = "insert into org_pin (connection, org, account, pinned_at) values (?, 'o', 'a', 1)"

HOLDER = f"""
import sys
from datetime import UTC, datetime
from cshub.errors import LeaseLost
from cshub.store import open_store

store = open_store("sqlite:///cshub.db", folder=sys.argv[1])
now = datetime(2026, 3, 1, tzinfo=UTC)
print(store.runs.open("run", as_of=now, now=now, version="1"), flush=True)
for line in sys.stdin:
    with store.leases.take("work") as lease:
        print("held", flush=True)
        sys.stdin.readline()
        try:
            with store.db.transaction(lease) as transaction:
                transaction.many({PIN!r}, [(line.strip(),)])
            print("committed", flush=True)
        except LeaseLost:
            print("lost", flush=True)
"""


class Holder:
    """Another process that holds the lease `work` and writes under it when told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.run = int(self.heard())

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def holding(folder: Path) -> Iterator[Holder]:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Holder(process)
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store("sqlite:///cshub.db", folder=tmp_path)
    yield store
    store.close()


def pins(store: Store) -> set[object]:
    with store.db.read() as reader:
        return {name for (name,) in reader.all("select connection from org_pin")}


def test_f16_a_paused_holder_that_was_overtaken_commits_nothing_20_times_of_20(store: Store, tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        for number in range(20):
            holder.tell(f"old {number}")
            assert holder.heard() == "held"
            holder.process.send_signal(signal.SIGSTOP)
            with store.leases.take("work", takeover=True) as lease, store.db.transaction(lease) as transaction:
                transaction.many(PIN, [(f"new {number}",)])
            holder.process.send_signal(signal.SIGCONT)
            holder.tell("write")
            assert holder.heard() == "lost"
    assert pins(store) == {f"new {number}" for number in range(20)}


def test_a_holder_in_another_process_is_waited_for_and_named(store: Store, tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        holder.tell("one")
        assert holder.heard() == "held"
        with pytest.raises(LeaseHeld, match=f"process {holder.process.pid} on"):
            store.leases.take("work", wait_s=1, clock=ManualClock()).__enter__()
        holder.tell("write")
        assert holder.heard() == "committed"


def test_a_lease_dies_with_its_process(store: Store, tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        holder.tell("one")
        assert holder.heard() == "held"
        holder.process.kill()
        holder.process.wait()
        with store.leases.take("work", wait_s=0) as lease:
            assert lease.token == 2


def test_a_run_whose_process_died_is_found_dead_once(store: Store, tmp_path: Path) -> None:
    with holding(tmp_path) as holder:
        assert store.runs.bury_dead(now=NOW) == []
        holder.process.kill()
        holder.process.wait()
    assert store.runs.bury_dead(now=NOW) == [holder.run]
    record = store.runs.get(holder.run)
    assert record is not None
    assert (record.state, record.finished_at, store.runs.bury_dead(now=NOW)) == ("died", NOW, [])


def test_several_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    code = "import sys; from cshub.store import open_store; sys.stdin.read(); open_store('sqlite:///a.db', folder=sys.argv[1])"
    command = [sys.executable, "-c", code, str(tmp_path)]
    processes = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0)] * 4
