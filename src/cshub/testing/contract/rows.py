"""Rules about rows: they fit the store, and what stands in a record arrives as it stands there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ...connector import Page
from ...model import Row, Type
from .trial import Trial, rejects_of, rows_of, shown

#: What people write into names; each has to arrive as it is.
TEXTS = (
    "Łódź – Ærøskøbing – Ἀθῆναι",
    "日本株式会社 한국어 ไทย",
    "שלום עולם / مرحبا بالعالم",
    "👩‍👩‍👧‍👦 🎉 🇵🇱",
    "zero\u200bwidth and \u202eturned",
    "quotes \" ' and \\ commas, ; tabs\tand <tags> & %20",
    "two\nlines",
    "null",
    "=1+1",
)


def rows_fit_their_kind(trial: Trial) -> None:
    """Each row has its kind's width, in each column a value of the column's type, and none in a column the stream says it does not fill."""
    for stream in trial.streams:
        pages = trial.read(stream)
        width = len(stream.kind.names) + 3
        for row in _rows(pages):
            assert isinstance(row, tuple), f"{stream.name}: a row is a {type(row).__name__}; make it with Kind.row"
            assert len(row) == width, f"{stream.name}: a row has {len(row)} values where {width} belong"
            filled = {name for name, value in zip(stream.kind.names, row[2:-1], strict=True) if value is not None}
            strange = filled - (stream.columns if stream.columns is not None else filled)
            assert not strange, f"{stream.name}: {sorted(strange)} are filled, and not among the columns it declares"
        rows_of(stream, pages)


def times_are_aware(trial: Trial) -> None:
    """Every time says in which zone it is."""
    for stream in trial.streams:
        places = {
            name: 2 + at for at, name in enumerate(stream.kind.names) if stream.kind.column(name).type is Type.TIME
        }
        extras = [name for name, type in stream.extras.items() if type is Type.TIME]
        for row in _rows(trial.read(stream)):
            times = {name: row[at] for name, at in {"changed_at": 1, **places}.items()}
            extra = row[-1] if isinstance(row[-1], dict) else {}
            for name, value in {**times, **{name: extra.get(name) for name in extras}}.items():
                assert value is None or isinstance(value, datetime), f"{stream.name}: {name} of {row[0]} is {value!r}"
                assert value is None or value.tzinfo, f"{stream.name}: {name} of {row[0]} has no zone"


def ids_are_stable(trial: Trial) -> None:
    """Reading the same twice gives the same ids and the same rows."""
    for stream in trial.streams:
        first, second = rows_of(stream, trial.read(stream)), rows_of(stream, trial.read(stream))
        assert first.keys() == second.keys(), f"{stream.name}: read twice, the same records have other ids"
        other = [id for id, row in first.items() if second[id] != row]
        assert not other, f"{stream.name}: read twice, the record {other[0]} gives another row although nothing changed"


def texts_arrive_as_they_are(trial: Trial) -> None:
    """Letters of any script, emoji, quotes and line ends come through unchanged."""
    for stream, column in trial.editable():
        made = {trial.world.add(stream.name, text): text for text in TEXTS}
        trial.settle()
        pages = trial.read(stream)
        for id, text in made.items():
            found = shown(stream, pages, id, column)
            assert found == text, f"{stream.name}: {text!r} arrived as {found!r}"


def an_empty_value_is_no_value(trial: Trial) -> None:
    """A record with an empty text, or none, gives a row without that value, and is no reject."""
    for stream, column in trial.editable():
        made = [trial.world.add(stream.name, ""), trial.world.add(stream.name, None)]
        trial.settle()
        pages = trial.read(stream)
        for id in made:
            found = shown(stream, pages, id, column)
            assert not found, f"{stream.name}: nothing arrived as {found!r}"


def a_malformed_record_is_rejected_alone(trial: Trial) -> None:
    """One record that cannot be understood becomes a reject with a reason; all others land."""
    for stream, _ in trial.editable():
        before = rows_of(stream, trial.read(stream))
        trial.world.spoil(stream.name)
        pages = trial.read(stream)
        rejects = rejects_of(pages)
        lost = before.keys() - rows_of(stream, pages).keys()
        assert len(rejects) == 1, f"{stream.name}: one malformed record gave {len(rejects)} rejects"
        assert rejects[0].reason.strip(), f"{stream.name}: the reject has no reason"
        assert len(lost) <= 1, f"{stream.name}: one malformed record took {len(lost) - 1} others with it"


def _rows(pages: list[Page]) -> Iterator[Row]:
    for page in pages:
        yield from page.rows


RULES = (
    rows_fit_their_kind,
    times_are_aware,
    ids_are_stable,
    texts_arrive_as_they_are,
    an_empty_value_is_no_value,
    a_malformed_record_is_rejected_alone,
)
