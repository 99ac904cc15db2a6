from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cshub.model import MICRO, BandState, Driver, Override, Risk, SavedScore, Scalar, Status
from cshub.scoring.words import cut, number, percent, plain, points, risk_why, why, why_detail

AT = datetime(2026, 1, 2, 9, tzinfo=UTC)


def score(*drivers: Driver, micro: int | None = 50 * MICRO, stale: tuple[str, ...] = ()) -> SavedScore:
    return SavedScore(
        customer="crm:1",
        as_of=AT,
        scorecard="default",
        scorecard_hash="a",
        micro=micro,
        band=None,
        band_state=None,
        previous_band=None,
        coverage=1.0,
        reason=None,
        data_as_of=None,
        valid_until=None,
        drivers=drivers,
        readings={},
        stale=stale,
    )


def driver(name: str, points: float, text: str | None = None) -> Driver:
    return Driver(sort="signal", name=name, micro=round(points * MICRO), text=text)


def test_the_three_largest_drivers_are_named_with_their_points() -> None:
    found = score(driver("a", -18, "logins fell"), driver("b", 5), driver("c", 0.4), driver("d", -12, "3 urgent"))
    assert why(found) == "logins fell (−18); 3 urgent (−12); b (+5)"


def test_a_source_that_is_not_up_to_date_is_named() -> None:
    found = score(driver("a", 1, "a"), stale=("crm.tickets since 2026-01-01",))
    assert why(found) == "a (+1); not up to date: crm.tickets since 2026-01-01"
    assert why_detail(found).endswith("Not up to date: crm.tickets since 2026-01-01")


def test_without_a_score_the_reason_is_said() -> None:
    assert why(replace(score(micro=None), reason="no data at all")) == "no data at all"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1) (+1)"),
        ("@sum", "'@sum (+1)"),
        ("-x", "'-x (+1)"),
        ("-5 logins", "-5 logins (+1)"),
        ("a\u202eb\x00c", "abc (+1)"),
        ("a\nb\tc", "a bc (+1)"),
    ],
)
def test_a_value_out_of_a_vendors_tool_is_inert_in_another(text: str, shown: str) -> None:
    assert why(score(driver("a", 1, text))) == shown


def test_every_line_of_the_explanation_stays_on_one_line() -> None:
    assert why_detail(score(driver("a", 1, "two\nlines"))).splitlines() == ["Score 50", "+1  a: two lines"]


def test_a_line_says_group_value_and_state() -> None:
    line = replace(driver("nps", 0), group="voice", value=7.0, status=Status.STALE, text=None)
    assert why_detail(score(line)).splitlines()[1] == "+0  voice / nps = 7 [stale]"


def test_a_line_with_a_reason_does_not_repeat_the_bare_value() -> None:
    line = replace(driver("silent", 0), value=157, text="no contact since 2026-06-18")
    assert why_detail(score(line)).splitlines()[1] == "+0  silent: no contact since 2026-06-18"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(True, "yes"), (False, "no"), (2.5, "2.5"), (3.0, "3"), (4, "4"), (AT, "2026-01-02"), ("x", "x")],
)
def test_values_are_shown_plainly(value: Scalar, shown: str) -> None:
    assert plain(value) == shown


@pytest.mark.parametrize(
    ("micro", "shown"), [(0, "+0"), (400_000, "+0.4"), (-18_000_000, "−18"), (9_960_000, "+10"), (12_400_000, "+12")]
)
def test_points_have_a_sign_and_one_decimal_below_ten(micro: int, shown: str) -> None:
    assert points(micro) == shown


def test_numbers_are_plain_decimals() -> None:
    assert [number(micro) for micro in (72 * MICRO, -1_500_000, 0, None)] == ["72", "-1.5", "0", None]
    assert [percent(share) for share in (0.8, 1 / 3, 1.0, 0.0)] == ["80", "33", "100", "0"]


def test_what_is_too_long_ends_with_an_ellipsis() -> None:
    assert cut("x" * 300, 255) == "x" * 254 + "…"
    assert cut("short", 255) == "short"


SAID = Override(value="At risk", connection="crm", at=AT, band="at_risk", reason="they told me", until=date(2026, 2, 1))


def test_a_persons_word_goes_first_with_what_was_calculated() -> None:
    found = replace(score(driver("a", 1)), band="healthy", override=SAID)
    line = "Set to At risk by a person until 2026-02-01: they told me (calculated: Healthy, 50)"
    assert why(found) == line
    assert line in why_detail(found).splitlines()
    assert why_detail(found).splitlines()[:2] == ["Score 50", "+1  a"]


def test_a_word_that_does_not_count_is_no_reason_but_stands_in_the_detail() -> None:
    found = replace(score(driver("a", 1)), override=replace(SAID, trouble="no reason is given"))
    assert why(found) == "a (+1)"
    assert "Override At risk (crm) does not count: no reason is given" in why_detail(found).splitlines()


def test_a_band_of_a_changed_scorecard_says_so() -> None:
    found = replace(score(), band_state=BandState(band="at_risk", since=AT, cause="config"))
    assert "The band came with a changed scorecard on 2026-01-02, not with the customer" in why_detail(found)


def test_the_risk_names_its_worst_reasons_first() -> None:
    lines = (
        Driver(sort="rule", name="angry", micro=40 * MICRO, text="3 urgent"),
        Driver(sort="health", name="health", micro=20 * MICRO, text="lack of health"),
        Driver(sort="renewal", name="renewal", micro=30 * MICRO, text="renewal on 2026-03-01"),
        Driver(sort="cap", name="cap", micro=-10 * MICRO),
    )
    found = replace(score(), risk=Risk(micro=80 * MICRO, drivers=lines))
    assert risk_why(found) == "3 urgent (+40); renewal on 2026-03-01 (+30); lack of health (+20)"
    assert "Churn risk 80" in why_detail(found).splitlines()


def test_a_risk_that_is_not_known_says_why_and_one_that_is_not_declared_nothing() -> None:
    assert risk_why(replace(score(), risk=Risk(micro=None, reason="nothing fired"))) == "Not known: nothing fired"
    assert risk_why(score()) is None
