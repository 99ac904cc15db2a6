from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from cshub.errors import ConfigError
from cshub.expr import Answers, ExprError, check_query, compose
from cshub.model import Aggregate, Decay, Peers, Query, Reason, Scalar, Series, Type
from tests.unit.expr.making import AS_OF, kind_tables, put

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MS = timedelta(milliseconds=1)
EXTRAS = {"ticket": {"missed": Type.FLAG, "score": Type.NUMBER}, "account": {"tier": Type.TEXT, "trial_end": Type.TIME}}


def ask(
    function: str,
    value: str | None = None,
    *,
    kind: str = "ticket",
    where: str | None = None,
    days: int | None = None,
    at: str | None = None,
    **more: object,
) -> Aggregate:
    window = None if days is None else days * DAY
    return Aggregate(kind=kind, function=function, value=value, where=where, window=window, at=at, **more)  # type: ignore[arg-type]  # fields of Aggregate


def single(aggregate: Aggregate, finish: str = "n", peers: Peers | None = None) -> Query:
    return Query(aggregates={"n": aggregate}, finish=finish, peers=peers)


def answers(
    db: sqlite3.Connection, queries: Mapping[str, Query], *, as_of: datetime = AS_OF, due: bool = False
) -> dict[str, Answers]:
    found = compose(queries, as_of=as_of, connections=["crm", "sales"], extras=EXTRAS, whose="due" if due else "all")
    rows = {one.kind: db.execute(one.sql, one.params) for one in found.statements}
    return {answer.customer: answer for answer in found.merge(rows)}


def value(db: sqlite3.Connection, query: Query, customer: str = "acme", *, as_of: datetime = AS_OF) -> Scalar:
    return answers(db, {"m": query}, as_of=as_of)[customer].values[0]


def until(db: sqlite3.Connection, query: Query, customer: str = "acme", *, as_of: datetime = AS_OF) -> datetime | None:
    return answers(db, {"m": query}, as_of=as_of)[customer].valid_until[0]


@pytest.fixture
def db() -> sqlite3.Connection:
    """Four tickets of acme (one in the future, one without a time), one of beta, a deleted one and one of nobody."""
    db = kind_tables()
    put(
        db,
        "ticket",
        "acme",
        opened_at=AS_OF - 10 * DAY,
        is_open=1,
        priority="urgent",
        rating=2.0,
        channel="email",
        extra={"missed": True},
    )
    put(
        db,
        "ticket",
        "acme",
        opened_at=AS_OF - 40 * DAY,
        is_open=0,
        priority="low",
        rating=5.0,
        channel="phone",
        extra={"score": 7},
    )
    put(db, "ticket", "acme", opened_at=AS_OF + 3 * DAY, is_open=1, priority="urgent", rating=1.0, channel="chat")
    put(db, "ticket", "acme", opened_at=None, is_open=1, priority="high", channel="email")
    put(db, "ticket", "beta", opened_at=AS_OF - DAY, is_open=0, priority="low", rating=4.0, channel="chat")
    put(db, "ticket", "acme", opened_at=AS_OF - DAY, is_open=1, priority="urgent", rating=9.0, deleted=1)
    put(db, "ticket", None, opened_at=AS_OF - DAY, is_open=1, priority="urgent", rating=9.0)
    return db


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        (ask("count"), 3),
        (ask("count", where="is_open"), 2),
        (ask("count", where="missed"), 1),
        (ask("count", where="not missed"), 0),
        (ask("count", "rating"), 2),
        (ask("count", days=30), 1),
        (ask("count", days=10), 1),
        (ask("count", days=9), 0),
        (ask("count", days=40), 2),
        (ask("sum", "rating"), 7.0),
        (ask("sum", "rating", days=5), None),
        (ask("avg", "rating"), 3.5),
        (ask("min", "rating"), 2.0),
        (ask("max", "rating * 2"), 10.0),
        (ask("max", "opened_at"), AS_OF - 10 * DAY),
        (ask("latest", "rating"), 2.0),
        (ask("latest", "rating", where="not is_open"), 5.0),
        (ask("latest", "is_open"), True),
        (ask("latest", "channel", days=5), None),
        (ask("latest", "score"), None),
        (ask("latest", "score", where="score is not None"), 7),
        (ask("distinct", "channel"), 2),
        (ask("distinct", "channel", where="priority == 'normal'"), None),
        (ask("any", "channel"), "email"),
    ],
)
def test_an_aggregate_answers(db: sqlite3.Connection, aggregate: Aggregate, expected: Scalar) -> None:
    assert value(db, single(aggregate)) == expected


