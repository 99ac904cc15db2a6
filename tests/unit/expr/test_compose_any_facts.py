"""Whatever the facts: composed answers equal a plain reading of them, and hold until the instant they name."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from cshub.expr import Answers, compose, names_of, parse
from cshub.model import KINDS, Aggregate, Query, Scalar
from tests.unit.expr.making import AS_OF, kind_tables, put

Fact = Mapping[str, object]
FUNCTIONS = ("count", "sum", "avg", "min", "max", "latest", "distinct", "any")
#: By kind: the column that says when, what is asked about, and the conditions.
ASKED = {
    "ticket": ("opened_at", "rating", (None, "is_open", "priority == 'urgent'", "rating > 1 or not is_open")),
    "deal": ("close_date", "amount", (None, "is_won", "amount > 1")),
    "account": (None, "mrr", (None, "mrr > 1")),
}
DAYS = (None, 1, 2, 7)

hours = st.integers(-12 * 24, 3 * 24).map(lambda count: AS_OF + timedelta(hours=count))
dates = st.integers(-12, 3).map(lambda count: AS_OF.date() + timedelta(days=count))
numbers = st.none() | st.integers(0, 3).map(float)
flags = st.none() | st.booleans()
rows = st.one_of(
    st.fixed_dictionaries({
        "kind": st.just("ticket"), "opened_at": st.none() | hours, "rating": numbers, "is_open": flags,
        "priority": st.sampled_from([None, "urgent", "low"]),
    }),
    st.fixed_dictionaries({"kind": st.just("deal"), "close_date": st.none() | dates, "amount": numbers, "is_won": flags}),
    st.fixed_dictionaries({"kind": st.just("account"), "mrr": numbers}),
)  # fmt: skip
facts = st.lists(
    st.tuples(
        st.sampled_from(["acme", "beta"]), st.sampled_from(["crm", "sales"]), rows, st.sampled_from([0, 0, 0, 1])
    ),
    max_size=12,
)


@st.composite
def aggregates(draw: st.DrawFn) -> Aggregate:
    kind = draw(st.sampled_from(list(ASKED)))
    at, value, conditions = ASKED[kind]
    functions = [name for name in FUNCTIONS if at is not None or name != "latest"]
    function = draw(st.sampled_from(functions))
    days = draw(st.sampled_from(DAYS)) if at is not None else None
    return Aggregate(
        kind=kind,
        function=function,
        value=None if function == "count" else value,
        where=draw(st.sampled_from(conditions)),
        window=None if days is None else timedelta(days=days),
    )


@st.composite
def times(draw: st.DrawFn) -> Query:
    kind = draw(st.sampled_from(["ticket", "deal"]))
    function = draw(st.sampled_from(["min", "max", "latest", "any"]))
    one = Aggregate(kind=kind, function=function, value=ASKED[kind][0], where=draw(st.sampled_from(ASKED[kind][2])))
    return Query(aggregates={"n": one}, finish=draw(st.sampled_from(["days_since(n)", "days_until(n)", "n"])))


pairs = st.tuples(aggregates(), aggregates())
queries = st.one_of(
    aggregates().map(lambda one: Query(aggregates={"n": one}, finish="n")),
    pairs.map(lambda two: Query(aggregates={"a": two[0], "b": two[1]}, finish="a / b")),
    times(),
)


@settings(max_examples=300, deadline=None)
@given(facts, st.lists(queries, min_size=1, max_size=4))
def test_composed_answers_equal_a_plain_reading_of_the_facts(
    stored: list[tuple[str, str, Fact, int]], asked: list[Query]
) -> None:
    named = {f"m{place}": query for place, query in enumerate(asked)}
    found, metrics, blank = answers(table(stored), named, AS_OF)
    for customer in ("acme", "beta"):
        mine = [{**fact, "connection": connection, "id": f"{place:06d}"} for place, (who, connection, fact, gone) in enumerate(stored)
                if who == customer and not gone]  # fmt: skip
        got = dict(zip(metrics, found.get(customer, blank).values, strict=True))
        assert got == {name: plainly(query, mine) for name, query in named.items()}


@settings(max_examples=300, deadline=None)
@given(facts, queries, st.floats(0, 1))
def test_an_answer_holds_until_the_instant_it_names(
    stored: list[tuple[str, str, Fact, int]], asked: Query, share: float
) -> None:
    db = table(stored)
    for customer, answer in answers(db, {"m": asked}, AS_OF)[0].items():
        end = answer.valid_until[0]
        assert end is None or end > AS_OF
        last = AS_OF + timedelta(days=40) if end is None else end - timedelta(milliseconds=1)
        between = AS_OF + (last - AS_OF) * share
        for instant in (between, last):
            again, _, blank = answers(db, {"m": asked}, instant)
            assert again.get(customer, blank).values == answer.values


def table(stored: Sequence[tuple[str, str, Fact, int]]) -> sqlite3.Connection:
    db = kind_tables()
    for place, (customer, connection, fact, gone) in enumerate(stored):
        values = {name: value for name, value in fact.items() if name != "kind"}
        put(db, str(fact["kind"]), customer, connection=connection, id=f"{place:06d}", deleted=gone, **values)
    return db


def answers(
    db: sqlite3.Connection, asked: Mapping[str, Query], as_of: datetime
) -> tuple[dict[str, Answers], tuple[str, ...], Answers]:
    found = compose(asked, as_of=as_of, connections=["crm", "sales"])
    rows = {one.kind: db.execute(one.sql, one.params) for one in found.statements}
    return {answer.customer: answer for answer in found.merge(rows)}, found.metrics, found.blank()


# --- the plain reading --------------------------------------------------------------------------------------------------


def plainly(query: Query, mine: Sequence[Fact]) -> Scalar:
    known = {
        name: aggregated(one, [fact for fact in mine if counts(one, fact)]) for name, one in query.aggregates.items()
    }
    if query.finish == "a / b":
        top, bottom = known["a"], known["b"]
        return top / bottom if isinstance(top, int | float) and isinstance(bottom, int | float) and bottom else None
    found = known["n"]
    if "days" in query.finish and isinstance(found, date):
        then = found if isinstance(found, datetime) else None
        passed = (AS_OF - then) // timedelta(days=1) if then else (AS_OF.date() - found).days
        ahead = (then - AS_OF) // timedelta(days=1) if then else (found - AS_OF.date()).days
        return passed if "since" in query.finish else ahead
    return found.isoformat() if isinstance(found, date) and not isinstance(found, datetime) else found


def happened(one: Aggregate, fact: Fact) -> datetime | None:
    at = fact[ASKED[one.kind][0]] if ASKED[one.kind][0] else None
    if at is None or isinstance(at, datetime):
        return at
    assert isinstance(at, date)
    return datetime(at.year, at.month, at.day, tzinfo=UTC)


def counts(one: Aggregate, fact: Fact) -> bool:
    if fact["kind"] != one.kind:
        return False
    at = happened(one, fact)
    if one.window is not None and (at is None or not AS_OF - one.window <= at <= AS_OF):
        return False
    if (at is not None and at > AS_OF) or (at is None and one.function == "latest"):
        return False
    return one.where is None or parse(one.where, names=names_of(KINDS[one.kind])).closure()(fact) is True


def aggregated(one: Aggregate, mine: Sequence[Fact]) -> object:
    if one.function == "count":
        return len(mine)
    assert one.value is not None
    if one.function == "latest":
        newest = min(
            mine, key=lambda fact: (-happened(one, fact).timestamp(), fact["connection"], fact["id"]), default=None
        )
        return newest and newest[one.value]
    known = [fact for fact in mine if fact[one.value] is not None]
    if one.function == "any":
        known = [fact for fact in known if fact["connection"] == "crm"] or known
    reduce: Mapping[str, Callable[[list[float]], object]] = {
        "sum": sum, "min": min, "max": max, "any": min, "avg": lambda found: sum(found) / len(found), "distinct": lambda found: len(set(found)),
    }  # fmt: skip
    return reduce[one.function]([fact[one.value] for fact in known]) if known else None
