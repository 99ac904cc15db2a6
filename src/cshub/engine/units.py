"""Gathering the units of a backtest: replay after replay, what each customer looked like and whether it left in the time after."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..model import MICRO, BandState, Scorecard
from ..scoring import next_state
from ..scoring.backtest import Unit
from ..store import Store
from ..store.leavers import ban, last_activity, shaped_signals
from ..store.replay import Outcome, everybody
from .account_fields import Beside, Values, account_fields
from .hub import Hub
from .label_dates import LabelDates
from .labels import Labels
from .replay import Moment, replay

_DAY = timedelta(days=1)
_NONE: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """A customer that left, what its last score before was, and since when it had stood in the lowest band (None: it did not).

    That is the stretch it left from: an alarm that had passed was no warning.
    """

    customer: str
    name: str | None
    at: datetime | None
    micro: int | None
    band: str | None
    red_since: datetime | None = None

    @property
    def warned_days(self) -> float | None:
        """How long before it left it came into the lowest band and stayed."""
        return None if self.red_since is None or self.at is None else (self.at - self.red_since) / _DAY


@dataclass(slots=True)
class Side:
    """Units of one lead on one side of the split, by customer, and what baselines knew: minus days of silence, and points of signals.

    `risks` are from 0 to 1, where the configuration has rules of risk.
    """

    units: dict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    parts: dict[str, dict[str, list[Unit]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    silence: Counter[tuple[float, bool]] = field(default_factory=Counter)
    signals: dict[str, Counter[tuple[float, bool]]] = field(default_factory=lambda: defaultdict(Counter))
    risks: Counter[tuple[float, bool]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One customer at one instant, with all that is known of it beside its score."""

    one: Outcome
    customer: str
    as_of: datetime
    part: str | None
    last: datetime | None
    shaped: Mapping[str, int]


@dataclass(slots=True, kw_only=True)
class Gathering:
    """Everything gathered so far. `cards` are the scorecards by name; `by` is a field of the account to count by."""

    hub: Hub
    cards: Mapping[str, Scorecard]
    labels: Labels
    dates: LabelDates
    banned: tuple[str, ...]
    by: str | None
    sides: dict[tuple[timedelta | None, str], Side] = field(default_factory=lambda: defaultdict(Side))
    departures: dict[str, Departure] = field(default_factory=dict)
    _states: dict[str, BandState] = field(default_factory=dict)

    def prepare(self, then: Store) -> None:
        """Take out of a replayed store what no score may know."""
        ban(then, self.banned)

    def score(self, moment: Moment) -> None:
        """One instant of scores, for every lead; instants come in the order of time."""
        with replay(self.hub, self.hub.config, moment, prepare=self.prepare) as found:
            for seen in self._walk(found.store, moment.as_of):
                self._watch(seen)
                for lead in self.dates.splits:
                    self._take(seen, lead)

    def _walk(self, then: Store, as_of: datetime) -> Iterator[_Seen]:
        fields = [self.by] if self.by else []
        nothing: Iterator[tuple[str, Values]] = iter(())
        parts = Beside(account_fields(then, self.hub.config, fields, as_of) if fields else nothing, (None,))
        seen, told = Beside(last_activity(then, as_of), None), Beside(shaped_signals(then), _NONE)
        for one in everybody(then):
            (part,), last, shaped = parts.of(one.customer), seen.of(one.customer), told.of(one.customer)
            customer = self.labels.present(one.customer)
            if self.labels.speaks_of(customer):
                name = None if part is None else str(part)
                yield _Seen(one=one, customer=customer, as_of=as_of, part=name, last=last, shaped=shaped)

    def _take(self, seen: _Seen, lead: timedelta | None) -> None:
        """The unit of one customer, if its outcome is known and it had not left already."""
        at, side = self.labels.left.get(seen.customer), self.dates.side(seen.as_of, lead)
        is_left = seen.customer in self.labels.left
        if side is None or (lead is not None and is_left and (at is None or at <= seen.as_of)):
            return
        churned = is_left and (lead is None or (at is not None and at <= seen.as_of + self.dates.reach(lead)))
        lowest, highest = self._ends(seen.one)
        unit = Unit(seen.one.micro, seen.one.band == lowest, seen.one.band == highest, churned)
        into = self.sides[lead, side]
        into.units[seen.customer].append(unit)
        if self.by:
            into.parts[seen.part or "(none)"][seen.customer].append(unit)
        if seen.last is not None:
            into.silence[(seen.last - seen.as_of) / _DAY, churned] += 1
        if seen.one.risk is not None:
            into.risks[seen.one.risk / (100 * MICRO), churned] += 1
        for name, micro in seen.shaped.items():
            into.signals[name][micro, churned] += 1

    def _ends(self, one: Outcome) -> tuple[str, str]:
        """The lowest and the highest band of the scorecard that scored a customer."""
        card = self.cards.get(one.scorecard or "")
        return ("", "") if card is None else (card.bands.edges[0][0], card.bands.edges[-1][0])

    def _watch(self, seen: _Seen) -> None:
        """Remember how those that leave stood before, with the scorecard's margin and dwell."""
        customer, one = seen.customer, seen.one
        if customer not in self.labels.left:
            return
        at, before = self.labels.left[customer], self.departures.get(customer)
        if at is not None and at <= seen.as_of:
            return
        band, red = one.band, before.red_since if before else None
        card = self.cards.get(one.scorecard or "")
        if one.micro is not None and card is not None:
            state = next_state(card.bands, self._states.get(customer), one.micro / MICRO, seen.as_of)
            self._states[customer], band = state, state.band
            red = (red or seen.as_of) if band == card.bands.edges[0][0] else None
        self.departures[customer] = Departure(
            customer=customer, name=one.name, at=at, micro=one.micro, band=band, red_since=red
        )
