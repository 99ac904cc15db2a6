"""The leak test of a backtest: facts of a later day are put beside the stored ones at random, and no score may move."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..model import KINDS
from ..store import Store, Stray
from ..store.database import Cell
from ..store.leavers import templates
from ..store.past import columns_of
from ..store.replay import everybody
from .hub import Hub
from .replay import Moment, replay

#: Kinds whose rows are about an instant, and the column that says which.
_DATED = {"ticket": "opened_at", "response": "answered_at", "event": "at"}
_TEMPLATES = 300
#: Of each kind, so many later facts at most; as many again that are dated before but were read after.
MOST = 300
_AFTER = timedelta(days=90)
_EPOCH_MS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakCheck:
    """How many later facts were put beside the stored ones, and whose scores moved: any is a leak."""

    as_of: datetime
    injected: int
    moved: tuple[str, ...]


def check_leaks(
    hub: Hub, moment: Moment, *, seed: int, prepare: Callable[[Store], None] = lambda store: None
) -> LeakCheck:
    """Score a moment with and without later facts, drawn with `seed` out of stored rows."""
    strays = list(_strays(hub, moment, random.Random(seed)))
    with (
        replay(hub, hub.config, moment, prepare=prepare) as clean,
        replay(hub, hub.config, replace(moment, strays=strays), prepare=prepare) as mixed,
    ):
        pairs = zip(everybody(clean.store), everybody(mixed.store), strict=True)
        moved = tuple(one.customer for one, other in pairs if one != other)
    return LeakCheck(as_of=moment.as_of, injected=len(strays), moved=moved)


def _strays(hub: Hub, moment: Moment, chance: random.Random) -> Iterator[Stray]:
    """Rows like those there are, dated after the moment; where the day of reading counts, also such that were only read after it."""
    reads_count = moment.cut is not None and moment.cut.at is not None
    for kind, column in _DATED.items():
        found = templates(hub.store, kind, _TEMPLATES)
        for number in range(MOST if found else 0):
            yield _stray(chance, found, column, number, event=_later(chance, moment.as_of), read=moment.as_of)
            if reads_count:
                before = moment.as_of - _AFTER * chance.random()
                yield _stray(chance, found, column, -number - 1, event=before, read=_later(chance, moment.as_of))


def _stray(
    chance: random.Random, found: Sequence[Stray], column: str, number: int, *, event: datetime, read: datetime
) -> Stray:
    like, of = chance.choice(found), chance.choice(found).customer
    names = columns_of(KINDS[like.kind])
    changes: dict[str, Cell] = {
        "id": f"stray {number}",
        column: _ms(event),
        "changed_at": _ms(event),
        "observed_at": _ms(read),
        "run": 0,
        "seq": 0,
        "deleted": 0,
    }
    cells = tuple(changes.get(name, cell) for name, cell in zip(names, like.cells, strict=True))
    return Stray(kind=like.kind, cells=cells, customer=of)


def _later(chance: random.Random, at: datetime) -> datetime:
    return at + timedelta(hours=1) + _AFTER * chance.random()


def _ms(at: datetime) -> int:
    return int(at.timestamp() * _EPOCH_MS)
