"""Rules about what is gone: said only by the vendor, by a complete snapshot, or by a complete list of ids."""

from __future__ import annotations

from ...connector import Incremental, Snapshot, Source, Stream, Sweeping
from .trial import Trial, gone_in, rows_of

#: Longer than the pause after which connectors look for what was deleted.
LATER_S = 30 * 3600.0


def nothing_living_is_said_gone(trial: Trial) -> None:
    """No reading says of a record that is there that it is gone."""
    for stream in trial.streams:
        first = trial.read(stream)
        trial.settle()
        pages = [*first, *trial.read(stream, first[-1].cursor)]
        wrong = gone_in(pages) & rows_of(stream, trial.read(stream)).keys()
        assert not wrong, f"{stream.name}: the record {min(wrong)} is there, but a reading says it is gone"


def a_removal_is_told(trial: Trial) -> None:
    """What a person deletes is gone: by a tombstone, by its absence from a snapshot, or from the list of ids."""
    for stream, _ in trial.editable():
        first = trial.read(stream)
        id = next(iter(rows_of(stream, first)))
        trial.clock.advance(60)
        trial.world.remove(stream.name, id)
        trial.clock.advance(LATER_S)
        pages = trial.read(stream, first[-1].cursor)
        assert id in gone_in(pages) or _is_absent(trial, stream, id), (
            f"{stream.name}: {id} was deleted and nothing tells"
        )


def a_sweep_lists_every_living_id(trial: Trial) -> None:
    """The list of ids holds exactly the living records, and goes on after any part of it."""
    for stream in trial.streams:
        if not (isinstance(stream, Incremental) and stream.sweeps):
            continue
        living = set(rows_of(stream, trial.read(stream)))
        source = _sweeping(trial, stream)
        parts = list(source.ids(stream, None))
        found = [id for ids, _ in parts for id in ids]
        assert living == set(found), f"{stream.name}: the sweep lists other ids than a full reading does"
        for done in range(1, len(parts)):
            rest = [id for ids, _ in source.ids(stream, parts[done - 1][1]) for id in ids]
            gone_on = {id for ids, _ in parts[:done] for id in ids} | set(rest)
            assert gone_on == living, f"{stream.name}: the sweep, gone on after part {done}, lists other ids"


def _is_absent(trial: Trial, stream: Stream, id: str) -> bool:
    """Whether a complete snapshot or sweep lacks the id; an incremental reading's silence tells nothing."""
    if isinstance(stream, Snapshot):
        return id not in rows_of(stream, trial.read(stream))
    if not stream.sweeps:
        return False
    return all(id not in ids for ids, _ in _sweeping(trial, stream).ids(stream, None))


def _sweeping(trial: Trial, stream: Stream) -> Sweeping:
    source: Source = trial.source()
    assert isinstance(source, Sweeping), f"{stream.name} says it can be swept, but the source has no ids()"
    return source


RULES = (nothing_living_is_said_gone, a_removal_is_told, a_sweep_lists_every_living_id)
