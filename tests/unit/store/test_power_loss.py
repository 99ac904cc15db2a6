"""F3: the write-ahead log cut off at any byte. What is left is some committed state, whole, with its cursor."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from cshub.connector import Page
from cshub.store import Store, intake, open_store
from tests.contract.store.world import CONTACTS, NOW, contact

COMMITS = 20
CUTS = 60


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A store with two contacts per commit, as it lies on the disk before anything is moved out of the log."""
    store = open_store("sqlite:///cshub.db", folder=tmp_path)
    land(store)
    made = tmp_path / "disk"
    made.mkdir()
    for name in ("cshub.db", "cshub.db-wal"):
        shutil.copy(tmp_path / name, made / name)
    store.close()
    return made


def land(store: Store) -> None:
    run = store.runs.open("pull", as_of=NOW, now=NOW, version="1")
    with store.leases.take("pull") as lease:
        store.streams.begin(run, "crm", CONTACTS, lease, now=NOW)
        into = intake(run, "crm", CONTACTS, lease)
        for number in range(1, COMMITS + 1):
            rows = [contact(f"{number}{half}", None) for half in "ab"]
            store.landing.land(into, [Page(rows=rows, cursor=b"%d" % number)], now=NOW)


def commits(folder: Path) -> int:
    """How many commits the store knows of, after checking that it is one of its committed states."""
    store = open_store("sqlite:///cshub.db", folder=folder)
    with store.db.read() as reader:
        assert reader.all("pragma integrity_check") == [("ok",)]
        ids = {str(id) for (id,) in reader.all("select id from contact")}
    state = store.streams.state("crm", "contacts")
    store.close()
    known = int(state.cursor or 0) if state else 0
    assert ids == {f"{number}{half}" for number in range(1, known + 1) for half in "ab"}
    return known


def test_f3_whatever_is_left_of_the_log_is_a_committed_state(files: Path, tmp_path: Path) -> None:
    log = (files / "cshub.db-wal").read_bytes()
    places = sorted(random.Random(3).sample(range(len(log)), CUTS))
    found = []
    for place in (*places, len(log)):
        folder = tmp_path / f"cut{place}"
        folder.mkdir()
        shutil.copy(files / "cshub.db", folder)
        (folder / "cshub.db-wal").write_bytes(log[:place])
        found.append(commits(folder))
    assert found == sorted(found)
    assert (found[-1], len(set(found)) > COMMITS / 2) == (COMMITS, True)