def test_all_metrics_of_a_kind_are_one_statement_and_equal_questions_are_asked_once(db: sqlite3.Connection) -> None:
    queries = {
        "urgent": single(ask("count", where="priority == 'urgent'")),
        "share": Query(aggregates={"a": ask("count", where="priority == 'urgent'"), "b": ask("count")}, finish="a / b"),
        "rating": single(ask("latest", "rating")),
        "channel": single(ask("latest", "channel")),
    }
    found = compose(queries, as_of=AS_OF, connections=["crm"])
    assert [one.kind for one in found.statements] == ["ticket"]
    assert found.statements[0].sql.count("COUNT(") == 2
    assert found.statements[0].sql.count("ROW_NUMBER()") == 1
    acme = answers(db, queries)["acme"]
    assert acme.values == (1, pytest.approx(1 / 3), 2.0, "email")


def test_each_kind_has_its_statement_and_a_metric_may_span_kinds(db: sqlite3.Connection) -> None:
    for _ in range(4):
        put(db, "event", "acme", at=AS_OF - DAY, name="call")
    put(db, "event", "gamma", at=AS_OF - 2 * DAY, name="call")
    ratio = Query(aggregates={"t": ask("count"), "e": ask("count", kind="event", days=30)}, finish="t / e")
    queries = {"ratio": ratio, "calls": single(ask("count", kind="event")), "tickets": single(ask("count"))}
    found = compose(queries, as_of=AS_OF, connections=["crm"])
    assert [one.kind for one in found.statements] == ["ticket", "event"]
    assert found.metrics == ("tickets", "calls", "ratio")
    everybody = answers(db, queries)
    assert list(everybody) == ["acme", "beta", "gamma"]
    assert everybody["acme"].values == (3, 4, 0.75)
    assert everybody["beta"].values == (1, 0, None)
    assert everybody["gamma"].values == (0, 1, 0.0)
    assert everybody["acme"].valid_until[2] == AS_OF + 3 * DAY
    assert everybody["gamma"].valid_until[2] == AS_OF + 28 * DAY + MS


def test_a_spanning_metric_may_count_days(db: sqlite3.Connection) -> None:
    put(db, "account", "acme", renewal_date=date(2026, 7, 1))
    query = Query(
        aggregates={"n": ask("count"), "r": ask("any", "renewal_date", kind="account")}, finish="days_until(r) + n"
    )
    acme = answers(db, {"m": query})["acme"]
    assert acme.values == (33.0,)
    assert acme.valid_until == (datetime(2026, 6, 2, tzinfo=UTC),)


def test_a_spanning_metric_may_give_a_date_or_a_flag(db: sqlite3.Connection) -> None:
    put(db, "account", "acme", renewal_date=date(2026, 7, 1))
    parts = {"n": ask("count"), "r": ask("any", "renewal_date", kind="account")}
    queries = {"date": Query(aggregates=parts, finish="r"), "flag": Query(aggregates=parts, finish="n > 2")}
    assert answers(db, queries)["acme"].values == ("2026-07-01", True)


