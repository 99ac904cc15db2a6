"""What of a score goes into the fields of a CRM, with and without a person's word, a risk and a trend."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from cshub.model import MICRO, BandState, Override, Risk
from cshub.stages.publish.fields import values
from tests.unit.scoring.test_words import AT, score

SINCE = datetime(2025, 12, 1, tzinfo=UTC)
MADE = replace(score(), band="healthy", band_state=BandState(band="healthy", since=SINCE))
SAID = Override(value="at risk", connection="crm", at=AT, band="at_risk", reason="told", until=date(2026, 2, 1))


def test_trend_change_and_risk_are_plain_values() -> None:
    found = values(replace(MADE, trend="declining", change_micro=-7_500_000, risk=Risk(micro=40 * MICRO)))
    assert (found["trend"], found["change_30d"], found["churn_risk"]) == ("declining", "-7.5", "40")
    assert found["risk_why"] == "Nothing stands out"


def test_what_is_not_known_is_empty() -> None:
    found = values(MADE)
    assert [found[name] for name in ("trend", "change_30d", "churn_risk", "risk_why")] == [None] * 4
    assert values(replace(MADE, risk=Risk(micro=None, reason="no data")))["risk_why"] == "Not known: no data"


def test_a_persons_word_is_shown_from_the_day_it_was_said() -> None:
    found = values(replace(MADE, override=SAID))
    assert (found["health"], found["health_since"], found["health_score"]) == ("at_risk", "2026-01-02", "50")
    number = values(replace(MADE, override=replace(SAID, value="60", micro=60 * MICRO)))
    assert (number["health"], number["health_score"]) == ("at_risk", "60")


def test_a_word_counts_where_there_is_no_score_and_an_ignored_one_changes_nothing() -> None:
    assert values(replace(score(micro=None), override=SAID))["health"] == "at_risk"
    ignored = values(replace(MADE, override=replace(SAID, trouble="no reason is given")))
    assert {name: value for name, value in ignored.items() if name != "why_detail"} == {
        name: value for name, value in values(MADE).items() if name != "why_detail"
    }
