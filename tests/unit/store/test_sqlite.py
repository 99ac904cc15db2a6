from __future__ import annotations

import re
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.errors import ConfigError, StoreBusy, StoreError
from cshub.store import Store, open_store
from cshub.store.faults import translate
from cshub.store.migrate import FOLDER, migrate
from cshub.store.upgrade import split

PIN = "insert into org_pin (connection, org, account, pinned_at) values (?, ?, 'a', 1)"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store("sqlite:///cshub.db", folder=tmp_path, busy_timeout_s=0.1)
    yield store
    store.close()


@pytest.mark.parametrize("url", ["cshub.db", "sqlite://cshub.db", "sqlite:///", "mysql://x", ""])
def test_an_address_nobody_knows_is_a_mistake_in_the_configuration(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="write sqlite:///cshub"):
        open_store(url, folder=tmp_path)


def test_a_relative_path_starts_at_the_folder_and_its_folders_are_made(tmp_path: Path) -> None:
    open_store("sqlite:///data/deep/cshub.db", folder=tmp_path).close()
    assert (tmp_path / "data/deep/cshub.db").is_file()


def test_an_absolute_path_is_taken_as_it_is(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path}/here.db", folder="/nowhere").close()
    assert (tmp_path / "here.db").is_file()


def test_a_name_with_odd_characters_is_only_a_name(tmp_path: Path) -> None:
    open_store("sqlite:///a b?mode=memory#%41.db", folder=tmp_path).close()
    assert [path.name for path in tmp_path.glob("*.db")] == ["a b?mode=memory#%41.db"]


def test_s17_every_file_is_the_owners_alone(tmp_path: Path) -> None:
    store = open_store("sqlite:///made/cshub.db", folder=tmp_path)
    with store.leases.take("x"), store.db.transaction() as transaction:
        transaction.many(PIN, [("crm", "o")])
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "made").rglob("*")}
    store.close()
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700
    assert {"cshub.db", "cshub.db-wal", "cshub.db-shm", "x.lock"} <= modes.keys()
    assert {name for name, mode in modes.items() if mode & 0o077} == set()


def test_commits_are_on_disk_in_a_write_ahead_log(store: Store) -> None:
    with store.db.transaction() as transaction:
        settings = [transaction.one(f"pragma {name}") for name in ("journal_mode", "synchronous")]
    assert settings == [("wal",), (2,)]


def test_the_store_is_clean_after_use(store: Store) -> None:
    with store.db.transaction() as transaction:
        transaction.many(PIN, [("crm", "o")])
    with store.db.read() as reader:
        assert reader.all("pragma integrity_check") == [("ok",)]


def test_the_observer_hears_of_everything_before_it_happens(tmp_path: Path) -> None:
    heard: list[str] = []
    store = open_store("sqlite:///cshub.db", folder=tmp_path, observer=heard.append)
    del heard[:]
    with store.db.transaction() as transaction:
        transaction.many(PIN, [("crm", "o")])
    with store.db.read() as reader:
        reader.all("select 1")
    store.close()
    assert heard == ["begin immediate", PIN, "commit", "select 1"]


def test_an_observer_that_raises_leaves_nothing_behind(tmp_path: Path) -> None:
    def stumble(statement: str) -> None:
        if statement == "commit" and store is not None:
            raise KeyboardInterrupt

    store: Store | None = None
    store = open_store("sqlite:///cshub.db", folder=tmp_path, observer=stumble)
    with pytest.raises(KeyboardInterrupt), store.db.transaction() as transaction:
        transaction.many(PIN, [("crm", "o")])
    with store.db.read() as reader:
        assert reader.all("select * from org_pin") == []
    store.close()


def test_f15_a_store_locked_by_another_process_is_busy_and_says_what_to_do(store: Store, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "cshub.db", isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreBusy) as busy, store.db.transaction():
        pass
    other.close()
    assert busy.value.exit_code == 1
    assert re.search(r"cshub\.db: another process kept the store locked.*wait", str(busy.value))
    with store.db.transaction() as transaction:
        assert transaction.next_seq() == 1