def test_a_customer_without_rows_has_counts_of_nothing_and_no_other_value() -> None:
    queries = {
        "count": single(ask("count")),
        "plus": single(ask("count"), "n + 1"),
        "sum": single(ask("sum", "rating")),
        "flag": single(ask("count"), "n > 0"),
        "span": Query(
            aggregates={"t": ask("count"), "a": ask("any", "mrr", kind="account")}, finish="a is None and t == 0"
        ),
    }
    found = compose(queries, as_of=AS_OF, connections=[])
    assert found.blank() == Answers("", (0, 1.0, None, False, True), (None,) * 5)


def test_only_due_customers_are_answered(db: sqlite3.Connection) -> None:
    db.execute("insert into due values ('beta')")
    queries = {"n": single(ask("count")), "l": single(ask("latest", "rating"))}
    assert list(answers(db, queries, due=True)) == ["beta"]


def test_any_takes_the_first_connection_that_knows() -> None:
    db = kind_tables()
    put(db, "account", "acme", connection="sales", mrr=100.0, currency="EUR", extra={"tier": "gold"})
    put(db, "account", "acme", connection="crm", mrr=None, currency="USD")
    put(db, "account", "acme", connection="gone", mrr=7.0, name="Old")
    of = {name: single(ask("any", name, kind="account")) for name in ("mrr", "currency", "tier", "name")}
    assert answers(db, of)["acme"].values == (100.0, "EUR", "gold", None)  # an amount and its currency stay together


def test_any_needs_no_time_and_never_changes_by_itself() -> None:
    db = kind_tables()
    put(db, "account", "acme", mrr=5.0)
    assert until(db, single(ask("any", "mrr", kind="account"))) is None


def test_the_newest_row_wins_and_ties_do_not_depend_on_order() -> None:
    for order in ((1, 2), (2, 1)):
        db = kind_tables()
        for number in order:
            put(db, "response", "acme", id=f"r{number}", answered_at=AS_OF - DAY, value=float(number))
        put(db, "response", "acme", id="r0", answered_at=AS_OF - 2 * DAY, value=9.0)
        assert value(db, single(ask("latest", "value", kind="response"))) == 1.0


def test_values_come_back_in_pythons_terms() -> None:
    db = kind_tables()
    put(db, "account", "acme", renewal_date=date(2026, 7, 1), created_at=AS_OF, extra={"trial_end": AS_OF + HOUR})
    names = ("renewal_date", "created_at", "trial_end")
    found = answers(db, {name: single(ask("any", name, kind="account")) for name in names})["acme"]
    assert found.values == ("2026-07-01", AS_OF, AS_OF + HOUR)


def test_a_tie_goes_to_the_connection_first_in_the_alphabet() -> None:
    db = kind_tables()
    put(db, "response", "acme", connection="zeta", id="a", answered_at=AS_OF, value=1.0)
    put(db, "response", "acme", connection="beta", id="b", answered_at=AS_OF, value=2.0)
    assert value(db, single(ask("latest", "value", kind="response"))) == 2.0


# --- when an answer changes by itself -----------------------------------------------------------------------------------


def test_a_windowed_count_ends_when_its_oldest_fact_leaves(db: sqlite3.Connection) -> None:
    query = single(ask("count", where="priority != 'high'", days=60), "n")
    end = AS_OF + 3 * DAY
    assert until(db, query) == end
    assert value(db, query, as_of=end - MS) == 2
    assert value(db, query, as_of=end) == 3
    later = AS_OF + 20 * DAY + MS
    assert until(db, query, as_of=end) == later
    assert (value(db, query, as_of=later - MS), value(db, query, as_of=later)) == (3, 2)


def test_latest_ends_when_the_newest_fact_leaves_not_the_oldest(db: sqlite3.Connection) -> None:
    query = single(ask("latest", "rating", days=50, where="rating != 1"))
    end = AS_OF + 40 * DAY + MS
    assert until(db, query, as_of=AS_OF + 4 * DAY) == end
    assert (value(db, query, as_of=end - MS), value(db, query, as_of=end)) == (2.0, None)


