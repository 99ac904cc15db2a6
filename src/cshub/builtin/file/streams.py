"""The one stream of a connection to files."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cshub import Incremental, Snapshot, Stream

from .settings import FileSettings

#: Rises when the same line makes another row than before.
VERSION = 1


def streams(settings: FileSettings) -> Sequence[Stream]:
    """One list, named for what its rows are (`events`)."""
    make = Snapshot if settings.mode == "replace" else Incremental
    read = settings.model_dump(mode="json", exclude={"columns"})
    columns = {name: given.model_dump(mode="json") for name, given in settings.sources.items()}
    shape = json.dumps({"version": VERSION, "columns": columns, **read}, sort_keys=True)
    kind = settings.row_kind
    filled = frozenset(settings.sources).intersection(kind.names)
    return [make(name=f"{settings.kind}s", kind=kind, shape=shape, extras=settings.extras, columns=filled)]
