"""`kill -9` at every statement of a pull: whatever was there before, the next pull ends with each record exactly once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import itertools, os, signal, sys
from cshub.connector import Page
from cshub.store import open_store
from tests.unit.stages.pull.world import CONTACTS, PEOPLE, Vendor, World, listing, rows

FOLDER = sys.argv[1]


def world(name, observer=None):
    made = World(open_store(f"sqlite:///{name}.db", folder=FOLDER, observer=observer))
    made.vendor.lists = {"contacts": listing(["1", "2"], ["2", "3"], ["4"]), "people": listing(["5"], ["6"])}
    return made


def die_at(step):
    left = itertools.count(step, -1)

    def observe(statement):
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return observe


def check(name, after):
    made = world(name)
    with made.store.db.read() as reader:
        assert reader.all("pragma integrity_check") == [("ok",)]
        stored = {str(id) for (id,) in reader.all("select id from contact")}
        runs = {run for (run,) in reader.all("select run from contact")}
        assert runs <= {run for (run,) in reader.all("select id from run")}
    pages = (set("12"), set("23"), set("4"))
    for page in pages[: int(made.cursor() or 0)]:
        assert page <= stored, (after, stored)
    made.store.runs.bury_dead(now=made.clock.now())
    reports = made.pull(CONTACTS, PEOPLE)
    assert [report.state for report in reports if report.state != "ok"] == [], (after, reports)
    assert made.alive() == list("123456"), (after, made.alive())
    last = made.pull(CONTACTS, PEOPLE, regardless=True)
    assert sum(report.new + report.changed + report.deleted for report in last) == 0, (after, last)
    for run in made.store.runs.list():
        for report in made.store.streams.report(run.id):
            parts = report.new + report.changed + report.unchanged + report.deleted + report.rejected
            assert report.extracted == parts
    made.store.close()


for step in range(0, 10_000, int(sys.argv[2])):
    child = os.fork()
    if child == 0:
        world(f"step{step}", die_at(step)).pull(CONTACTS, PEOPLE)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    check(f"step{step}", step)
    if status == 0:
        print(step)
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
"""


def test_f2_a_pull_killed_at_any_statement_converges(tmp_path: Path) -> None:
    every = 9
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), str(every)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 100
