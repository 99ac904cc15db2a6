"""When a backtest takes scores, for how long after each leaving counts, and which of them are held out. In the order of time, never at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..errors import ConfigError
from ..store import Cut
from ..store.leavers import first_run
from .hub import Hub, hour
from .labels import Labels
from .replay import Moment

#: Label dates looked back over, unless told otherwise.
_STEPS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a backtest is asked. `known` is observed, event or auto; `start` and `end` bound it, `split` is the first instant held out."""

    known: str = "auto"
    start: datetime | None = None
    end: datetime | None = None
    split: datetime | None = None
    by: str | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDates:
    """The instants of scores. `splits` are the first instants held out, by lead; a lead of None is score and label of one moment.

    `mode` says what a score may know: observed (facts that had happened and been read), event (that had happened), snapshot (all there is).
    """

    mode: str
    moments: tuple[Moment, ...]
    horizon: timedelta | None
    end: datetime
    splits: Mapping[timedelta | None, datetime | None]

    def reach(self, lead: timedelta | None) -> timedelta:
        """For how long after a score leaving counts."""
        return self.horizon or lead or timedelta(0)

    def side(self, at: datetime, lead: timedelta | None) -> str | None:
        """Whether a score of that instant is `held out`, or was all over `before`; None where its outcome is not known, or reaches over the split."""
        split, over = self.splits[lead], at + self.reach(lead)
        if over > self.end:
            return None
        if split is None or at >= split:
            return "held out"
        return "before" if over <= split else None


def label_dates(hub: Hub, terms: Terms, labels: Labels) -> LabelDates:
    """When scores are taken. Raises ConfigError when there is no such instant."""
    config, now = hub.config.backtest, hour(hub.now())
    end = min(terms.end or now, now)
    if not labels.is_dated:
        moment = Moment(as_of=end, cut=Cut(at=hub.now()), fresh=True)
        return LabelDates(mode="snapshot", moments=(moment,), horizon=None, end=end, splits={None: None})
    mode, since = _mode(hub, terms, end)
    first = min(at for at in labels.left.values() if at is not None) - config.leads[-1]
    start = terms.start or max(since or first, first, end - _STEPS * config.every - config.leads[0])
    instants = sorted(_instants(start, end - config.leads[0], config.every))
    if not instants:
        raise ConfigError(
            f"no score {config.leads[0].days} days before a label date from {start:%Y-%m-%d} to {end:%Y-%m-%d} is possible",
            where="backtest",
            hint="shorten backtest.leads or every, say --from, or wait for more history",
        )
    reaches = {lead: config.horizon or lead for lead in config.leads}
    splits: dict[timedelta | None, datetime | None] = {
        lead: terms.split or _split([at for at in instants if at + reach <= end]) for lead, reach in reaches.items()
    }
    moments = tuple(_moment(at, mode) for at in instants)
    return LabelDates(mode=mode, moments=moments, horizon=config.horizon, end=end, splits=splits)


def _moment(at: datetime, mode: str) -> Moment:
    return Moment(as_of=at, cut=Cut(at=at if mode == "observed" else None), fresh=True, only_past=True)


def _mode(hub: Hub, terms: Terms, end: datetime) -> tuple[str, datetime | None]:
    """Whether the day of reading counts, and since when days of reading are known."""
    watched = first_run(hub.store)
    since = None if watched is None else hour(watched) + timedelta(hours=1)
    if terms.known != "auto":
        return terms.known, since if terms.known == "observed" else None
    if since is None or (terms.start or since) < since or since + hub.config.backtest.leads[0] > end:
        return "event", None
    return "observed", since


def _instants(start: datetime, end: datetime, every: timedelta) -> Iterator[datetime]:
    at = end
    while at >= start:
        yield hour(at)
        at -= every


def _split(instants: list[datetime]) -> datetime | None:
    """The last third is held out."""
    return instants[2 * len(instants) // 3] if instants else None
