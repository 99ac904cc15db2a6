"""Each form, from its YAML to the reading."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from cshub.model import Status
from tests.unit.builtin.asking import Rows, ask, ask_all, days, query, value
from tests.unit.expr.making import AS_OF

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
MIDNIGHT = (AS_OF + DAY).replace(hour=0)


@pytest.fixture
def rows() -> Rows:
    """A customer with an account."""
    made = Rows()
    made.put("account", name="Acme", mrr=100.0, currency="EUR", extra={"tier": "gold"})
    return made


@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        ({"linear": "50%", "per": "30d"}, [10.0, 7.5, 5.0, 2.5, 0.0, 0.0]),
        ({"linear": 0.5, "per": "30d", "step": "1h"}, [10.0, 7.5, 5.0, 2.5, 0.0, 0.0]),
        ({"half_life": "30d"}, [10.0, 7.071067812, 5.0, 3.535533906, 2.5, 1.25]),
    ],
)
def test_a_sum_decays_as_its_vector_says(rows: Rows, decay: object, expected: list[float]) -> None:
    days(rows, "event", [0], value=10.0)
    asked = query("sum", "event.value", decay=decay)
    assert [value(rows, asked, as_of=AS_OF + age * DAY) for age in (0, 15, 30, 45, 60, 90)] == expected


def test_a_decayed_count_and_mean_weigh_rows_by_their_age(rows: Rows) -> None:
    days(rows, "event", [0], value=4.0)
    days(rows, "event", [30], value=10.0)
    halving = {"half_life": "30d"}
    assert value(rows, query("count", "event", decay=halving)) == 1.5
    assert value(rows, query("avg", "event.value", decay=halving)) == 6.0
    assert value(rows, query("count", "event", decay=halving, window="10d")) == 1.0
    assert value(rows, query("ratio", [{"count": "event", "decay": halving}, {"count": "event"}])) == 0.75


def test_a_decay_holds_until_the_next_step(rows: Rows) -> None:
    days(rows, "event", [1], value=4.0)
    daily = ask(rows, query("sum", "event.value", decay={"half_life": "30d"}))["acme"]
    hourly = ask(rows, query("sum", "event.value", decay={"half_life": "30d", "step": "1h"}))["acme"]
    assert daily.valid_until == MIDNIGHT
    assert hourly.valid_until == AS_OF + timedelta(hours=1)


@pytest.mark.parametrize(
    ("form", "main", "options", "expected"),
    [
        ("trend", {"count": "event"}, {"last": "7d", "prior": "14d"}, 100.0),
        ("trend", {"sum": "event.value"}, {"last": "7d", "prior": "14d"}, 300.0),
        ("trend", {"avg": "event.value"}, {"last": "7d", "prior": "14d"}, 100.0),
        ("trend", {"count": "event", "where": "value > 99"}, {"last": "7d", "prior": "14d"}, None),
        ("slope", {"count": "event"}, {"window": "14d"}, 0.0),
        ("slope", {"sum": "event.value"}, {"window": "14d", "method": "least_squares"}, 0.118681319),
        ("own_baseline", {"count": "event"}, {"window": "14d"}, 0.0),
        ("streak", "event", {}, 0),
        ("streak", "event", {"per": "1w"}, 3),
        ("streak", "event", {"of": "without"}, 1),
        ("streak", "event", {"of": "without", "where": "value > 99"}, None),
    ],
)
def test_how_something_goes_is_told(
    rows: Rows, form: str, main: object, options: Mapping[str, object], expected: object
) -> None:
    days(rows, "event", [2, 6], value=4.0)
    days(rows, "event", [8, 20], value=2.0)
    assert value(rows, query(form, main, **options)) == expected


def test_a_trend_moves_when_a_row_goes_from_the_last_days_to_those_before(rows: Rows) -> None:
    days(rows, "event", [5, 10])
    asked = query("trend", {"count": "event"}, last="7d", prior="14d")
    reading = ask(rows, asked)["acme"]
    end = AS_OF + 2 * DAY + MS
    assert (reading.value, reading.valid_until) == (100.0, end)
    assert value(rows, asked, as_of=end - MS) == 100.0
    assert value(rows, asked, as_of=end) == -100.0


def test_a_streak_lasts_while_this_day_may_still_come(rows: Rows) -> None:
    days(rows, "event", [1, 2, 3, 5])
    asked = query("streak", "event")
    assert value(rows, asked) == 3
    days(rows, "event", [0])
    assert value(rows, asked) == 4
    assert value(rows, query("streak", "event", of="without")) == 0


def answers(rows: Rows, metric: str, *given: tuple[str | None, float, float], **extra: float | str) -> None:
    """Answers of a person, so high, so many days ago."""
    for person, high, age in given:
        days(rows, "response", [age], metric=metric, value=high, contact_email=person, extra=extra)


def test_nps_is_forty_for_six_promoters_and_two_detractors_of_ten(rows: Rows) -> None:
    answers(rows, "nps", *[(f"{n}@x", high, 1.0) for n, high in enumerate([9, 9, 9, 10, 10, 10, 0, 6, 7, 8])])
    assert value(rows, query("nps", "response")) == 40.0


def test_nps_takes_the_latest_answer_of_each_person_and_nobody_is_a_person_of_his_own(rows: Rows) -> None:
    answers(rows, "nps", ("a@x", 9, 50), ("a@x", 3, 10), ("b@x", 10, 5), (None, 10, 5), (None, 9, 4), ("b@x", 11, 1))
    reading = ask(rows, query("nps", "response"))["acme"]
    assert reading.value == 50.0
    assert value(rows, query("nps", "response", answers="all")) == 60.0
    assert value(rows, query("nps", "response", where="contact_email == 'a@x'")) == -100.0


def test_an_earlier_answer_of_a_person_does_not_come_back_when_the_latest_is_no_promoter(rows: Rows) -> None:
    answers(rows, "nps", ("a@x", 10, 50), ("a@x", 7, 10))
    assert value(rows, query("nps", "response")) == 0.0


def test_a_person_is_an_address_else_a_contact_of_its_connection(rows: Rows) -> None:
    for connection, contact in (("crm", "1"), ("crm", "1"), ("sales", "1")):
        rows.put(
            "response", metric="nps", value=10.0, answered_at=AS_OF - DAY, contact_id=contact, connection=connection
        )
    shared = query("nps", "response")
    readings = ask(rows, shared)["acme"]
    assert readings.value == 100.0
    assert shared.aggregates["answers"].per_person == "(metric == 'nps') and (value >= 0 and value <= 10)"


def test_few_answers_are_shrunk_to_the_mean_of_all(rows: Rows) -> None:
    answers(rows, "nps", ("a@x", 10, 1))
    for n in range(3):
        days(rows, "response", [1], customer="beta", metric="nps", value=0.0, contact_email=f"{n}@y")
    found = ask(rows, query("nps", "response", shrink=3))
    # the mean of four answers is −50; (1·100 + 3·−50)/4 and (3·−100 + 3·−50)/6
    assert (found["acme"].value, found["beta"].value) == (-12.5, -75.0)
    assert found["acme"].valid_until == MIDNIGHT


def test_csat_is_the_share_of_the_top_two_of_five(rows: Rows) -> None:
    answers(rows, "csat", *[(None, high, 1.0) for high in (5, 4, 3, 1)])
    assert value(rows, query("csat", "response")) == 50.0


@pytest.mark.parametrize(("direction", "expected"), [("low_effort_high", 6.0), ("low_effort_low", 2.0)])
def test_ces_is_higher_the_easier_it_was(rows: Rows, direction: str, expected: float) -> None:
    answers(rows, "ces", (None, 7, 1), (None, 5, 2), (None, 9, 3))
    assert value(rows, query("ces", "response", direction=direction)) == expected


def test_csi_weighs_the_means_of_attributes_that_were_rated(rows: Rows) -> None:
    answers(rows, "csi", (None, 5, 1), (None, 3, 2), attribute="quality")
    answers(rows, "csi", (None, 2, 1), attribute="price")
    weights = {"quality": 3, "price": 1, "speed": 5}
    assert value(rows, query("csi", "response", weights=weights, by="attribute")) == 3.5


def test_csi_may_weigh_questions_that_were_asked_one_by_one(rows: Rows) -> None:
    answers(rows, "csi", (None, 5, 1))
    answers(rows, "csat", (None, 3, 1), (None, 1, 1))
    answers(rows, "nps", (None, 9, 1))
    assert value(rows, query("csi", "response", weights={"csi": 3, "csat": 1}, by="metric")) == 4.25


def test_csi_reads_ratings_from_fields_as_well(rows: Rows) -> None:
    for quality, price in ((5, 1), (4, None)):
        extra = {"quality": quality, "price": price}
        rows.put("response", metric="csi", answered_at=AS_OF - DAY, extra=extra)
    assert value(rows, query("csi", "response", weights={"quality": 3, "price": 1})) == 3.625


@pytest.mark.parametrize(("age", "status", "told"), [(90, Status.OK, 8.0), (90.01, Status.STALE, None)])
def test_an_answer_past_its_time_to_live_is_stale_with_its_date_and_never_zero(
    rows: Rows, age: float, status: Status, told: float | None
) -> None:
    answers(rows, "nps", (None, 8, age))
    reading = ask(rows, query("latest", "response.value", ttl="90d"))["acme"]
    assert (reading.status, reading.value) == (status, told)
    assert (reading.note, reading.valid_until) == (
        (None, AS_OF + MS) if status is Status.OK else ("last known on 2026-03-03", None)
    )


def test_a_pulse_is_as_old_as_the_field_beside_it_says(rows: Rows) -> None:
    rows.put("account", "beta", extra={"pulse": 4, "pulse_at": (AS_OF - 40 * DAY).date()})
    rows.put("account", "gamma", extra={"pulse": 4})
    short, long = (query("value", "account.pulse", at="pulse_at", ttl=ttl) for ttl in ("30d", "60d"))
    assert ask(rows, short)["beta"].note == "last known on 2026-04-22"
    assert ask(rows, long)["beta"].value == 4
    assert ask(rows, long)["gamma"].status is Status.STALE
    assert ask(rows, long)["acme"].status is Status.MISSING


def test_a_percentile_is_the_middle_of_ties_among_ten_peers() -> None:
    rows = Rows()
    for number, calls in enumerate([0, 1, 1, 2, 3, 4, 5, 6, 7, 8]):
        rows.put("account", f"c{number}", extra={"tier": "gold"})
        days(rows, "event", [1.0] * calls, customer=f"c{number}")
    rows.put("account", "d0", extra={"tier": "basic"})
    rows.put("account", "d1")
    found = ask(rows, query("percentile", {"count": "event", "window": "30d"}, peers="account.tier"))
    assert [found[f"c{number}"].value for number in (0, 1, 2, 9)] == [5.0, 20.0, 20.0, 95.0]
    assert found["c0"].valid_until == MIDNIGHT
    assert found["d0"].note == "only 1 peers have a value; a rank needs 10"
    assert found["d1"].note == "it is not known who its peers are"
    assert {found["d0"].status, found["d1"].status} == {Status.MISSING}


def test_a_percentile_of_all_has_every_active_customer_for_a_peer() -> None:
    rows = Rows()
    for number in range(4):
        rows.put("account", f"c{number}", mrr=float(number))
    rows.db.execute("update customer set state = 'churned' where id = 'c3'")
    rows.db.execute("delete from due where customer <> 'c0'")
    found = ask(rows, query("percentile", {"value": "account.mrr"}, min_peers=3))
    assert found["c0"].value == pytest.approx(100 / 6, abs=1e-9)


def test_statements_do_not_grow_with_the_metrics_or_the_customers() -> None:
    def statements(customers: int) -> int:
        rows = Rows()
        for number in range(customers):
            days(rows, "event", [1, 2, 9], customer=f"c{number}", value=1.0)
            rows.put("account", f"c{number}", mrr=1.0)
        asked = {
            "a": query("sum", "event.value", decay={"half_life": "30d"}),
            "b": query("slope", {"count": "event"}),
            "c": query("trend", {"count": "event"}),
            "d": query("percentile", {"count": "event"}),
            "e": query("percentile", {"sum": "event.value"}, peers="account.currency"),
            "f": query("value", "account.mrr"),
        }
        ask_all(rows, asked)
        return rows.statements

    assert statements(3) == statements(40) == 4  # events and accounts of those due, and of all for the peers
