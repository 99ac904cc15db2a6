"""Two configurations' scores of the same facts at the same hour, side by side. Nothing is kept."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..config import Config
from ..errors import ConfigError
from ..model import Scalar, Scorecard
from ..store.replay import Outcome, everybody
from .account_fields import Beside, account_fields, check_field
from .hub import Hub, hour
from .replay import Moment, Replay, replay
from .settings import scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two: where it stands, its scorecards (the default first) by name with their hashes, and what it said in all.

    `bands` are those of all scorecards. `scored` had enough data; `coverage` is the mean share of weight with data.
    """

    path: str
    cards: Mapping[str, str]
    bands: tuple[str, ...]
    scored: int
    coverage: float
    errors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A customer whose score differs. Points are micro-points; `mrr` is per month, in `currency`."""

    customer: str
    name: str | None
    before: int | None
    after: int | None
    band_before: str | None
    band_after: str | None
    mrr: float | None
    currency: str | None

    @property
    def micro(self) -> int:
        """By how much; nothing where one of them has no score."""
        return 0 if self.before is None or self.after is None else self.after - self.before

    @property
    def is_flip(self) -> bool:
        """Whether the band differs."""
        return self.band_before != self.band_after


@dataclass(slots=True, kw_only=True)
class Flow:
    """Customers that go from one band to another, with their revenue per month by currency."""

    customers: int = 0
    mrr: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True, kw_only=True)
class Part:
    """What happens in one segment."""

    customers: int = 0
    flips: int = 0
    worse: int = 0
    better: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All that differs.

    `flows` are by (band before, band after), those that stay included. `moved` had another score, `movers` are the most moved of them;
    `flips` those of another band, worst first; both lists are cut at the limit. `parts` are by the value of `by`.
    """

    as_of: datetime
    one: Side
    other: Side
    customers: int
    moved: int
    flows: Mapping[tuple[str | None, str | None], Flow]
    movers: Sequence[Move]
    flips: Sequence[Move]
    by: str | None
    parts: Mapping[str, Part]

    @property
    def flipped(self) -> int:
        """How many customers stand in another band."""
        return sum(flow.customers for (before, after), flow in self.flows.items() if before != after)


def compare(hub: Hub, other: Config, *, by: str | None = None, limit: int = 20) -> Comparison:
    """Score everybody by the hub's configuration and by `other`, on what the hub's store knows now.

    Bands of a scorecard that is in force go on where they stand; those of a changed one are taken at once, as on its first day.
    Raises ConfigError when one of them scores nothing, or accounts have no field `by`.
    """
    fields = ("mrr", "currency", *([check_field(hub.config, by)] if by else []))
    cards = _cards(hub.config), _cards(other)
    moment = Moment(as_of=hour(hub.now()))
    with replay(hub, hub.config, moment) as before, replay(hub, other, moment) as after:
        beside = Beside(account_fields(before.store, hub.config, fields, moment.as_of), (None,) * len(fields))
        tally = _Tally(order=_order((*cards[0], *cards[1])), limit=limit)
        for one, two in zip(everybody(before.store), everybody(after.store), strict=True):
            tally.add(one, two, beside.of(one.customer))
        return Comparison(
            as_of=moment.as_of,
            one=tally.side(0, hub.config, cards[0], before),
            other=tally.side(1, other, cards[1], after),
            customers=tally.customers,
            moved=tally.moved,
            flows=tally.flows,
            movers=tally.movers(),
            flips=tally.flips(),
            by=by,
            parts=tally.parts,
        )


def _cards(config: Config) -> Sequence[Scorecard]:
    wanted = scoring(config)
    if wanted is None:
        raise ConfigError("no scorecard is called default", where=str(config.path), hint="there is nothing to compare")
    return wanted.cards


def _order(cards: Sequence[Scorecard]) -> dict[str | None, int]:
    """From the lowest band up; where two scorecards have a band of one name, its place in the first one counts."""
    order: dict[str | None, int] = {}
    for card in cards:
        for place, (name, _) in enumerate(card.bands.edges):
            order.setdefault(name, place)
    return order


class _Most:
    """The moves of the highest ranks, in flat memory; of equal ones the first."""

    def __init__(self) -> None:
        self._heap: list[tuple[tuple[int, ...], int, Move]] = []
        self._count = 0

    def add(self, rank: tuple[int, ...], move: Move, limit: int) -> None:
        self._count -= 1
        push = heapq.heappush if len(self._heap) < limit else heapq.heappushpop
        push(self._heap, (rank, self._count, move))

    def sorted(self) -> list[Move]:
        return [move for _, _, move in sorted(self._heap, key=lambda one: one[:2], reverse=True)]


@dataclass(slots=True)
class _Tally:
    """What is counted while everybody passes by. Only the most moved are remembered."""

    order: Mapping[str | None, int]
    limit: int
    customers: int = 0
    moved: int = 0
    flows: dict[tuple[str | None, str | None], Flow] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    _scored: list[int] = field(default_factory=lambda: [0, 0])
    _coverage: list[float] = field(default_factory=lambda: [0.0, 0.0])
    _movers: _Most = field(default_factory=_Most)
    _flips: _Most = field(default_factory=_Most)

    def add(self, one: Outcome, other: Outcome, values: Sequence[Scalar]) -> None:
        """One customer."""
        self.customers += 1
        for place, found in enumerate((one, other)):
            self._scored[place] += found.micro is not None
            self._coverage[place] += found.coverage or 0.0
        move = _move(one, other, values)
        flow = self.flows.setdefault((move.band_before, move.band_after), Flow())
        flow.customers += 1
        if move.mrr:
            flow.mrr[move.currency or ""] += round(move.mrr * 100)
        down = self._down(move)
        if len(values) > 2:
            self._add_part(str(values[2]) if values[2] is not None else "(none)", move, down)
        if one.micro != other.micro:
            self.moved += 1
            self._movers.add((abs(move.micro),), move, self.limit)
        if move.is_flip:
            self._flips.add((down, abs(move.micro)), move, self.limit)

    def side(self, place: int, config: Config, cards: Sequence[Scorecard], found: Replay) -> Side:
        """What one of the two said in all."""
        return Side(
            path=str(config.path),
            cards={card.name: card.hash for card in cards},
            bands=tuple(dict.fromkeys(name for card in cards for name, _ in card.bands.edges)),
            scored=self._scored[place],
            coverage=self._coverage[place] / self.customers if self.customers else 0.0,
            errors=tuple(found.tally.errors),
        )

    def movers(self) -> list[Move]:
        """The most moved first."""
        return self._movers.sorted()

    def flips(self) -> list[Move]:
        """Those that fall furthest first."""
        return self._flips.sorted()

    def _add_part(self, name: str, move: Move, down: int) -> None:
        part = self.parts.setdefault(name, Part())
        part.customers += 1
        part.flips += move.is_flip
        part.worse += move.is_flip and down > 0
        part.better += move.is_flip and down < 0

    def _down(self, move: Move) -> int:
        """By how many bands it falls; 0 where that cannot be said."""
        before, after = self.order.get(move.band_before), self.order.get(move.band_after)
        return 0 if before is None or after is None else before - after


def _move(one: Outcome, other: Outcome, values: Sequence[Scalar]) -> Move:
    mrr, currency = values[:2]
    return Move(
        customer=one.customer,
        name=one.name,
        before=one.micro,
        after=other.micro,
        band_before=one.band,
        band_after=other.band,
        mrr=float(mrr) if isinstance(mrr, int | float) else None,
        currency=str(currency) if currency is not None else None,
    )
