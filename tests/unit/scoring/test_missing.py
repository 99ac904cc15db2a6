"""Missing data (SCORING §4): values that are too old, and the last value that holds for a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cshub.model import Reading, Scalar, Scored, Status
from cshub.scoring import weighted
from cshub.scoring.carried import carried
from tests.unit.scoring.making import card, micro, readings, signal

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MONTH = timedelta(days=30)
PULSE = replace(signal("pulse", 60), ttl=timedelta(days=90), age="pulse_days")


def one(**values: Scalar | Status) -> Scored:
    return weighted(card(PULSE, signal("usage", 40), min_coverage=0.0), [("acme", readings(**values))])[0]


@pytest.mark.parametrize(
    ("days", "score", "status", "text"),
    [
        (0, 50, Status.OK, None),
        (90, 50, Status.OK, None),
        (91, 80, Status.STALE, "91 days old, and it counts for 90"),
        (None, 80, Status.STALE, "how old it is, is not known"),
        (float("nan"), 80, Status.STALE, "how old it is, is not known"),
        ("old", 80, Status.STALE, "how old it is, is not known"),
    ],
)
def test_past_its_time_a_value_is_stale(days: Scalar, score: float, status: Status, text: str | None) -> None:
    scored = one(pulse=30, pulse_days=days, usage=80)
    assert (scored.micro, scored.drivers[1].status, scored.drivers[1].text) == (micro(score), status, text)
    assert scored.drivers[1].value == 30


def test_a_stale_value_is_no_data() -> None:
    assert one(pulse=30, pulse_days=91, usage=80).coverage == 0.4


def reading(value: Scalar, status: Status, until: datetime | None = None) -> Reading:
    return Reading(metric="nps", value=value, status=status, valid_until=until)


GONE, KNOWN = reading(None, Status.MISSING), reading(40, Status.OK)


def test_the_last_known_value_holds_from_the_day_it_was_missed() -> None:
    first = carried(GONE, KNOWN, MONTH, NOW)
    assert (first.value, first.status, first.valid_until) == (40, Status.STALE, NOW + MONTH)
    assert first.note == "last known value, counts until 2026-03-31"
    later = carried(GONE, first, MONTH, NOW + timedelta(days=29))
    assert later == first
    assert carried(GONE, first, MONTH, NOW + MONTH) == GONE
    assert carried(GONE, GONE, MONTH, NOW + MONTH) == GONE


@pytest.mark.parametrize("status", [Status.OK, Status.NOT_APPLICABLE, Status.SOURCE_DOWN, Status.ERROR])
def test_only_what_is_missing_is_carried(status: Status) -> None:
    now = reading(7 if status is Status.OK else None, status)
    assert carried(now, KNOWN, MONTH, NOW) is now


@pytest.mark.parametrize("last", [None, reading(None, Status.OK), reading(3, Status.ERROR), reading(3, Status.STALE)])
def test_without_a_last_value_it_stays_missing(last: Reading | None) -> None:
    assert carried(GONE, last, MONTH, NOW) is GONE


def test_a_carried_value_counts_but_is_no_data() -> None:
    plan = card(replace(signal("nps", 1, missing="last"), last_for=MONTH), signal("usage", 1), min_coverage=0.5)
    held = {**readings(usage=80), "nps": carried(GONE, KNOWN, MONTH, NOW)}
    scored = weighted(plan, [("acme", held)])[0]
    assert (scored.micro, scored.coverage) == (micro(60), 0.5)
    assert (scored.drivers[1].status, scored.drivers[1].text) == (
        Status.STALE, "last known value, counts until 2026-03-31",
    )  # fmt: skip
    assert weighted(plan, [("acme", readings(usage=80, nps=None))])[0].micro == micro(80)


def test_a_carried_value_that_is_unusable_is_missing() -> None:
    plan = card(replace(signal("nps", 1, missing="last"), last_for=MONTH), signal("usage", 1), min_coverage=0.5)
    held = {**readings(usage=80), "nps": reading("much", Status.STALE, NOW)}
    assert weighted(plan, [("acme", held)])[0].micro == micro(80)
