"""`mode: replace`: a reading holds everything, goes on where it was cut short, and never takes a gap for an end."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub import StoreError, VendorTrouble
from cshub.builtin.file import CONNECTOR
from cshub.builtin.file.connector import Files
from cshub.builtin.file.whole import Ids, Place
from cshub.testing import context
from tests.unit.builtin.file_making import HEADER, UNTIL, ids, read, rejects, settings, write


def usage(count: int, start: int = 0) -> str:
    return "".join(f"C{number},logins,2026-03-01,{number}\n" for number in range(start, start + count))


def test_pages_hold_at_most_a_thousand_records(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(2_500))
    assert [len(page.rows) for page in read(tmp_path)] == [1000, 1000, 500]


def test_a_reading_goes_on_after_any_page_with_the_same_rows_and_rejects(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(1_500))
    write(tmp_path, "b.csv", usage(700, 1_400))
    pages = read(tmp_path)
    for done in range(1, len(pages)):
        rest = read(tmp_path, pages[done - 1].cursor)
        assert ids(pages[:done]) + ids(rest) == ids(pages)
        assert [*rejects(pages[:done]), *rejects(rest)] == rejects(pages)
    assert len(rejects(pages)) == 100


def test_a_finished_reading_begins_anew(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(10))
    pages = read(tmp_path)
    assert ids(read(tmp_path, pages[-1].cursor)) == ids(pages)


def test_a_place_saved_by_version_0_1_can_be_read() -> None:
    saved = b'{"files":"0f","passed":7,"done":false}'
    assert Place.load(saved, "files.usage") == Place(files="0f", passed=7)


def test_a_reading_of_files_that_changed_begins_anew(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(1_500))
    first = read(tmp_path)[0]
    write(tmp_path, "a.csv", usage(1_200), age_s=10)
    assert len(ids(read(tmp_path, first.cursor))) == 1_200


@pytest.mark.parametrize("text", ["", "C1,logins,never,1\n"], ids=["no line", "no line that can be read"])
def test_g3_files_without_a_row_do_not_make_everything_disappear(tmp_path: Path, text: str) -> None:
    write(tmp_path, "a.csv", text)
    with pytest.raises(VendorTrouble, match=r"in a\.csv.*all rows would be gone"):
        read(tmp_path)


def test_g3_a_file_written_to_while_it_is_read_is_no_complete_reading(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", usage(1_500))
    pages = reading(tmp_path)
    next(pages)
    path.write_text(HEADER + usage(3), encoding="utf-8")
    with pytest.raises(VendorTrouble, match="was written to while it was read"):
        list(pages)


def test_a_reading_may_be_closed_early(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(1_500))
    pages = reading(tmp_path)
    first = next(pages)
    pages.close()  # type: ignore[attr-defined]  # pages come from a generator
    assert len(first.rows) == 1_000


def test_a_position_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", usage(1))
    with pytest.raises(StoreError, match="cannot be read"):
        read(tmp_path, b'{"passed": "far"}')


def test_ids_are_told_apart_however_many_there_are() -> None:
    texts = [str(number) for number in random.Random(7).choices(range(20_000), k=30_000)]
    ids, known = Ids(), set[str]()
    for text in texts:
        assert ids.add(text) is (text not in known)
        known.add(text)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    write(tmp_path, "small.csv", usage(5_000))
    write(tmp_path, "large.csv", usage(50_000))
    peaks = [peak(tmp_path, name) for name in ("small.csv", "large.csv")]
    assert peaks[1] < peaks[0] + 2_500_000


def peak(folder: Path, name: str) -> int:
    tracemalloc.start()
    for _ in reading(folder, path=name):
        pass
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return highest


def reading(folder: Path, **changes: object) -> Iterator[object]:
    chosen = settings(**changes)
    (stream,) = CONNECTOR.streams(chosen)
    return Files(chosen, context(folder=str(folder))).pull(stream, None, UNTIL)
