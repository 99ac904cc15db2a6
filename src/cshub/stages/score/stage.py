"""The stage itself: choose who is due, score them batch by batch, keep what differs, remember how far it came."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...config import PULSE, ConfiguredMetric, Outputs, PlacementRules, Rollup
from ...errors import Interrupted
from ...model import FunctionMetric, Priority, SavedScore, Scorecard, Scored, Status, Type
from ...plugins import Registry
from ...scoring.adjust import Owned, finish
from ...scoring.needs import metrics_of, signals_of
from ...store import Lease, Store
from ...store.score_rows import Encoded, encode
from ...store.scores import Feed, Held
from ...store.segments import Reached, Stood
from .beside import Onlooker, own_fields, spoken
from .placing import Placing, questions
from .readings import Due, Questions, kinds_of, read
from .rollup import Waiting, children_of, levels, roll_up
from .save import Frame, frame, frozen, saved
from .troubles import Troubles

#: A source that has failed for longer is named on every score that needs it.
STALE_AFTER = timedelta(days=1)
#: Scores kept in one transaction.
SAVE = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """What is scored and by what: the scorecards and the configured metrics; `extras` are declared extra fields by kind.

    `card` is the default scorecard, `others` those that `rules` may choose instead; without rules everybody is scored with `card`.
    `connections` is the order in which sources are asked for a value that several of them have; `fields` says otherwise for fields of
    the account; `outputs` is what stands beside each score. `streams` names the streams of the
    configuration (`crm.tickets`): what is known of others says nothing about now. None: all that were ever read.
    """

    card: Scorecard
    metrics: Mapping[str, ConfiguredMetric]
    connections: Sequence[str]
    extras: Mapping[str, Mapping[str, Type]]
    streams: frozenset[str] | None = None
    fields: Mapping[str, Priority] = field(default_factory=dict)
    outputs: Outputs = field(default_factory=Outputs)
    others: tuple[Scorecard, ...] = ()
    rules: PlacementRules | None = None

    @property
    def cards(self) -> tuple[Scorecard, ...]:
        """Every scorecard, the default first."""
        return (self.card, *self.others)

    def used(self) -> dict[str, ConfiguredMetric]:
        """The metrics that a score of some scorecard, or what stands beside one, depends on."""
        return {name: metric for card in self.cards for name, metric in self.of(card).items()}

    def of(self, card: Scorecard) -> dict[str, ConfiguredMetric]:
        """The metrics that a score of one scorecard, and what stands beside it, depends on."""
        also = [name for name in (PULSE, *sorted(self.outputs.metrics)) if name in self.metrics]
        return {name: self.metrics[name] for name in (*metrics_of(card), *also)}

    def scope(self, stale: Sequence[str]) -> str:
        """Changes when everybody is to be looked at again: with the rules, a source that goes down or comes back, another order of sources."""
        rules = "" if self.rules is None else f":{hashlib.sha256(self.rules.text.encode()).hexdigest()[:12]}"
        names = ",".join(card.name for card in self.cards)
        return f"{names}{rules}:{'/'.join(self.connections)}:{','.join(stale)}"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the stage did. `errors` are sentences about plugins that failed; the scores they would have changed stand as they were."""

    due: int = 0
    scored: int = 0
    saved: int = 0
    kept: int = 0
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every batch of a run is scored with. `frames` are by scorecard; without `placing` everybody has the default one.

    `parents` are due customers with others below them, and whom each is below itself; `churned` are those that are no customers any
    more, where no `placing` says so.
    """

    store: Store
    registry: Registry
    frames: Mapping[str, Frame]
    placing: Placing | None
    as_of: datetime
    run: int
    lease: Lease
    tally: Tally
    troubles: Troubles = field(default_factory=Troubles)
    changed: list[Encoded] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    rollup: Rollup | None = None
    parents: Mapping[str, str | None] = field(default_factory=dict)
    churned: frozenset[str] = frozenset()
    waiting: list[Waiting] = field(default_factory=list)

    def keep(self) -> None:
        """Write down what has come together. Places come last: a customer that was due for its place alone is due until it is kept."""
        self._keep_scores()
        if self.placing is not None:
            self.placing.keep(self.store, run=self.run, lease=self.lease)

    def _keep_scores(self) -> None:
        if not self.changed and not self.held:
            return
        self.store.scores.save(self.changed, self.held, run=self.run, lease=self.lease)
        self.tally.saved += len(self.changed)
        self.tally.kept += len(self.held)
        self.changed.clear()
        self.held.clear()


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
    stopping: Callable[[], bool] = lambda: False,
) -> Tally:
    """Score the customers that are due at `as_of` and keep the scores that differ.

    The same facts, `as_of` and scorecards give the same scores. `customers` narrows the work and leaves the watermark alone.
    Raises LeaseLost, StoreError, and Interrupted when `stopping`; whoever was not reached is still due.
    """
    used = scoring.used()
    feeds = _feeds(store, scoring, used.values())
    scope = scoring.scope([_stale(feed) for feed in feeds if _is_stale(feed, as_of)])
    if scoring.rules is not None:
        store.segments.leave(run=run, as_of=as_of, lease=lease)
    due = store.scores.choose_due(
        scope=scope,
        cards=scoring.cards,
        as_of=as_of,
        lease=lease,
        everybody=everybody,
        customers=customers,
        parents=scoring.outputs.rollup is not None,
    )
    asked = _questions(scoring, used, feeds, as_of)
    desk = _Desk(
        store=store,
        registry=registry,
        frames={card.name: _frame(scoring, card, feeds, as_of) for card in scoring.cards},
        placing=_placing(scoring, asked),
        as_of=as_of,
        run=run,
        lease=lease,
        tally=Tally(due=due.count),
    )
    if due.count:
        desk = _looking(desk, scoring)
        _score_due(desk, asked, stopping)
        _roll_up(desk)
    if customers is None:
        store.scores.finish(scope, due.seq, as_of, lease=lease)
    return desk.tally


def _looking(desk: _Desk, scoring: Scoring) -> _Desk:
    """The desk with somebody who sees what stands beside the scores of those that are due."""
    fields, rule, words, parents = scoring.outputs.override, scoring.outputs.rollup, {}, {}
    with desk.store.db.read() as reader:
        if fields is not None:
            words = spoken(desk.store.scores.said(reader, fields.value, fields.reason, fields.until))
        churned = desk.store.scores.due_churned(reader) if desk.placing is None else frozenset()
        if rule is not None:
            parents = desk.store.scores.due_parents(reader)
    frames = {
        card.name: replace(desk.frames[card.name], onlooker=Onlooker(card, scoring.outputs, desk.as_of, words))
        for card in scoring.cards
    }
    return replace(desk, frames=frames, rollup=rule, parents=parents, churned=churned)


def _roll_up(desk: _Desk) -> None:
    """Score those with others below them, which have their scores by now."""
    if desk.rollup is None:
        return
    above = {customer: parent for customer, parent in desk.parents.items() if parent is not None}
    for group in levels(desk.waiting, above):
        children = children_of(desk.store, desk.rollup, group)
        for one in group:
            below, own = children.get(one.due.customer, []), desk.frames[one.scorecard]
            after = saved(own, one.due, roll_up(own.card, desk.rollup, one, below))
            _put(desk, one.due, replace(after, children=len(below)), again=one.again)
        desk.keep()


def _questions(
    scoring: Scoring, used: Mapping[str, ConfiguredMetric], feeds: Sequence[Feed], as_of: datetime
) -> Questions:
    more = questions(scoring.rules, scoring.metrics) if scoring.rules is not None else {}
    known = {**used, **{name: metric for name, metric in more.items() if name in scoring.metrics}}
    return Questions(
        metrics={**used, **more},
        own=own_fields(scoring.outputs),
        held=_reading(known, [feed for feed in feeds if feed.failing_since is not None]),
        silent=_reading(known, [feed for feed in feeds if feed.last_ok_at is None]),
        connections=scoring.connections,
        fields=scoring.fields,
        extras=scoring.extras,
        as_of=as_of,
        span=scoring.outputs.trend.span,
        last_for={
            one.metric: one.last_for
            for card in scoring.cards
            for one in signals_of(card.root)
            if one.last_for is not None
        },
    )


def _frame(scoring: Scoring, card: Scorecard, feeds: Sequence[Feed], as_of: datetime) -> Frame:
    """What is the same for every score of one card: of the sources, those its metrics read."""
    kinds = {kind for metric in scoring.of(card).values() for kind in kinds_of(metric)}
    own = [feed for feed in feeds if feed.kind in kinds]
    return frame(card, as_of, _oldest(own), tuple(_stale(feed) for feed in own if _is_stale(feed, as_of)))


def _placing(scoring: Scoring, asked: Questions) -> Placing | None:
    if scoring.rules is None:
        return None
    metrics = {card.name: scoring.of(card) for card in scoring.cards}
    return Placing(rules=scoring.rules, metrics=metrics, held=asked.held, as_of=asked.as_of)


def _score_due(desk: _Desk, questions: Questions, stopping: Callable[[], bool]) -> None:
    functions = [name for name, metric in questions.metrics.items() if isinstance(metric, FunctionMetric)]
    try:
        with desk.store.db.read() as reader:
            stood = desk.store.segments.of_due(reader) if desk.placing is not None else iter(())
            for batch in read(desk.store.scores, reader, desk.registry, questions):
                if stopping():
                    raise Interrupted("stopped between two batches; the next run goes on", where="score")
                failed = _failed_readings(desk, batch, functions)
                for card, placed in _by_card(desk, batch, stood).items():
                    _score_group(desk, desk.frames[card], placed, failed)
                if len(desk.changed) + len(desk.held) >= SAVE:
                    desk.keep()
    finally:
        desk.tally.errors += desk.troubles.told()
    desk.keep()


def _by_card(
    desk: _Desk, batch: Sequence[Due], stood: Iterator[tuple[str, Stood | None, Reached | None]]
) -> Mapping[str, Sequence[Due]]:
    """The customers of a batch by the scorecard they are scored with, in order; those that are not scored are left out."""
    if desk.placing is None:
        return dict.fromkeys(desk.frames, batch)
    groups: dict[str, list[Due]] = {}
    for placed in desk.placing.batch(batch, stood):
        if placed.card is not None:
            groups.setdefault(placed.card, []).append(placed.due)
    return groups


def _score_group(desk: _Desk, frame: Frame, group: Sequence[Due], failed: Mapping[str, frozenset[str]]) -> None:
    """Score the customers of one card; those a metric of theirs failed for are due again at once."""
    again = {due.customer for due in group if failed.get(due.customer, frozenset()) & due.readings.keys()}
    scored = _score_batch(desk, frame.card, group, again)
    for due, one in zip(group, scored, strict=True):
        _take(desk, frame, due, one, again=due.customer in again)


def _take(desk: _Desk, frame: Frame, due: Due, scored: Scored | None, *, again: bool) -> None:
    """Put one score to those that changed or to those that hold; where a plugin failed, it is due `again` at once."""
    before = due.before
    if scored is None:  # the model failed: the last score stands
        if before is not None:
            desk.held.append(Held(due.customer, frame.as_of, before.data_as_of, is_new_day=False))
        return
    desk.tally.scored += 1
    is_gone = before is not None and due.customer in desk.churned
    if due.customer in desk.parents and not is_gone:
        desk.waiting.append(Waiting(due, scored, frame.card.name, again))
        return
    after = saved(frame, due, scored)
    if is_gone:
        after, again = frozen(desk.store.scores.in_force(due.customer) or after), False
    _put(desk, due, after, again=again)


def _put(desk: _Desk, due: Due, after: SavedScore, *, again: bool) -> None:
    before = due.before
    if again:
        after = replace(after, valid_until=desk.as_of)
    record = encode(after, before)
    if before is None or before.digest != record.digest:
        desk.changed.append(record)
    else:
        is_new_day = _day(before.data_as_of) != _day(after.data_as_of)
        desk.held.append(Held(due.customer, after.valid_until, after.data_as_of, is_new_day=is_new_day))


def _score_batch(desk: _Desk, card: Scorecard, batch: Sequence[Due], failed: set[str]) -> list[Scored | None]:
    """The finished scores of a batch, None where the model failed; customers a plugin failed for are added to `failed`."""
    registry = desk.registry
    scored, failures = registry.score(card, [(due.customer, due.readings) for due in batch])
    adjustments, more = registry.adjust([one for one in scored if one is not None])
    for failure in (*failures, *more):
        desk.troubles.add(f"{failure.owner.name} {failure.call}", str(failure))
        failed.update([failure.customer] if failure.customer else [due.customer for due in batch])
    wanted: dict[str, list[Owned]] = {}
    for owner, found in adjustments:
        for adjustment in found:
            wanted.setdefault(adjustment.customer, []).append((owner.name, adjustment))
    return [None if one is None else finish(card, one, wanted.get(one.customer, ())) for one in scored]


def _failed_readings(desk: _Desk, batch: Sequence[Due], functions: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """The customers for whom some function metric failed, with those metrics."""
    failed: dict[str, frozenset[str]] = {}
    for due in batch:
        names = frozenset(name for name in functions if due.readings[name].status is Status.ERROR)
        for name in sorted(names):
            desk.troubles.add(f"metric {name}", f"metric {name} failed for {due.customer}: {due.readings[name].note}")
        if names:
            failed[due.customer] = names
    return failed


def _feeds(store: Store, scoring: Scoring, metrics: Iterable[ConfiguredMetric]) -> list[Feed]:
    """The configured streams the metrics read from."""
    found = store.scores.feeds(sorted({kind for metric in metrics for kind in kinds_of(metric)}))
    return [feed for feed in found if scoring.streams is None or feed.name in scoring.streams]


def _reading(metrics: Mapping[str, ConfiguredMetric], feeds: Sequence[Feed]) -> frozenset[str]:
    """The metrics that read a kind one of these streams feeds."""
    kinds = {feed.kind for feed in feeds}
    return frozenset(name for name, metric in metrics.items() if kinds_of(metric) & kinds)


def _is_stale(feed: Feed, as_of: datetime) -> bool:
    return feed.failing_since is not None and as_of - feed.failing_since >= STALE_AFTER


def _stale(feed: Feed) -> str:
    """Since when the data is that old. A source whose answers are refused goes on answering, so the earlier of two times counts."""
    times = [at for at in (feed.last_ok_at, feed.failing_since) if at is not None]
    return f"{feed.name} since {min(times):%Y-%m-%d}" if times else feed.name


def _oldest(feeds: Sequence[Feed]) -> datetime | None:
    return min((feed.last_ok_at for feed in feeds if feed.last_ok_at is not None), default=None)


def _day(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d")
