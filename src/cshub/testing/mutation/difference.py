"""Whether a store holds what its vendor holds: nothing missing, nothing extra, nothing old, merges followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...connector import Stream
from ...store import Reader
from ..sandbox import Sandbox
from .declared import Changing
from .hands import Hands


def differences(
    reader: Reader, connection: str, stream: Stream, changing: Changing, sandbox: Sandbox[Any], hands: Hands
) -> Iterator[str]:
    """What is wrong with the rows of one stream, one sentence each."""
    if changing.truth is None:
        return
    wanted = {id: row for record in sandbox.vendor.dump(changing.object) for id, row in changing.truth(record)}
    columns = sorted({name for row in wanted.values() for name in row})
    stored = _stored(reader, connection, stream, columns)
    for id, row in wanted.items():
        yield from _wrong(f"{stream.name} {id}", row, stored.get(id))
    yield from (f"{stream.name} {id} is stored and no longer there" for id in sorted(stored.keys() - wanted.keys()))
    yield from _unfollowed(reader, connection, stream, changing, hands)


def _wrong(name: str, wanted: Mapping[str, object], stored: Mapping[str, object] | None) -> Iterator[str]:
    if stored is None:
        yield f"{name} is not stored"
        return
    for column, value in wanted.items():
        if stored[column] != value:
            yield f"{name}.{column} is {stored[column]!r}, not {value!r}"


def _unfollowed(reader: Reader, connection: str, stream: Stream, changing: Changing, hands: Hands) -> Iterator[str]:
    """Merges of which the store knows nothing, or something else. Where the survivor is gone as well, nobody can know.

    A stream whose object knows no merge (links, say, that are shown out of contacts) need not follow those of another.
    """
    if "merge" not in changing.verbs:
        return
    place = {"connection": connection, "kind": stream.kind.name}
    sql = "select gone, survivor from merge where connection = :connection and kind = :kind"
    known = {str(gone): str(survivor) for gone, survivor in reader.all(sql, place)}
    living = set(hands.living[changing.object])
    for gone in hands.merged[changing.object]:
        survivor = hands.survivor(changing.object, gone)
        if survivor in living and known.get(gone) != survivor:
            yield f"{stream.name} {gone} became {survivor}; the store has {known.get(gone)}"


def _stored(reader: Reader, connection: str, stream: Stream, columns: list[str]) -> dict[str, Mapping[str, object]]:
    names = ", ".join(["id", *columns])
    sql = f"select {names} from {stream.kind.name} where connection = :connection and stream = :stream and deleted = 0"  # noqa: S608 - the names are those of the kind's own table and columns
    found = reader.all(sql, {"connection": connection, "stream": stream.name})
    return {str(id): dict(zip(columns, values, strict=True)) for id, *values in found}
