"""Whatever the facts: decays, series, earlier windows and the newest of each person equal a plain reading of them, as long as they say."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cshub.expr import compose
from cshub.expr.decaying import decayed
from cshub.expr.periods import series
from cshub.model import Aggregate, Decay, Query, Scalar, Series
from tests.unit.expr.making import AS_OF, kind_tables, put

HOUR, DAY, MS = timedelta(hours=1), timedelta(days=1), timedelta(milliseconds=1)
MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
DECAYS = (
    Decay(rate=Fraction(1, 4), per=DAY),
    Decay(rate=Fraction(1, 2), per=3 * DAY, step=6 * HOUR),
    Decay(half_life=2 * DAY),
    Decay(half_life=5 * HOUR, step=HOUR),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """An event (or a deal, which has a date) of a person."""

    at: datetime | date | None
    value: float | None
    person: str | None
    counts: bool

    @property
    def instant(self) -> datetime | None:
        """When it happened."""
        if self.at is None or isinstance(self.at, datetime):
            return self.at
        return datetime(self.at.year, self.at.month, self.at.day, tzinfo=UTC)


times = st.integers(-12 * 24, 3 * 24).map(lambda count: AS_OF + count * HOUR)
dates = st.integers(-12, 3).map(lambda count: AS_OF.date() + count * DAY)
facts = st.lists(
    st.builds(
        Fact,
        at=st.none() | times,
        value=st.none() | st.integers(-4, 8).map(lambda number: number / 4),
        person=st.sampled_from([None, "a", "b"]),
        counts=st.booleans(),
    ),
    max_size=10,
)
dated_facts = st.lists(
    st.builds(
        Fact, at=st.none() | dates, value=st.integers(0, 5).map(float), person=st.just(None), counts=st.booleans()
    ),
    max_size=10,
)


@st.composite
def asked(draw: st.DrawFn) -> Aggregate:
    """A decay, a series, an earlier window, or the newest of each person, about events."""
    function = draw(st.sampled_from(["count", "sum", "avg"]))
    value = None if function == "count" else "value"
    where = draw(st.sampled_from([None, "name == 'yes'"]))
    plain = Aggregate(kind="event", function=function, value=value, where=where)
    sort = draw(st.sampled_from(["decay", "series", "ago", "person"]))
    return draw(SORTS[sort](plain))


def with_(plain: Aggregate, **changes: object) -> Aggregate:
    fields = {name: getattr(plain, name) for name in ("kind", "function", "value", "where")}
    return Aggregate(**{**fields, **changes})  # type: ignore[arg-type]  # the fields of Aggregate


windows = st.sampled_from([2 * DAY, 5 * DAY, 30 * HOUR])
SORTS = {
    "decay": lambda plain: st.builds(
        lambda decay, window: with_(plain, decay=decay, window=window), st.sampled_from(DECAYS), st.none() | windows
    ),
    "series": lambda plain: st.one_of(
        st.builds(
            lambda ask, per: with_(plain, series=Series(ask=ask, per=per), window=7 * per),
            st.sampled_from(["least_squares", "theil_sen", "own_baseline"]),
            st.sampled_from([DAY, 12 * HOUR]),
        ),
        st.builds(
            lambda ask, per: with_(
                plain, function="count", value=None, series=Series(ask=ask, per=per), window=14 * DAY
            ),
            st.sampled_from(["with", "without"]),
            st.sampled_from([DAY, 7 * DAY]),
        ),
    ),
    "ago": lambda plain: st.builds(lambda window, ago: with_(plain, window=window, ago=ago), windows, windows),
    "person": lambda plain: st.builds(
        lambda window: with_(plain, per_person="value > 0", window=window), st.none() | windows
    ),
}


@settings(max_examples=150, deadline=None)
@given(facts, asked())
def test_answers_over_time_equal_a_plain_reading_of_the_facts(stored: list[Fact], one: Aggregate) -> None:
    assert read(table(stored), one, AS_OF)[0] == about(plainly(one, stored, AS_OF))


@settings(max_examples=75, deadline=None)
@given(dated_facts, st.sampled_from(["decay", "series", "ago"]).flatmap(lambda sort: SORTS[sort](DEAL)))
def test_a_date_is_its_first_instant(stored: list[Fact], one: Aggregate) -> None:
    assert read(table(stored, "deal"), one, AS_OF)[0] == about(plainly(one, stored, AS_OF))


@settings(max_examples=150, deadline=None)
@given(facts, asked(), st.floats(0, 1))
def test_an_answer_over_time_holds_until_the_instant_it_names(stored: list[Fact], one: Aggregate, share: float) -> None:
    db = table(stored)
    answer, end = read(db, one, AS_OF)
    assert end is None or end > AS_OF
    last = AS_OF + 20 * DAY if end is None else end - MS
    for instant in (AS_OF + (last - AS_OF) * share, last):
        assert read(db, one, instant)[0] == answer


DEAL = Aggregate(kind="deal", function="sum", value="amount")


def table(stored: Sequence[Fact], kind: str = "event") -> sqlite3.Connection:
    db = kind_tables()
    for fact in stored:
        if kind == "deal":
            put(db, kind, "acme", close_date=fact.at, amount=fact.value)
        else:
            name = "yes" if fact.counts else "no"
            put(db, kind, "acme", at=fact.at, value=fact.value, contact_email=fact.person, name=name)
    return db


def read(db: sqlite3.Connection, one: Aggregate, as_of: datetime) -> tuple[Scalar, datetime | None]:
    found = compose({"m": Query(aggregates={"n": one}, finish="n")}, as_of=as_of, connections=["crm"])
    rows = {statement.kind: db.execute(statement.sql, statement.params) for statement in found.statements}
    answers = [*found.merge(rows), found.blank()]
    return answers[0].values[0], answers[0].valid_until[0]


def about(value: Scalar) -> object:
    return pytest.approx(value, rel=1e-9, abs=2e-9) if isinstance(value, float) else value


# --- the plain reading --------------------------------------------------------------------------------------------------


def plainly(one: Aggregate, stored: Sequence[Fact], as_of: datetime) -> Scalar:
    mine = [fact for fact in stored if one.where is None or fact.counts]
    if one.per_person is not None:
        mine = [fact for fact in newest_of_each(one, stored, as_of) if one.where is None or fact.counts]
    if one.value is not None:
        mine = [fact for fact in mine if fact.value is not None]
    if one.decay is not None:
        return faded(one, one.decay, mine, as_of)
    if one.series is not None:
        return in_series(one, one.series, mine, as_of)
    return added([fact for fact in mine if in_window(one, fact, as_of)], one.function)


def newest_of_each(one: Aggregate, stored: Sequence[Fact], as_of: datetime) -> list[Fact]:
    found: dict[object, tuple[datetime, int]] = {}
    for place, fact in enumerate(stored):
        if fact.instant is None or not in_window(one, fact, as_of) or not (fact.value or 0) > 0:
            continue
        person = fact.person or place
        best = found.get(person)
        if best is None or (fact.instant, -place) > (best[0], -best[1]):
            found[person] = (fact.instant, place)
    return [stored[place] for _, place in found.values()]


def in_window(one: Aggregate, fact: Fact, as_of: datetime) -> bool:
    at = fact.instant
    if one.window is None:
        return at is None or at <= as_of
    if at is None:
        return False
    end = as_of - (one.ago or timedelta(0))
    return end - one.window <= at and (at < end if one.ago else at <= end)


def added(mine: Sequence[Fact], function: str) -> Scalar:
    if function == "count":
        return len(mine)
    total = math.fsum(fact.value or 0 for fact in mine)
    return None if not mine else total if function == "sum" else total / len(mine)


def boundary(as_of: datetime, length: timedelta) -> datetime:
    """The first instant of the period of `as_of`."""
    return MONDAY + (as_of - MONDAY) // length * length


def age(at: datetime, as_of: datetime, length: timedelta) -> int:
    return (boundary(as_of, length) - boundary(at, length)) // length


def faded(one: Aggregate, decay: Decay, mine: Sequence[Fact], as_of: datetime) -> Scalar:
    past = [fact for fact in mine if fact.instant is not None and fact.instant <= as_of]
    if not past:
        return 0.0 if one.function == "count" else None
    weighed: list[tuple[float, float]] = []
    for fact in past:
        assert fact.instant is not None
        passed = age(fact.instant, as_of, decay.step) * decay.step
        if decay.half_life is not None:
            weight = 2.0 ** -(passed / decay.half_life)
        else:
            assert decay.rate is not None
            assert decay.per is not None
            weight = max(0.0, 1 - float(decay.rate) * (passed / decay.per))
        if weight and in_window(one, fact, as_of):
            weighed.append((weight, fact.value or 0.0))
    total = math.fsum(weight * value for weight, value in weighed)
    weights = math.fsum(weight for weight, _ in weighed)
    if one.function == "count":
        return weights
    return total if one.function == "sum" else total / weights if weighed else None


def in_series(one: Aggregate, asked: Series, mine: Sequence[Fact], as_of: datetime) -> Scalar:
    past = [fact for fact in mine if fact.instant is not None and fact.instant <= as_of]
    ages = sorted(age(fact.instant, as_of, asked.per) for fact in past if fact.instant is not None)
    if asked.ask == "without":
        return max(ages[0] - 1, 0) if ages else None
    count = (one.window or timedelta(0)) // asked.per
    if asked.ask == "with":
        start = 0 if 0 in ages else 1
        return next(step for step in range(start, count + 2) if step not in ages or step > count) - start
    values = [
        period(one.function, past, step, as_of, asked.per) for step in range(1, min(count, max(ages, default=0)) + 1)
    ]
    known = [(step, value) for step, value in enumerate(values, 1) if value is not None]
    if not known:
        return None
    gathered = f"{max(ages)};{','.join(str(step) for step, _ in known)};{','.join(str(value) for _, value in known)}"
    function = "max" if one.function == "avg" else "sum"  # one value a period: nothing is left to reduce
    return series(function, asked, asked.per // MS, count)(gathered)


def period(function: str, past: Sequence[Fact], step: int, as_of: datetime, length: timedelta) -> Scalar:
    mine = [fact for fact in past if fact.instant is not None and age(fact.instant, as_of, length) == step]
    if not mine:
        return None if function == "avg" else 0.0
    found = added(mine, function)
    return round(float(found), 9) if isinstance(found, int | float) else None


def test_a_decay_is_read_by_the_same_arithmetic_everywhere() -> None:
    decay: Mapping[str, Decay] = {"linear": DECAYS[0], "halving": DECAYS[2]}
    assert {name: decayed("count", one)("0,1,1,2") for name, one in decay.items()} == {
        "linear": 3.0, "halving": pytest.approx(1 + 2**0.5 + 0.5, abs=1e-9),
    }  # fmt: skip
