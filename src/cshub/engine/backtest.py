"""Would the score have told who leaves? Scores of earlier days, by what was known then, beside who left in the time after (SCORING §12).

A unit is a customer and a label date L; its score is taken at t = L − lead, and it counts as churned when the customer left in
(t, t + horizon]. The last label dates are held out, and the figures are theirs: a scorecard may have been tuned on those before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median

from ..config import CHURNED
from ..errors import ConfigError
from ..scoring.backtest import ENOUGH_CHURNS, Calibration, Figures, auc, calibration, figures, precision_among, verdict
from .account_fields import check_field
from .hub import Hub
from .label_dates import LabelDates, Terms, label_dates
from .labels import read_labels
from .leaks import LeakCheck, check_leaks
from .settings import scoring
from .units import Departure, Gathering, Side

#: A signal that alone tells who left this well is probably made of the leaving itself.
TOO_GOOD = 0.97


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What needs no score, over `n` units of which it knows something. `precision` is that of calling as many red as the score does."""

    name: str
    n: int
    auc: float | None
    precision: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """The figures of one lead; a lead of None is score and label of one moment. `before` are those of the units before the split.

    `calibration` holds the churn risk, read as a probability, against who left; None without rules of risk.
    """

    lead: timedelta | None
    split: datetime | None
    figures: Figures
    before: Figures | None
    baselines: tuple[Baseline, ...]
    parts: Mapping[str, Figures]
    calibration: Calibration | None
    verdict: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtested:
    """All that is told. `mode` is observed, event or snapshot (see `label_dates`).

    `cards` are the hashes of the scorecards by name, the default first. `signals` are the AUC of each signal alone at the shortest
    lead, `suspects` those of them too good to be true. `departures` are the customers that left in the time that is held out, by when.
    """

    cards: Mapping[str, str]
    mode: str
    labels: str
    banned: tuple[str, ...]
    moments: tuple[datetime, ...]
    end: datetime
    horizon: timedelta | None
    leads: tuple[Lead, ...]
    departures: tuple[Departure, ...]
    median_warning_days: float | None
    signals: Mapping[str, float | None]
    suspects: tuple[str, ...]
    leak: LeakCheck
    by: str | None

    @property
    def is_leaking(self) -> bool:
        """Whether the figures cannot be believed."""
        return bool(self.leak.moved or self.suspects)


def backtest(hub: Hub, terms: Terms) -> Backtested:
    """Replay the hub's scorecards over the past and hold it against who left. Nothing is kept.

    Raises ConfigError when there is no scorecard, nobody is known to have left, or the labels cannot be read.
    """
    wanted = scoring(hub.config)
    if wanted is None:
        raise ConfigError("no scorecard is called default", where=str(hub.config.path), hint="there is nothing to test")
    by = check_field(hub.config, terms.by) if terms.by else None
    hub = _nobody_frozen(hub)
    labels = read_labels(hub)
    if not labels.left:
        hint = f"looked for: {labels.told}"
        raise ConfigError("nobody is known to have left", where="backtest.churned", hint=hint)
    dates = label_dates(hub, terms, labels)
    banned = tuple(sorted({*hub.config.backtest.banned, *labels.fields}))
    found = Gathering(
        hub=hub, cards={card.name: card for card in wanted.cards}, labels=labels, dates=dates, banned=banned, by=by
    )
    for moment in dates.moments:
        found.score(moment)
    leak = check_leaks(hub, dates.moments[-1], seed=terms.seed, prepare=found.prepare)
    return _told(found, leak, terms.seed)


def _nobody_frozen(hub: Hub) -> Hub:
    """Without the stage that stops scoring: whoever has left by now would have no score to be held against the leaving."""
    rules = hub.config.placement
    if rules is None:
        return hub
    stages = tuple(one for one in rules.lifecycle.stages if one.name != CHURNED)
    rules = replace(rules, lifecycle=replace(rules.lifecycle, stages=stages))
    return replace(hub, config=replace(hub.config, placement=rules))


def _told(found: Gathering, leak: LeakCheck, seed: int) -> Backtested:
    dates, pulse = found.dates, found.hub.config.backtest.pulse
    leads = tuple(_lead(found.sides, dates, lead, pulse, seed) for lead in dates.splits)
    first = found.sides[next(iter(dates.splits)), "held out"]
    signals = {name: _auc_of(pairs) for name, pairs in sorted(first.signals.items())}
    enough = leads[0].figures.churned_customers >= ENOUGH_CHURNS
    departures = sorted(_held_out(found), key=lambda one: (one.at is None, one.at, one.customer))
    warned = [one.warned_days for one in departures if one.warned_days is not None]
    return Backtested(
        cards={name: card.hash for name, card in found.cards.items()},
        mode=dates.mode,
        labels=found.labels.told,
        banned=found.banned,
        moments=tuple(moment.as_of for moment in dates.moments),
        end=dates.end,
        horizon=dates.horizon,
        leads=leads,
        departures=tuple(departures),
        median_warning_days=median(warned) if warned else None,
        signals=signals,
        suspects=tuple(name for name, value in signals.items() if enough and value is not None and value >= TOO_GOOD),
        leak=leak,
        by=found.by,
    )


def _held_out(found: Gathering) -> Iterator[Departure]:
    """Those that left after the split of the shortest lead."""
    split = next(iter(found.dates.splits.values()))
    for one in found.departures.values():
        if split is None or (one.at is not None and split < one.at <= found.dates.end):
            yield one


def _lead(
    sides: Mapping[tuple[timedelta | None, str], Side],
    dates: LabelDates,
    lead: timedelta | None,
    pulse: str | None,
    seed: int,
) -> Lead:
    side, before = sides[lead, "held out"], sides[lead, "before"]
    told = figures(side.units, seed=seed)
    baselines = tuple(_baselines(side, told, pulse))
    return Lead(
        lead=lead,
        split=dates.splits[lead],
        figures=told,
        before=figures(before.units, seed=seed) if before.units else None,
        baselines=baselines,
        parts={name: figures(units, seed=seed) for name, units in sorted(side.parts.items())},
        calibration=calibration(list(side.risks.elements())),
        verdict=verdict(told, {one.name: one.auc for one in baselines}),
    )


def _baselines(side: Side, told: Figures, pulse: str | None) -> Iterator[Baseline]:
    yield Baseline(name="always red", n=told.n, auc=0.5 if told.churns else None, precision=told.base_rate)
    yield _baseline("days since last activity", side.silence, told)
    if pulse is not None:
        yield _baseline(f"the CSM's pulse ({pulse})", side.signals.get(pulse, Counter()), told)


def _baseline(name: str, pairs: Mapping[tuple[float, bool], int], told: Figures) -> Baseline:
    n = sum(pairs.values())
    red = round(told.red * n / told.n) if told.n else 0
    return Baseline(name=name, n=n, auc=_auc_of(pairs), precision=precision_among(_flat(pairs), red))


def _auc_of(pairs: Mapping[tuple[float, bool], int]) -> float | None:
    return auc(_flat(pairs))


def _flat(pairs: Mapping[tuple[float, bool], int]) -> Iterator[tuple[float, bool, int]]:
    for (value, churned), times in pairs.items():
        yield value, churned, times
