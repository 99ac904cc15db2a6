"""What stands beside a score: risk, trend, sub-scores and a person's word, for one customer of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from ...config import Outputs, QueryMetric, RiskRule, fill
from ...model import MICRO, Aggregate, BandState, Override, Query, Reading, Risk, Scorecard, Scored
from ...scoring.dimensions import Dimensions
from ...scoring.override import Word, ends, override
from ...scoring.risk import Fired, nearer, risk
from ...scoring.rounding import half_up, to_micro
from ...scoring.trend import change, trend
from ...scoring.words import number, plain
from ...store.database import Cell, Record
from ...store.values import from_ms
from .readings import Due

RENEWAL, CURRENCY = "_renewal_date", "_currency"


def _own(name: str, column: str) -> QueryMetric:
    query = Query(aggregates={"x": Aggregate(kind="account", function="any", value=column)}, finish="x")
    return QueryMetric(name=name, form="value", query=query, text="")


def own_fields(outputs: Outputs) -> Mapping[str, QueryMetric]:
    """Fields of the account that are read for these outputs and not kept as readings; no metric of the YAML can have such a name."""
    asked = {}
    if outputs.risk is not None:
        asked[RENEWAL] = "renewal_date"
    if outputs.rollup is not None and outputs.rollup.mrr is not None:
        asked[CURRENCY] = "currency"
    return {name: _own(name, column) for name, column in asked.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """All of it for one customer; `ends` are the instants after `as_of` at which it may change with the same facts."""

    risk: Risk | None = None
    trend: str | None = None
    change_micro: int | None = None
    dimensions: Mapping[str, int] = field(default_factory=dict)
    override: Override | None = None
    ends: Sequence[datetime] = ()


class Onlooker:
    """Works it out with the rules of one scorecard at one instant. `words` are what people said, by customer."""

    def __init__(
        self, card: Scorecard, outputs: Outputs, as_of: datetime, words: Mapping[str, Sequence[Word]] | None = None
    ) -> None:
        self._card, self._outputs, self._as_of = card, outputs, as_of
        self._words = words or {}
        self._dimensions = Dimensions(card)
        self._low, self._high, self._dead_band = map(to_micro, (card.low, card.high, outputs.trend.dead_band))
        rules = outputs.risk.rules if outputs.risk is not None else ()
        self._rules: list[tuple[RiskRule, Callable[[Mapping[str, object]], object]]] = [
            (rule, rule.when.closure(as_of)) for rule in rules
        ]

    def of(self, due: Due, scored: Scored, state: BandState | None, previous: str | None) -> Beside:
        """What stands beside this score."""
        words = self._words.get(due.customer, ())
        said = override(words, self._card, self._as_of) if words else None
        renewal = _day(due.own.get(RENEWAL))
        span, then = self._outputs.trend.span, due.past.micro
        return Beside(
            risk=self._risk(scored, state, previous, renewal),
            trend=trend(scored.micro, then, self._dead_band),
            change_micro=change(scored.micro, then),
            dimensions=self._dimensions.of(scored.drivers),
            override=said,
            ends=[
                *(ends(words, said, self._as_of) if words else ()),
                *self._renewals(renewal),
                *([due.past.next_at + span] if due.past.next_at is not None else ()),
                *([self._as_of + span] if due.past.next_at is None and scored.micro != then else ()),
            ],
        )

    def _renewals(self, renewal: date | None) -> Iterator[datetime]:
        at = nearer(renewal, self._as_of) if self._outputs.risk is not None else None
        if at is not None:
            yield at

    def _risk(self, scored: Scored, state: BandState | None, previous: str | None, renewal: date | None) -> Risk | None:
        if self._outputs.risk is None:
            return None
        facts = _facts(self._card, scored, state, previous)
        fired = [found for rule, holds in self._rules if (found := _fired(rule, holds, facts, scored)) is not None]
        health = self._percent(scored.micro)
        return risk(health, fired, renewal, self._as_of, rules_weight=self._outputs.risk.weight)

    def _percent(self, micro: int | None) -> int | None:
        """The score in micro-points of 0–100."""
        return None if micro is None else half_up((micro - self._low) * 100 * MICRO, self._high - self._low)


def spoken(records: Iterable[Record]) -> dict[str, list[Word]]:
    """What people said, by customer, of (customer, connection, value, reason, until, time)."""
    found: dict[str, list[Word]] = {}
    for customer, connection, value, reason, until, at in records:
        word = Word(
            connection=str(connection),
            value=str(value),
            reason=None if reason is None else str(reason),
            until=_until(until),
            at=None if at is None else from_ms(int(at)),
        )
        found.setdefault(str(customer), []).append(word)
    return found


def _until(cell: Cell) -> str | None:
    """A day as text; a field that holds an instant gives its day."""
    if isinstance(cell, int | float):
        return from_ms(int(cell)).date().isoformat()
    return None if cell is None else str(cell)


def _fired(
    rule: RiskRule, holds: Callable[[Mapping[str, object]], object], facts: Mapping[str, object], scored: Scored
) -> Fired | None:
    """The rule when it holds, or when it cannot be judged because a metric gives something else than it compares with."""
    try:
        true = holds(facts) is True
    except (TypeError, ValueError, ArithmeticError) as error:
        return Fired(name=rule.name, severity=0, text=rule.text, trouble=f"cannot be judged: {error}")
    if not true:
        return None
    words = {name: plain(reading.value) for name, reading in scored.readings.items() if reading.value is not None}
    words |= {"band": str(facts["band"] or ""), "score": number(scored.micro) or "none"}
    return Fired(name=rule.name, severity=rule.severity, text=fill(rule.text, words))


def _facts(card: Scorecard, scored: Scored, state: BandState | None, previous: str | None) -> Mapping[str, object]:
    """What `when:` may look at."""
    readings = {name: reading.value for name, reading in scored.readings.items()}
    return {
        **readings,
        "score": None if scored.micro is None else scored.micro / MICRO,
        "band": state.band if state is not None and scored.micro is not None else None,
        "previous_band": previous,
        "coverage": scored.coverage,
        "scorecard": card.name,
    }


def _day(reading: Reading | None) -> date | None:
    value = None if reading is None else reading.value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
