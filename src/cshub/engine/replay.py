"""Scoring again what was known at an instant, with any scorecard, and keeping nothing: the stage itself, on a store as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..config import Config
from ..stages.score import Scoring, Tally, score
from ..store import Cut, Lease, Store, Stray
from ..store.replay import LOOKING_BACK, replayed
from .hub import Hub
from .settings import scoring

#: Nobody else sees a replay, so nobody has to be kept out of it.
_ALONE = Lease(name="replay", token=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a replay is about: the instant of the scores, and what was known then (`cut`; None: all that is known now).

    `fresh` scores as if nobody had a score before, so bands have no memory; `only_past` leaves out facts dated after `as_of`;
    `strays` are rows put beside the stored ones first.
    """

    as_of: datetime
    cut: Cut | None = None
    fresh: bool = False
    only_past: bool = False
    strays: Sequence[Stray] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A store as it was, scored. `store` lives as long as the replay's block."""

    store: Store
    tally: Tally


@contextmanager
def replay(
    hub: Hub,
    config: Config,
    moment: Moment,
    *,
    customers: Sequence[str] | None = None,
    prepare: Callable[[Store], None] = lambda store: None,
) -> Iterator[Replay]:
    """Score everybody, or `customers`, by the scorecards of `config` on the store of `hub` as it was; `prepare` may change it first.

    The same facts, `as_of` and scorecard give the score that was stored then, to the last byte. As many statements as there are
    tables and kinds, however many customers; memory stays flat. Nothing reaches the store.
    """
    wanted = scoring(config)
    past = replayed(
        hub.store,
        moment.cut,
        as_of=moment.as_of,
        fresh=moment.fresh,
        only_past=moment.only_past,
        strays=moment.strays,
        looking_back=max(LOOKING_BACK, config.outputs.trend.span + timedelta(days=1)),
    )
    with past as then:
        prepare(then)
        tally = _score(hub, config, wanted, then, moment, customers) if wanted is not None else Tally()
        yield Replay(store=then, tally=tally)


def _score(
    hub: Hub, config: Config, wanted: Scoring, then: Store, moment: Moment, customers: Sequence[str] | None
) -> Tally:
    return score(
        then,
        config.registry,
        wanted,
        run=0,
        as_of=moment.as_of,
        lease=_ALONE,
        customers=customers,
        everybody=True,
        stopping=hub.surroundings.stopping,
    )
