"""Which of people's words counts, what it means, and why one does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cshub.model import Bands, Override
from cshub.scoring.override import Word, ends, override
from tests.unit.scoring.making import card, signal

AS_OF = datetime(2026, 6, 10, 9, tzinfo=UTC)
BANDS = Bands(edges=(("critical", 0.0), ("at_risk", 50.0), ("healthy", 75.0)))


CARD = replace(card(signal("a")), bands=BANDS)


def word(value: str = "healthy", **changes: object) -> Word:
    told: dict[str, object] = {"reason": "talked to them", "until": "2026-06-30", "at": AS_OF - timedelta(days=1)}
    return Word(connection="crm", value=value, **{**told, **changes})  # type: ignore[arg-type]  # the fields of a word


def said(*words: Word) -> Override:
    found = override(words, CARD, AS_OF)
    assert found is not None
    return found


@pytest.mark.parametrize("value", ["at_risk", "At risk", " AT-RISK "])
def test_a_band_may_be_written_as_people_see_it(value: str) -> None:
    found = said(word(value))
    assert (found.band, found.micro, found.trouble) == ("at_risk", None, None)


def test_a_number_is_a_score_with_its_band() -> None:
    found = said(word("74.5"))
    assert (found.band, found.micro) == ("at_risk", 74_500_000)
    assert said(word("75")).band == "healthy"


@pytest.mark.parametrize("value", ["splendid", "101", "-1", "nan", "inf", ""])
def test_a_word_that_means_nothing_here_does_not_count_and_says_so(value: str) -> None:
    assert said(word(value)).trouble == f"{value!r} is neither a band nor a score of this scorecard"


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({"reason": None}, "no reason is given"),
        ({"reason": "  "}, "no reason is given"),
        ({"until": None}, "no last day is given"),
        ({"until": "soon"}, "'soon' is no date"),
        ({"until": "2026-06-09"}, "it ended on 2026-06-09"),
        ({"until": "2026-06-10"}, None),
    ],
)
def test_a_word_needs_a_reason_and_a_last_day(changes: dict[str, object], trouble: str | None) -> None:
    assert said(word(**changes)).trouble == trouble


def test_the_newest_by_the_time_it_was_said_counts_however_they_are_read() -> None:
    older, newer = word("critical", at=AS_OF - timedelta(days=9)), word("healthy", at=AS_OF - timedelta(days=2))
    assert said(older, newer) == said(newer, older)
    assert said(older, newer).band == "healthy"


def test_a_word_that_does_not_count_hides_no_older_one_that_does() -> None:
    assert said(word("critical", at=AS_OF - timedelta(days=9)), word(reason=None)).band == "critical"


def test_what_is_said_later_is_not_known_yet() -> None:
    assert override([word(at=AS_OF + timedelta(hours=1))], CARD, AS_OF) is None


def test_it_ends_after_its_last_day_and_another_may_begin() -> None:
    later = word(at=AS_OF + timedelta(days=3))
    found = said(word(), later)
    assert ends([word(), later], found, AS_OF) == [datetime(2026, 7, 1, tzinfo=UTC), AS_OF + timedelta(days=3)]
    assert found.until == date(2026, 6, 30)
