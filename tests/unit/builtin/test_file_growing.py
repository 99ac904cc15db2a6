"""`mode: append`: what was added is read once; a file that was rewritten is read again; nothing half-written is taken."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cshub import ConfigError, StoreError
from cshub.builtin.file.growing import MOST_FILES, QUIET_S
from tests.unit.builtin.file_making import HEADER, ids, read, rejects, rows, touch, write


def add(path: Path, text: str, *, age_s: float = 1800) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    touch(path, age_s=age_s)


def usage(count: int, start: int = 0) -> str:
    return "".join(f"C{number},logins,2026-03-01,{number}\n" for number in range(start, start + count))


def grown(folder: Path, cursor: bytes | None = None, **changes: object) -> tuple[list[str], bytes]:
    """The ids of a reading and the cursor after it."""
    pages = read(folder, cursor, **{"mode": "append", "key": "company", **changes})
    return ids(pages), pages[-1].cursor


def test_a_second_reading_gives_nothing(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(3))
    found, cursor = grown(tmp_path)
    assert found == ["C0", "C1", "C2"]
    assert grown(tmp_path, cursor) == ([], cursor)


def test_what_was_added_is_read_and_new_files_too(tmp_path: Path) -> None:
    path = write(tmp_path, "b.csv", usage(2))
    _, cursor = grown(tmp_path)
    add(path, "C8,logins,2026-03-02,1\n")
    write(tmp_path, "a.csv", "C9,logins,2026-03-02,1\n")
    assert grown(tmp_path, cursor)[0] == ["C9", "C8"]


def test_json_lines_grow_too(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"company": "C1"}\n')
    touch(path, age_s=3600)
    _, cursor = grown(tmp_path, path="*.jsonl")
    add(path, '{"company": "C2"}\n')
    assert grown(tmp_path, cursor, path="*.jsonl")[0] == ["C2"]


def test_a_rewritten_file_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(3))
    _, cursor = grown(tmp_path)
    write(tmp_path, "a.csv", usage(4, 10), age_s=1800)
    assert grown(tmp_path, cursor)[0] == ["C10", "C11", "C12", "C13"]


def test_a_file_cut_short_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(3))
    _, cursor = grown(tmp_path)
    write(tmp_path, "a.csv", usage(1), age_s=1800)
    assert grown(tmp_path, cursor)[0] == ["C0"]


def test_a_change_in_the_middle_is_found_although_the_size_is_the_same(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(3))
    _, cursor = grown(tmp_path)
    write(tmp_path, "a.csv", usage(3).replace("C1,", "C7,"), age_s=1800)
    assert grown(tmp_path, cursor)[0] == ["C0", "C7", "C2"]


def test_a_copy_with_the_same_beginning_goes_on(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(3))
    _, cursor = grown(tmp_path)
    (tmp_path / "a.csv").unlink()
    write(tmp_path, "a.csv", usage(4), age_s=1800)
    assert grown(tmp_path, cursor)[0] == ["C3"]


def test_another_header_means_reading_again(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(2))
    _, cursor = grown(tmp_path)
    (tmp_path / "a.csv").write_text("note," + HEADER + "x,C0,logins,2026-03-01,1\n")
    touch(tmp_path / "a.csv", age_s=1800)
    assert grown(tmp_path, cursor)[0] == ["C0"]


def test_the_last_line_waits_until_it_is_whole(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", usage(2) + "C2,logins,2026-03-01,1")
    now = datetime.now(UTC)
    touch(path, age_s=QUIET_S / 2)
    found, cursor = grown(tmp_path, until=now)
    assert found == ["C0", "C1"]
    add(path, "23\n", age_s=QUIET_S / 3)
    (page,) = read(tmp_path, cursor, mode="append", key="company", until=now)
    assert [(row[0], row[4]) for row in page.rows] == [("C2", 123)]


def test_a_last_line_without_an_end_is_taken_once_the_file_is_quiet(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "C0,logins,2026-03-01,1")
    touch(path, age_s=QUIET_S / 2)
    now = datetime.now(UTC)
    found, cursor = grown(tmp_path, until=now)
    assert found == []
    assert grown(tmp_path, cursor)[0] == ["C0"]


def test_a_line_taken_too_early_is_read_again_when_it_goes_on(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "C0,logins,2026-03-01,1")
    _, cursor = grown(tmp_path)
    add(path, "5\nC1,logins,2026-03-01,2\n")
    pages = read(tmp_path, cursor, mode="append", key="company")
    assert [(row[0], row[4]) for row in rows(pages)] == [("C0", 15), ("C1", 2)]


def test_a_line_end_added_later_is_no_line(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "C0,logins,2026-03-01,1")
    _, cursor = grown(tmp_path)
    add(path, "\nC1,logins,2026-03-01,x\n")
    pages = read(tmp_path, cursor, mode="append", key="company")
    assert ids(pages) == []
    assert "a.csv line 3" in rejects(pages)[0].reason


def test_the_same_key_again_is_a_newer_version_and_no_reject(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "C0,logins,2026-03-01,1\nC0,logins,2026-03-01,2\n")
    pages = read(tmp_path, mode="append")
    assert [row[4] for row in rows(pages)] == [1, 2]
    assert rejects(pages) == []


def test_a_reading_goes_on_after_any_page(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(1_500))
    write(tmp_path, "b.csv", usage(1_100, 5_000))
    pages = read(tmp_path, mode="append")
    assert [len(page.rows) for page in pages] == [1000, 1000, 600]
    for done in range(1, len(pages)):
        assert ids(pages[:done]) + ids(read(tmp_path, pages[done - 1].cursor, mode="append")) == ids(pages)


def test_line_numbers_count_from_the_beginning_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", usage(3))
    _, cursor = grown(tmp_path)
    add(path, "C9,logins,never,1\n")
    (reject,) = rejects(read(tmp_path, cursor, mode="append"))
    assert reject.reason.startswith("a.csv line 5: ")


def test_g1_files_that_are_gone_leave_the_cursor(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        write(tmp_path, name, usage(1))
    _, cursor = grown(tmp_path)
    (tmp_path / "a.csv").unlink()
    assert len(grown(tmp_path, cursor)[1]) < len(cursor)


def test_g1_the_cursor_fits_however_many_files_there_are(tmp_path: Path) -> None:
    for number in range(MOST_FILES):
        (tmp_path / f"{number}.csv").write_text(HEADER)
    assert len(grown(tmp_path)[1]) <= 64 * 1024
    (tmp_path / "more.csv").write_text(HEADER)
    with pytest.raises(ConfigError, match="2001 files are more than the 2000"):
        grown(tmp_path)


@pytest.mark.parametrize("cursor", [b"", b"nonsense", b"\x01short"])
def test_a_position_that_cannot_be_read_is_an_error(tmp_path: Path, cursor: bytes) -> None:
    write(tmp_path, "a.csv", usage(1))
    with pytest.raises(StoreError, match="cannot be read"):
        grown(tmp_path, cursor)
