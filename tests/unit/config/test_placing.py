from __future__ import annotations

import pytest

from cshub.config import STANDARD_FIELDS, PlacementMetric, field_spec, published_card
from tests.unit.config.conftest import Load, Mistakes
from tests.unit.config.placing import LIFECYCLE, SECOND, placed, rules_of
from tests.unit.config.world import GOOD


def test_stages_segments_milestone_and_cards_are_read_in_order(read: Load) -> None:
    rules = rules_of(read)
    assert rules.lifecycle.names == ("ignored", "churned", "onboarding", "renewing", "adopting")
    assert [rule.name for rule in rules.segments] == ["enterprise", "loud"]
    assert [(rule.name, rule.when.text) for rule in rules.cards] == [
        ("young", "stage == 'onboarding' and not enterprise")
    ]
    assert rules.onboarding is not None
    assert rules.onboarding.event == "went_live"
    assert set(rules.fields) == {"created_at", "mrr", "renewal_date", "stage", "type"}
    assert rules.metrics == {"urgent_open"}


def test_a_configuration_without_these_sections_has_the_usual_stages(read: Load) -> None:
    rules = read(GOOD).placement
    assert rules is not None
    assert rules.lifecycle.names == ("ignored", "churned", "trial", "onboarding", "renewing", "adopting")
    assert (rules.segments, rules.cards, rules.onboarding) == ((), (), None)


def test_tenure_and_time_to_value_are_metrics(read: Load) -> None:
    text = placed().replace(
        "age: {tenure: days}", "age: {tenure: days}\n  months: {tenure: months}\n  old: {value: account.tenure}"
    )
    metrics = read(text).metrics
    found = {name: metric.of for name, metric in metrics.items() if isinstance(metric, PlacementMetric)}
    assert found == {"age": "tenure", "months": "tenure_months", "old": "tenure", "ttv": "time_to_value"}


def test_whom_a_card_scores_is_no_part_of_its_hash(read: Load) -> None:
    one = read(placed()).scorecards["young"]
    other = read(placed(second=SECOND.replace(" and not enterprise", ""))).scorecards["young"]
    assert one.hash == other.hash


def test_another_start_of_tenure_is_another_card(read: Load) -> None:
    one = read(placed()).scorecards
    other = read(placed(LIFECYCLE.replace("lifecycle:", "lifecycle:\n  start: tier"))).scorecards
    assert one["young"].hash != other["young"].hash
    assert one["default"].hash == other["default"].hash


def test_equal_rules_have_equal_texts_and_others_do_not(read: Load) -> None:
    one = rules_of(read)
    assert one.text == rules_of(read).text
    assert one.text != rules_of(read, LIFECYCLE.replace("5000", "6000")).text
    assert one.text != rules_of(read, LIFECYCLE.replace("30d", "40d")).text


@pytest.mark.parametrize(
    ("written", "instead", "path", "said"),
    [
        ("    otherwise: adopting\n", "", "lifecycle.stages.otherwise", "is missing"),
        (
            "    otherwise: adopting\n",
            "    otherwise: adopting\n    late: {when: \"tenure > 9\"}\n",
            "lifecycle.stages.otherwise",
            "stands before late",
        ),
        ("mrr >= 5000", "mrrr >= 5000", "segments.enterprise.when", "mrrr is not known here; did you mean mrr?"),
        ("urgent_open > 2", "urgent_opn > 2", "segments.loud.when", "did you mean urgent_open?"),
        ("'onboarding' and", "'onbording' and", "scorecards.young.when", "did you mean 'onboarding'?"),
        ("not enterprise", "not enterprize", "scorecards.young.when", "did you mean enterprise?"),
        ("    when: \"stage == 'onboarding' and not enterprise\"\n", "", "scorecards.young.when", "is missing"),
        ("lifecycle:\n", "lifecycle:\n  start: mrr\n", "lifecycle.start", "mrr is no date"),
        ("lifecycle:\n", "lifecycle:\n  start: creatd_at\n", "lifecycle.start", "did you mean created_at?"),
        ("lifecycle:\n", "lifecycle:\n  starts: created_at\n", "lifecycle.starts", "did you mean start?"),
        ("tenure < 60", "tenure", "lifecycle.stages.onboarding.when", "yes or no"),
        ("  loud:", "  mrr:", "segments.mrr", "is the name of a field already"),
        ("  loud:", "  nps:", "segments.nps", "is the name of a metric already"),
        ("expected: 30d", "expected: soon", "onboarding.expected", "is no duration"),
        ("milestone: went_live", "milestone: {when: \"mrrr > 1\"}", "onboarding.milestone.when", "did you mean mrr?"),
        ("{tenure: days}", "{tenure: dayz}", "metrics.age.tenure", "did you mean days?"),
        ("loud: {when:", "loud: {wen:", "segments.loud.wen", "did you mean when?"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place_and_the_nearest_name(
    mistakes: Mistakes, written: str, instead: str, path: str, said: str
) -> None:
    text = placed()
    assert written in text
    found = [one for one in mistakes(text.replace(written, instead, 1)) if one.path == path]
    assert found, [str(one) for one in mistakes(text.replace(written, instead, 1))]
    assert said in f"{found[0].message}; {found[0].hint}"


def test_time_to_value_needs_a_milestone(mistakes: Mistakes) -> None:
    text = GOOD.replace("scorecards:", "  ttv: time_to_value\nscorecards:", 1)
    assert [one.path for one in mistakes(text)] == ["metrics.ttv"]


def test_the_default_card_has_no_rule(mistakes: Mistakes) -> None:
    text = GOOD.replace("  default:\n", '  default:\n    when: "mrr > 1"\n', 1)
    assert [one.path for one in mistakes(text)] == ["scorecards.default.when"]


def test_a_stage_that_is_almost_one_of_the_usual_ones_is_remarked(read: Load) -> None:
    text = placed(LIFECYCLE.replace("churned:", "chruned:"))
    assert ("lifecycle.stages.chruned", "did you mean churned?") in [
        (one.path, one.hint) for one in read(text).warnings
    ]


def test_a_card_that_counts_otherwise_than_the_default_is_remarked(read: Load) -> None:
    second = SECOND.replace("model: weighted", "model: additive").replace("healthy: 50", "healthy: 5")
    shaped = second.replace("{bad: 3, good: 0}", "{from: [3, -2], to: [0, 3]}").replace(
        "{bad: 0, good: 60}", "{from: [0, 0], to: [9, 1]}"
    )
    assert ("scorecards.young", "goes from 0 to 10, and default from 0 to 100") in [
        (one.path, one.message) for one in read(placed(second=shaped)).warnings
    ]


def test_health_offers_the_bands_of_every_card(read: Load) -> None:
    text = placed(second=SECOND.replace("healthy: 50", "blooming: 60"))
    card = published_card(read(text).scorecards)
    assert card is not None
    options = field_spec(STANDARD_FIELDS["health"], "cshub_health", card).options
    assert [value for value, _ in options] == ["healthy", "blooming", "at_risk", "critical", "not_enough_data"]
