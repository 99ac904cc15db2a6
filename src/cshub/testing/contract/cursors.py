"""Rules about cursors: any page is a place to go on from, and what was read is not read again."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

from ...connector import Incremental, Page, Stream
from ...store.landing import CURSOR_BYTES
from .trial import Rows, Trial, rows_of, shown

#: A second reading may give rows again, as long as this share of them is left alone.
MOST_READ_AGAIN = 0.5


def a_reading_gives_a_page(trial: Trial) -> None:
    """Even a reading that finds nothing gives a page, so that its cursor is saved."""
    for stream in trial.streams:
        first = trial.read(stream)
        assert first, f"{stream.name}: the first reading gave no page"
        assert trial.read(stream, first[-1].cursor), f"{stream.name}: a reading that finds nothing gave no page"


def cursors_are_small(trial: Trial) -> None:
    """A cursor is some bytes, 64 KiB at most."""
    for stream in trial.streams:
        for page in trial.read(stream):
            assert isinstance(page.cursor, bytes), f"{stream.name}: a cursor is a {type(page.cursor).__name__}"
            size = len(page.cursor)
            assert size <= CURSOR_BYTES, f"{stream.name}: a cursor of {size} bytes; {CURSOR_BYTES} are allowed"


def every_page_can_be_resumed(trial: Trial) -> None:
    """A reading cut short after any page goes on with a new connection and ends with the same rows."""
    for stream in trial.streams:
        pages = trial.read(stream)
        whole = rows_of(stream, pages)
        for done in range(1, len(pages)):
            resumed = rows_of(stream, [*pages[:done], *trial.read(stream, pages[done - 1].cursor)])
            _same(stream, whole, resumed, f"gone on after page {done} of {len(pages)}")


def a_second_reading_changes_nothing(trial: Trial) -> None:
    """When nothing changed, the next reading gives no new or different row and says nothing is gone."""
    for stream in trial.streams:
        first = trial.read(stream)
        known = rows_of(stream, first)
        trial.settle()
        again = trial.read(stream, first[-1].cursor)
        different = [id for id, row in rows_of(stream, again).items() if known.get(id) != row]
        assert not different, (
            f"{stream.name}: nothing changed, yet the next reading gives another row for {different[0]}"
        )
        assert not _tombstones(again), (
            f"{stream.name}: nothing changed, yet the next reading says {_tombstones(again)[0]} is gone"
        )


def a_time_cursor_leaves_the_rest_alone(trial: Trial) -> None:
    """An incremental stream does not read everything at every run."""
    for stream in trial.streams:
        first = trial.read(stream)
        known = rows_of(stream, first)
        trial.settle()
        second = trial.read(stream, first[-1].cursor)
        trial.settle()
        third = trial.read(stream, second[-1].cursor)
        if isinstance(stream, Incremental) and known:
            again = len(rows_of(stream, third)) / len(known)
            assert again <= MOST_READ_AGAIN, f"{stream.name}: the next reading gives {again:.0%} of all rows again"


def an_edit_arrives(trial: Trial) -> None:
    """What a person changes, and a record a person makes, is in the next reading."""
    for stream, column in trial.editable():
        first = trial.read(stream)
        id = next(iter(rows_of(stream, first)))
        trial.clock.advance(60)
        trial.world.edit(stream.name, id, "Changed by a person")
        made = trial.world.add(stream.name, "Made by a person")
        trial.settle()
        pages = trial.read(stream, first[-1].cursor)
        assert shown(stream, pages, id, column) == "Changed by a person", f"{stream.name}: a change did not arrive"
        assert shown(stream, pages, made, column) == "Made by a person", f"{stream.name}: a new record did not arrive"


def a_position_that_is_none_is_refused(trial: Trial) -> None:
    """A cursor that cannot be read is an error: a guessed position loses rows."""
    for stream in trial.streams:
        try:
            trial.read(stream, b"\xff no cursor of ours")
        except Exception:  # noqa: BLE001 - whatever the connector's parser raises is a refusal
            continue
        raise AssertionError(f"{stream.name}: a cursor that is none was taken for one")


def a_reading_may_be_closed_early(trial: Trial) -> None:
    """Whoever reads may stop after any page; the connection goes on working."""
    for stream in trial.streams:
        source = trial.source()
        pages = source.pull(stream, None, trial.clock.now())
        first = next(pages)
        if isinstance(pages, Generator):
            pages.close()
        whole = rows_of(stream, trial.read(stream))
        rest = rows_of(stream, [first, *trial.read(stream, first.cursor, source=source)])
        _same(stream, whole, rest, "gone on with the same connection after closing it early")


def streams_may_be_read_side_by_side(trial: Trial) -> None:
    """One connection reads all its streams at once, each in a thread, and gives what it gives one by one."""
    alone = {stream.name: rows_of(stream, trial.read(stream)) for stream in trial.streams}
    source = trial.source()
    with ThreadPoolExecutor(max_workers=max(2, len(trial.streams))) as pool:
        twice = [*trial.streams, *trial.streams]
        readings = pool.map(lambda stream: trial.read(stream, source=source), twice)
        for stream, pages in zip(twice, readings, strict=True):
            _same(stream, alone[stream.name], rows_of(stream, pages), "read beside others")


def _same(stream: Stream, whole: Rows, found: Rows, how: str) -> None:
    missing = whole.keys() - found.keys()
    assert not missing, f"{stream.name}: {how}, {len(missing)} of {len(whole)} rows are missing ({min(missing)} is one)"
    other = [id for id, row in found.items() if whole.get(id) != row]
    assert not other, f"{stream.name}: {how}, the row {other[0]} is another"


def _tombstones(pages: list[Page]) -> list[str]:
    return [id for page in pages for id in page.tombstones]


RULES = (
    a_reading_gives_a_page,
    cursors_are_small,
    every_page_can_be_resumed,
    a_second_reading_changes_nothing,
    a_time_cursor_leaves_the_rest_alone,
    an_edit_arrives,
    a_position_that_is_none_is_refused,
    a_reading_may_be_closed_early,
    streams_may_be_read_side_by_side,
)
