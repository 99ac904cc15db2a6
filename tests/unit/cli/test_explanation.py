"""What `explain` prints of parts that do not add up, and of cards with a scale of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from cshub.cli.explanation import Explanation, lines
from cshub.model import Group, SavedScore, Scorecard
from cshub.scoring import finish, weighted
from tests.unit.scoring.making import card, readings, signal

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def told(plan: Scorecard, data: dict[str, object], **values: float) -> list[str]:
    known = readings(**values)
    done = finish(plan, weighted(plan, [("crm:1", known)])[0])
    score = SavedScore(
        customer="crm:1", as_of=NOW, scorecard="default", scorecard_hash="0", micro=done.micro, band=None, band_state=None,
        previous_band=None, coverage=1.0, reason=None, data_as_of=None, valid_until=None, drivers=done.drivers, readings=known,
    )  # fmt: skip
    return list(lines(Explanation(customer="crm:1", name="Acme", score=score, card=data, metrics={}, sources={})))


def test_a_part_that_does_not_add_up_is_one_line_with_its_inputs_below() -> None:
    voice = Group(name="voice", combine="min", signals=(signal("csat"), signal("ces")))
    found = told(card(signal("usage"), groups=(voice,)), {}, usage=80, csat=20, ces=90)
    assert found[4:] == [
        "         +50  base          where every score begins",
        "         +15  usage   = 80    [80 of 100, weight 50 %]",
        "         −15  voice         not additive: the lowest of csat 20, ces 90  [20 of 100, weight 50 %]",
        "        (+0)  voice:",
        "          +0    csat  = 20",
        "          +0    ces   = 90",
        "          50  = the score; the lines above add up to it exactly",
    ]


def test_a_card_with_its_own_scale_is_told_in_it() -> None:
    plan = replace(card(signal("usage")), high=10.0)
    found = told(plan, {"max": 10, "bands": {"poor": 0, "good": 9}}, usage=80)
    assert "[8 of 10, weight 100 %]" in found[5]
    assert found[-1] == "1 points below Good (from 9); usage alone could do it"