def test_a_fact_of_the_future_does_not_count_until_it_comes(db: sqlite3.Connection) -> None:
    query = single(ask("max", "rating", where="channel == 'chat'"))
    assert (value(db, query), until(db, query)) == (None, AS_OF + 3 * DAY)
    assert value(db, query, as_of=AS_OF + 3 * DAY) == 1.0
    assert until(db, query, as_of=AS_OF + 3 * DAY) is None


@pytest.mark.parametrize("as_of", [AS_OF, AS_OF + HOUR, AS_OF - 7 * HOUR])
@pytest.mark.parametrize("function", ["days_since", "days_until"])
def test_days_end_at_the_next_whole_day_of_the_fact(db: sqlite3.Connection, function: str, as_of: datetime) -> None:
    query = single(ask("max", "opened_at", where="priority == 'urgent'"), f"{function}(n)")
    end = until(db, query, as_of=as_of)
    assert end is not None
    assert as_of < end <= as_of + DAY + MS
    assert value(db, query, as_of=end - MS) == value(db, query, as_of=as_of)
    assert value(db, query, as_of=end) != value(db, query, as_of=as_of)


def test_days_round_down_on_both_sides_of_the_fact(db: sqlite3.Connection) -> None:
    fact = AS_OF - 10 * DAY
    since = single(ask("max", "opened_at", where="priority == 'urgent'"), "days_since(n)")
    ahead = single(ask("max", "opened_at", where="priority == 'urgent'"), "days_until(n)")
    for offset, passed, left in [(HOUR, 0, -1), (25 * HOUR, 1, -2), (timedelta(0), 0, 0)]:
        assert (value(db, since, as_of=fact + offset), value(db, ahead, as_of=fact + offset)) == (passed, left)


def test_days_to_a_date_change_at_midnight() -> None:
    db = kind_tables()
    put(db, "account", "acme", renewal_date=date(2026, 6, 3))
    put(db, "account", "beta")
    query = single(ask("any", "renewal_date", kind="account"), "days_until(n)")
    assert (value(db, query), until(db, query)) == (2, datetime(2026, 6, 2, tzinfo=UTC))
    assert (value(db, query, "beta"), until(db, query, "beta")) == (None, None)
    assert value(db, query, as_of=datetime(2026, 6, 10, 3, tzinfo=UTC)) == -7


def test_a_date_may_say_when_a_row_happened() -> None:
    db = kind_tables()
    for day in (date(2026, 5, 2), date(2026, 5, 3), date(2026, 6, 1), date(2026, 6, 2)):
        put(db, "deal", "acme", close_date=day, amount=1.0)
    query = single(ask("count", kind="deal", days=30))
    assert value(db, query) == 2
    assert until(db, query) == datetime(2026, 6, 2, tzinfo=UTC)
    after = datetime(2026, 6, 2, tzinfo=UTC)
    assert (value(db, query, as_of=after), until(db, query, as_of=after)) == (3, after + MS)
    assert value(db, query, as_of=after + MS) == 2
    assert value(db, single(ask("latest", "close_date", kind="deal"))) == "2026-06-01"


def test_another_column_may_say_when_a_row_happened(db: sqlite3.Connection) -> None:
    put(db, "account", "acme", created_at=AS_OF - 5 * DAY)
    assert value(db, single(ask("count", kind="account", at="created_at", days=5))) == 1
    assert value(db, single(ask("count", kind="account", at="created_at", days=4))) == 0