def test_f14_a_full_disk_is_said_and_everything_committed_stays(store: Store) -> None:
    with store.db.transaction() as transaction:
        transaction.many(PIN, [("crm", "o")])
        pages = transaction.one("pragma page_count")
    assert pages is not None
    with store.db.transaction() as transaction:
        transaction.one(f"pragma max_page_count = {pages[0]}")
    with pytest.raises(StoreError, match=r"the disk is full.*free some space"), store.db.transaction() as transaction:
        transaction.many(PIN, [(str(number), "x" * 4000) for number in range(100)])
    with store.db.read() as reader:
        assert reader.all("select connection from org_pin") == [("crm",)]


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello " * 1000)
    with pytest.raises(StoreError, match=r"notes\.txt: this file is not a cshub store"):
        open_store("sqlite:///notes.txt", folder=tmp_path)


def test_a_folder_in_place_of_the_file_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "cshub.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        open_store("sqlite:///cshub.db", folder=tmp_path)


def test_a_mistake_in_a_statement_stays_what_it_is(store: Store) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), store.db.read() as reader:
        reader.all("select * from nowhere")


def test_an_unknown_failure_is_not_translated() -> None:
    assert translate(sqlite3.OperationalError("odd"), Path("x")) is None


def test_opening_again_changes_nothing(store: Store, tmp_path: Path) -> None:
    heard: list[str] = []
    open_store("sqlite:///cshub.db", folder=tmp_path, observer=heard.append).close()
    assert heard == []


def older(folder: Path) -> Path:
    """A folder of migrations that lacks the last one."""
    made = folder / "older"
    made.mkdir()
    for path in sorted(FOLDER.glob("*.sql"))[:-1]:
        (made / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return made


def old_store(folder: Path) -> Path:
    path = folder / "old.db"
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, path, lambda statement: None, older(folder))
    connection.execute(PIN, ("crm", "o"))
    connection.close()
    return path


def tables(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    found = {name for (name,) in connection.execute("select name from sqlite_schema where type in ('table', 'view')")}
    connection.close()
    return found


def test_an_older_store_is_brought_up_to_date_and_keeps_its_rows(tmp_path: Path) -> None:
    store = open_store("sqlite:///old.db", folder=old_store(tmp_path).parent)
    with store.db.read() as reader:
        assert reader.all("select connection from org_pin") == [("crm",)]
        assert reader.all("select * from run") == []
    store.close()


def test_an_older_store_is_backed_up_before_it_is_changed(tmp_path: Path) -> None:
    path = old_store(tmp_path)
    open_store("sqlite:///old.db", folder=tmp_path).close()
    (backup,) = tmp_path.glob("old.db.before-*")
    assert backup.name == f"old.db.before-{max(FOLDER.glob('*.sql')).name[:4]}"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert tables(path) - tables(backup) >= {"score_detail"}
    assert "org_pin" in tables(backup)


def test_a_new_store_needs_no_backup(store: Store, tmp_path: Path) -> None:
    assert list(tmp_path.glob("*before*")) == []


def stops_after(steps: int, folder: Path) -> bool:
    """Open the old store and stop after so many statements; False when it was open by then."""
    left = iter(range(steps))

    def observe(statement: str) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt

    try:
        open_store("sqlite:///old.db", folder=folder, observer=observe).close()
    except KeyboardInterrupt:
        return True
    return False


def test_f22_a_migration_that_is_cut_off_at_any_statement_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = old_store(tmp_path)
    before = tables(path)
    steps = 0
    while stops_after(steps, tmp_path):
        assert tables(path) == before
        steps += 1
    assert steps > 5
    assert tables(path) > before


def test_a_newer_store_is_refused_politely(store: Store, tmp_path: Path) -> None:
    with store.db.transaction() as transaction:
        transaction.run(
            "insert into _sqlite_migrations (migration_set, name, applied_at) values ('cshub', '9999_later', 'then')"
        )
    with pytest.raises(StoreError, match=r"made by a newer cshub.*9999_later.*upgrade cshub"):
        open_store("sqlite:///cshub.db", folder=tmp_path)


def test_a_script_is_split_into_statements_with_triggers_in_one_piece() -> None:
    script = "-- first\ncreate table a (x);\ncreate trigger t after insert on a\nbegin\n  delete from a;\nend;\n"
    assert [piece.splitlines()[-1] for piece in split(script)] == ["create table a (x);", "end;"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_every_migration_ends_with_a_whole_statement(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert sqlite3.complete_statement(list(split(text))[-1])
    assert "".join(split(text)).count(";") == text.count(";")
