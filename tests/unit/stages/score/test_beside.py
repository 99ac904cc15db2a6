"""What stands beside a score: when it changes, what is saved then, and that the machine's score stays what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from cshub.config import Outputs, OverrideFields, RiskRule, RiskRules
from cshub.expr import parse
from cshub.model import MICRO, FunctionMetric, Shape, Signal, Status, Type
from cshub.model import Group as SignalGroup
from cshub.stages.score.save import frozen
from tests.unit.stages.score.scored import DAY1, Scored, card

DAY = timedelta(days=1)
OVERRIDE = Outputs(override=OverrideFields(value="said", reason="reason", until="until"))


def rule(when: str, severity: float, text: str = "angry", name: str = "angry") -> RiskRule:
    names = {"urgent_open": Type.NUMBER, "unseen": Type.NUMBER, "score": Type.NUMBER, "band": Type.TEXT}
    parsed = parse(when, names=names)
    return RiskRule(name=name, when=parsed, severity=round(severity * MICRO), text=text)


def risky(*rules: RiskRule) -> Outputs:
    return Outputs(risk=RiskRules(rules=rules))


def risk_of(scored: Scored, customer: str = "crm:1") -> float | None:
    found = scored.of(customer).risk
    assert found is not None
    return None if found.micro is None else found.micro / MICRO


def test_risk_is_an_output_of_its_own_with_lines_that_add_up(scored: Scored) -> None:
    scored.outputs = risky(rule("urgent_open >= 2", 80, "{urgent_open} urgent, {band}"))
    scored.world.account("crm", "1", renewal_date=date(2026, 3, 1))
    scored.ticket("a", "1")
    scored.ticket("b", "1")
    scored.score()
    score = scored.of("crm:1")
    assert score.risk is not None
    assert (score.micro, risk_of(scored)) == (76 * MICRO, 78)
    assert sum(line.micro for line in score.risk.drivers) == score.risk.micro
    assert [(line.sort, line.text) for line in score.risk.drivers] == [
        ("rule", "2 urgent, healthy"),
        ("health", "lack of health"),
        ("renewal", "renewal on 2026-03-01"),
    ]
    assert scored.world.all("select churn_risk from customer_health") == [(78.0,)]


def test_a_rule_that_cannot_be_judged_stops_nobody(scored: Scored) -> None:
    scored.outputs = risky(rule("urgent_open > unseen", 80))
    scored.metrics["unseen"] = FunctionMetric(name="unseen", doc="", needs=(), function=lambda view: "text")
    scored.world.account("crm", "1")
    scored.score()
    score = scored.of("crm:1")
    assert score.risk is not None
    (line,) = [line for line in score.risk.drivers if line.sort == "rule"]
    assert (line.micro, line.status) == (0, Status.ERROR)
    assert (line.text or "").startswith("cannot be judged: ")


def test_a_renewal_that_comes_near_makes_the_customer_due(scored: Scored) -> None:
    scored.outputs = risky(rule("urgent_open >= 1", 80))
    scored.metrics["unseen"] = scored.metrics["urgent_open"]
    scored.world.account("crm", "1", renewal_date=DAY1.date() + 95 * DAY)
    scored.ticket("a", "1")
    scored.score()
    first = risk_of(scored)
    assert scored.of("crm:1").valid_until == datetime.combine(DAY1.date() + 6 * DAY, datetime.min.time(), UTC)
    scored.as_of = DAY1 + 5 * DAY
    assert scored.score().due == 0
    scored.as_of = DAY1 + 6 * DAY
    assert scored.score().saved == 1
    assert first is not None
    assert (risk_of(scored) or 0) > first


def test_a_customer_is_new_until_there_is_a_score_of_thirty_days_ago(scored: Scored) -> None:
    scored.metrics["unseen"] = scored.metrics["urgent_open"]
    scored.world.account("crm", "1")
    scored.score()
    assert (scored.of("crm:1").trend, scored.of("crm:1").change_micro) == ("new", None)
    scored.as_of = DAY1 + 30 * DAY
    assert scored.score().saved == 1
    assert (scored.of("crm:1").trend, scored.of("crm:1").change_micro) == ("stable", 0)
    assert scored.world.all("select count(*) from score_detail") == [(1,)]
    scored.as_of += 1 * DAY
    assert scored.score().due == 0


def test_the_trend_follows_the_score_of_thirty_days_ago_without_a_new_fact(scored: Scored) -> None:
    scored.metrics["unseen"] = scored.metrics["urgent_open"]
    scored.world.account("crm", "1")
    scored.score()
    scored.as_of = DAY1 + 35 * DAY
    scored.ticket("a", "1")
    scored.score()
    assert (scored.of("crm:1").trend, scored.of("crm:1").change_micro) == ("declining", -16 * MICRO)
    scored.as_of = DAY1 + 65 * DAY - timedelta(hours=1)
    assert scored.score().due == 0
    scored.as_of = DAY1 + 65 * DAY
    assert scored.score().saved == 1
    assert (scored.of("crm:1").trend, scored.of("crm:1").change_micro) == ("stable", 0)


def test_daily_scores_are_those_in_force_at_that_time_of_each_day(scored: Scored) -> None:
    scored.metrics["unseen"] = scored.metrics["urgent_open"]
    scored.world.account("crm", "1")
    scored.score()
    scored.as_of = DAY1 + 2 * DAY
    scored.ticket("a", "1")
    scored.score()
    daily = scored.world.store.scores.daily("crm:1", DAY1 + 3 * DAY, 30)
    assert sorted(daily) == [(-3, 100 * MICRO), (-2, 100 * MICRO), (-1, 84 * MICRO), (0, 84 * MICRO)]


def test_dimensions_have_sub_scores_across_groups(scored: Scored) -> None:
    line = Shape(name="linear", options={"from": (5, 0), "to": (0, 100)})
    inner = SignalGroup(name="in", weight=1, signals=(Signal(metric="unseen", shape=line, dimension="experience"),))
    outer = (Signal(metric="urgent_open", shape=line, weight=3, dimension="experience"),)
    scored.card = card(root=SignalGroup(name="all", signals=outer, groups=(inner,)))
    scored.world.account("crm", "1")
    scored.ticket("a", "1")
    scored.ticket("b", "1")
    scored.score()
    assert scored.of("crm:1").dimensions == {"experience": 70 * MICRO}


def said(scored: Scored, **extra: str) -> None:
    scored.world.account(
        "crm", "1", extra={"said": "critical", "reason": "they told me", "until": "2026-01-10", **extra}
    )


def test_an_override_is_shown_and_the_machines_score_is_kept_beside_it(scored: Scored) -> None:
    scored.outputs = OVERRIDE
    said(scored)
    scored.score()
    score = scored.of("crm:1")
    assert (score.micro, score.band, score.shown_band, score.shown_micro) == (
        100 * MICRO,
        "healthy",
        "critical",
        100 * MICRO,
    )
    assert score.override is not None
    assert (score.override.reason, score.override.until) == ("they told me", date(2026, 1, 10))


def test_an_override_survives_new_scores_and_ends_by_itself(scored: Scored) -> None:
    scored.outputs = OVERRIDE
    said(scored)
    scored.score()
    scored.as_of = DAY1 + DAY
    scored.ticket("a", "1")
    assert scored.score().saved == 1
    assert scored.of("crm:1").shown_band == "critical"
    assert scored.score(everybody=True).saved == 0
    scored.as_of = datetime(2026, 1, 11, tzinfo=UTC)
    assert scored.score().saved == 1
    score = scored.of("crm:1")
    assert score.shown_band == "healthy"
    assert score.override is not None
    assert score.override.trouble == "it ended on 2026-01-10"


def test_an_override_without_a_reason_is_ignored_and_says_so(scored: Scored) -> None:
    scored.outputs = OVERRIDE
    said(scored, reason="")
    scored.score()
    score = scored.of("crm:1")
    assert score.shown_band == "healthy"
    assert score.override is not None
    assert score.override.trouble == "no reason is given"


def test_an_override_that_is_taken_back_is_gone(scored: Scored) -> None:
    scored.outputs = OVERRIDE
    said(scored)
    scored.score()
    scored.world.account("crm", "1")
    scored.score()
    assert scored.of("crm:1").override is None


def test_a_churned_customer_keeps_its_last_score(scored: Scored) -> None:
    scored.world.account("crm", "1", stage="Active")
    scored.score()
    before = scored.of("crm:1")
    scored.as_of = DAY1 + DAY
    scored.ticket("a", "1")
    scored.world.account("crm", "1", stage="Churned")
    scored.score()
    assert scored.of("crm:1") == frozen(before)
    scored.card = replace(scored.card, hash="def")
    scored.as_of = DAY1 + 9 * DAY
    assert scored.score().due == 0
    scored.world.account("crm", "1", stage="Active")
    scored.score()
    assert (scored.of("crm:1").is_frozen, scored.of("crm:1").micro) == (False, 88 * MICRO)