# --- mistakes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "where", "message"),
    [
        (Query(aggregates={}, finish="n"), "m", "a metric needs at least one aggregate"),
        (single(ask("cuont")), "m.n", "there is no aggregate cuont"),
        (single(ask("count", kind="tickets")), "m.n", "there are no customer's rows of kind tickets"),
        (single(ask("count", where="is_opn")), "m.n", "is_opn is not known here"),
        (single(ask("count", where="days_since(opened_at) < 3")), "m.n", "days_since cannot be used in this rule"),
        (single(ask("sum")), "m.n", "sum needs a value"),
        (single(ask("sum", "channel")), "m.n", "sum needs a number, this is text"),
        (single(ask("max", "channel")), "m.n", "max needs a date or a number or a time, this is text"),
        (single(ask("any", "domains", kind="account")), "m.n", "this is a list"),
        (single(ask("latest", "mrr", kind="account")), "m.n", "latest needs a time, and a row of account has none"),
        (single(ask("count", kind="account", days=3)), "m.n", "a window needs a time, and a row of account has none"),
        (single(ask("count", at="channel")), "m.n", "channel is not a time or a date"),
        (single(ask("count", at="opend_at")), "m.n", "opend_at is not a time or a date"),
        (single(ask("count", days=0)), "m.n", "a window is longer than nothing"),
        (single(ask("max", "rating", decay=Decay(half_life=DAY))), "m.n", "max does not decay"),
        (single(ask("count", decay=Decay())), "m.n", "decay is either linear or by half-life"),
        (single(ask("count", decay=Decay(half_life=DAY, step=MS))), "m.n", "in steps of an hour or more"),
        (single(ask("count", decay=Decay(half_life=9999 * DAY, step=HOUR))), "m.n", "decay takes too many steps"),
        (single(ask("count", kind="account", decay=Decay(half_life=DAY))), "m.n", "decay needs a time"),
        (
            single(ask("distinct", "rating", days=9, series=Series(ask="theil_sen"))),
            "m.n",
            "distinct cannot be asked about",
        ),
        (single(ask("count", days=61, series=Series(ask="theil_sen"))), "m.n", "a window holds from 1 to 60 periods"),
        (single(ask("count", series=Series(ask="with"))), "m.n", "a window holds from 1 to 400 periods"),
        (single(ask("count", days=9, series=Series(ask="with", per=MS))), "m.n", "a period lasts an hour or more"),
        (
            single(ask("count", kind="contact", per_person="email is not None")),
            "m.n",
            "a row of contact names no person",
        ),
        (single(ask("latest", "rating", per_person="is_open")), "m.n", "latest is one row"),
        (single(ask("count", ago=DAY)), "m.n", "an earlier time needs a window"),
        (
            Query(aggregates={"n": ask("count")}, finish="n", reasons=(Reason(when="m > 0", says=""),)),
            "m",
            "m is not known here",
        ),
        (
            Query(aggregates={"n": ask("count")}, finish="n", dated="n", ttl=DAY),
            "m",
            "the time of a fact needs a date or a time",
        ),
        (single(ask("latest", "channel"), peers=Peers(ask="rank")), "m", "a comparison with peers needs a number"),
        (single(ask("count"), "m + 1"), "m", "m is not known here"),
        (single(ask("count"), "days_since(n)"), "m", "days_since needs a column with a date or a time"),
    ],
)
def test_a_mistake_names_the_metric_and_the_aggregate(query: Query, where: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        compose({"m": query}, as_of=AS_OF, connections=[])
    assert caught.value.where == where
    assert message in caught.value.message


def test_the_type_of_a_metric_is_known_before_it_is_asked() -> None:
    assert check_query(single(ask("count"), "n > 3"), {}).finish.type is Type.FLAG
    assert check_query(single(ask("any", "tier", kind="account")), EXTRAS).finish.type is Type.TEXT
    with pytest.raises(ExprError, match="tier is not known here"):
        check_query(single(ask("any", "tier", kind="account")), {})


def test_statements_and_bound_values_do_not_grow_with_the_customers(db: sqlite3.Connection) -> None:
    queries = {"n": single(ask("count", days=30)), "l": single(ask("latest", "rating"))}
    before = compose(queries, as_of=AS_OF, connections=["crm"], whose="due").statements
    for number in range(100):
        put(db, "ticket", f"c{number}", opened_at=AS_OF - DAY)
    assert compose(queries, as_of=AS_OF, connections=["crm"], whose="due").statements == before
    assert len(answers(db, queries)) == 102
