"""The stage itself: choose who is due, score them batch by batch, keep what differs, remember how far it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...config import ConfiguredMetric
from ...model import SavedScore, Scorecard, Scored, Type
from ...plugins import Registry
from ...scoring.adjust import Owned, finish
from ...store import Lease, Store
from ...store.scores import Feed
from .readings import Due, Questions, kinds_of, read
from .save import Frame, same, saved, signals

#: A source that has failed for longer is named on every score that needs it.
STALE_AFTER = timedelta(days=1)
#: Scores kept in one transaction.
SAVE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What is scored and by what: the scorecard and the configured metrics; `extras` are declared extra fields by kind.

    `connections` is the order in which sources are asked for a value that several of them have.
    """

    card: Scorecard
    metrics: Mapping[str, ConfiguredMetric]
    connections: Sequence[str]
    extras: Mapping[str, Mapping[str, Type]]

    def used(self) -> dict[str, ConfiguredMetric]:
        """The metrics that the scorecard's signals name."""
        return {signal.metric: self.metrics[signal.metric] for signal in signals(self.card.root)}


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the stage did. `errors` are sentences about plugins that failed; the scores they would have changed stand as they were."""

    due: int = 0
    scored: int = 0
    saved: int = 0
    kept: int = 0
    errors: list[str] = field(default_factory=list)


def score(
    store: Store,
    registry: Registry,
    scoring: Scoring,
    *,
    run: int,
    as_of: datetime,
    lease: Lease,
    customers: Sequence[str] | None = None,
    everybody: bool = False,
) -> Tally:
    """Score the customers that are due at `as_of` and keep the scores that differ.

    The same facts, `as_of` and scorecard give the same scores. `customers` narrows the work and leaves the watermark alone.
    Raises LeaseLost, StoreError.
    """
    used = scoring.used()
    feeds = store.scores.feeds(sorted({kind for metric in used.values() for kind in kinds_of(metric)}))
    stale = tuple(_stale(feed) for feed in feeds if _is_stale(feed, as_of))
    scope = f"{scoring.card.name}:{','.join(stale)}"  # a source that goes down or comes back concerns everybody
    due = store.scores.choose_due(
        scope=scope,
        scorecard_hash=scoring.card.hash,
        as_of=as_of,
        lease=lease,
        everybody=everybody,
        customers=customers,
    )
    frame = Frame(card=scoring.card, as_of=as_of, data_as_of=_oldest(feeds), stale=stale)
    questions = Questions(
        metrics=used,
        held=_reading(used, [feed for feed in feeds if feed.failing_since is not None]),
        silent=_reading(used, [feed for feed in feeds if feed.last_ok_at is None]),
        connections=scoring.connections,
        extras=scoring.extras,
        as_of=as_of,
    )
    tally = Tally(due=due.count)
    if due.count:
        _score_due(store, registry, frame, questions, tally, run=run, lease=lease)
    if customers is None:
        store.scores.finish(scope, due.seq, scoring.card, as_of, lease=lease)
    return tally


def _score_due(
    store: Store, registry: Registry, frame: Frame, questions: Questions, tally: Tally, *, run: int, lease: Lease
) -> None:
    changed: list[SavedScore] = []
    held: list[SavedScore] = []
    with store.db.read() as reader:
        for batch in read(store.scores, reader, registry, questions):
            for due, scored in zip(batch, _score_batch(registry, frame.card, batch, tally), strict=True):
                if scored is None:  # the model failed: the last score stands
                    continue
                after = saved(frame, due, scored)
                (held if same(due.before, after) else changed).append(after)
                tally.scored += 1
            if len(changed) + len(held) >= SAVE:
                _keep(store, changed, held, tally, run=run, lease=lease)
    _keep(store, changed, held, tally, run=run, lease=lease)


def _keep(
    store: Store, changed: list[SavedScore], held: list[SavedScore], tally: Tally, *, run: int, lease: Lease
) -> None:
    store.scores.save(changed, held, run=run, lease=lease)
    tally.saved += len(changed)
    tally.kept += len(held)
    changed.clear()
    held.clear()


def _score_batch(registry: Registry, card: Scorecard, batch: Sequence[Due], tally: Tally) -> list[Scored | None]:
    scored, failures = registry.score(card, [(due.customer, due.readings) for due in batch])
    adjustments, failed = registry.adjust([one for one in scored if one is not None])
    tally.errors += [str(failure) for failure in (*failures, *failed)]
    wanted: dict[str, list[Owned]] = {}
    for owner, found in adjustments:
        for adjustment in found:
            wanted.setdefault(adjustment.customer, []).append((owner.name, adjustment))
    return [None if one is None else finish(card, one, wanted.get(one.customer, ())) for one in scored]


def _reading(metrics: Mapping[str, ConfiguredMetric], feeds: Sequence[Feed]) -> frozenset[str]:
    """The metrics that read a kind one of these streams feeds."""
    kinds = {feed.kind for feed in feeds}
    return frozenset(name for name, metric in metrics.items() if kinds_of(metric) & kinds)


def _is_stale(feed: Feed, as_of: datetime) -> bool:
    return feed.failing_since is not None and as_of - feed.failing_since >= STALE_AFTER


def _stale(feed: Feed) -> str:
    since = feed.last_ok_at or feed.failing_since
    return f"{feed.name} since {since:%Y-%m-%d}" if since else feed.name


def _oldest(feeds: Sequence[Feed]) -> datetime | None:
    return min((feed.last_ok_at for feed in feeds if feed.last_ok_at is not None), default=None)
