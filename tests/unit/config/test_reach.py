"""Rules nobody can reach and rules that hold together, said only when it is certain, each with an example that really fits."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cshub.config import PlacementRules, Placer
from cshub.config.reach import lint_placement
from tests.unit.config.conftest import Load
from tests.unit.config.placing import ANY, NOW, placed, rules_of


def stages(read: Load, *rules: str, more: str = "") -> list[tuple[str, str]]:
    """What is remarked of stages s0, s1, … with these rules."""
    written = "".join(f'    s{number}: {{when: "{rule}"}}\n' for number, rule in enumerate(rules))
    return remarks(rules_of(read, f"lifecycle:\n  stages:\n{written}    otherwise: adopting\n{more}", second=""))


def remarks(rules: PlacementRules) -> list[tuple[str, str]]:
    return [(one.path.rpartition("stages.")[2], one.message) for one in lint_placement(rules)]


@pytest.mark.parametrize(
    ("rules", "lost", "said"),
    [
        (("mrr > 5000", "mrr > 6000"), "s1", "whoever fits it fits s0"),
        (("mrr >= 5000", "mrr > 5000 and tenure < 30"), "s1", "whoever fits it fits s0"),
        (("mrr > 5000 and mrr < 4000",), "s0", "no customer can fit it"),
        (("type == 'a' and type == 'b'",), "s0", "no customer can fit it"),
        (("1 > 2",), "s0", "no customer can fit it"),
        (("mrr > 100", "mrr <= 100", "mrr == 100 or mrr == 200"), "s2", "whoever fits it fits s0 or s1"),
        (("tenure < 90", "tenure_months < 3"), "s1", "whoever fits it fits s0"),
        (("days_since(created_at) >= 30", "tenure >= 40"), "s1", "whoever fits it fits s0"),
        (
            ("days_until(renewal_date) <= 90", "0 <= days_until(renewal_date) and days_until(renewal_date) < 30"),
            "s1",
            "s0",
        ),
        (("type in ('a', 'b')", "type == 'b'"), "s1", "whoever fits it fits s0"),
        (("lower(type) == 'trial'", "type == 'Trial'"), "s1", "whoever fits it fits s0"),
        (("type is None or type != 'x'", "type == 'y'"), "s1", "whoever fits it fits s0"),
        (("age > 9", "tenure > 10"), "s1", "whoever fits it fits s0"),
        (("urgent_open > 2", "not (urgent_open <= 4)"), "s1", "whoever fits it fits s0"),
        (("created_at < '2026-01-01'", "created_at < '2025-01-01'"), "s1", "whoever fits it fits s0"),
    ],
)
def test_a_stage_nobody_reaches_is_named(read: Load, rules: tuple[str, ...], lost: str, said: str) -> None:
    found = dict(stages(read, *rules))
    assert said in found.get(lost, ""), found


@pytest.mark.parametrize(
    "rules",
    [
        ("mrr > 5000", "mrr > 4000 and mrr < 5000"),
        ("mrr > 5000", "mrr <= 5000 and tenure < 30"),
        ("type == 'a'", "type != 'a'"),
        ("lower(type) == 'a'", "type == 'b'"),
        ("tenure < 60", "tenure >= 60 and days_until(renewal_date) <= 30"),
        ("mrr * 2 > 5000", "mrr * 2 <= 5000"),
        ("startswith(type, 'a')", "type is None"),
        ("created_at > '2026-06-01'", "created_at <= '2026-06-01' and tenure > 400"),
    ],
)
def test_stages_that_share_nobody_are_not_remarked(read: Load, rules: tuple[str, ...]) -> None:
    assert stages(read, *rules) == []


@pytest.mark.parametrize(
    "rules",
    [
        ("mrr > 5000", "mrr * 1 > 6000"),
        ("startswith(type, 'a')", "startswith(type, 'ab')"),
        ("created_at > '2020-06-01'", "created_at > '2021-06-01' and tenure > 4000"),
    ],
)
def test_what_is_not_certain_is_not_called_unreachable(read: Load, rules: tuple[str, ...]) -> None:
    assert [said for _, said in stages(read, *rules) if "never reached" in said or "no customer" in said] == []


def test_stages_that_hold_together_are_named_with_an_example(read: Load) -> None:
    found = stages(read, "tenure < 90", "mrr >= 5000")
    assert found == [
        ("s1", "holds together with s0: a customer with a tenure of 45 days, mrr 5000 fits both, and s0 counts")
    ]


def test_churned_customers_are_churned_whatever_else_is_true(read: Load) -> None:
    lifecycle = """\
lifecycle:
  stages:
    churned: {when: "type == 'Former'"}
    onboarding: {when: "tenure < 90"}
    otherwise: adopting
"""
    assert remarks(rules_of(read, lifecycle, second="")) == []


CARDS = """\
  first:
    when: "{first}"
    model: weighted
    signals: {{urgent_open: {{bad: 3, good: 0}}}}
    bands: {{critical: 0, healthy: 50}}
  second:
    when: "{second}"
    model: weighted
    signals: {{urgent_open: {{bad: 3, good: 0}}}}
    bands: {{critical: 0, healthy: 50}}
"""


def cards(read: Load, first: str, second: str) -> list[tuple[str, str]]:
    rules = rules_of(read, second=CARDS.format(first=first, second=second))
    return [(one.path, one.message) for one in lint_placement(rules) if one.path.startswith("scorecards")]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("enterprise", "mrr > 6000", "is never reached: whoever fits it fits first"),
        ("stage == 'onboarding'", "stage == 'onboarding' and enterprise", "whoever fits it fits first"),
        ("stage in ('onboarding', 'renewing')", "stage == 'renewing'", "whoever fits it fits first"),
        ("mrr > 1", "stage == 'churned'", "no customer can fit it but customers that are not scored"),
        ("mrr > 1", "enterprise and mrr < 5000", "no customer can fit it"),
        ("tenure < 60", "stage == 'onboarding'", "whoever fits it fits first"),
        ("onboarding_overdue", "milestone_reached and onboarding_overdue", "no customer can fit it"),
    ],
)
def test_a_card_nobody_reaches_is_named(read: Load, first: str, second: str, said: str) -> None:
    found = dict(cards(read, first, second))
    assert said in found.get("scorecards.second.when", ""), found


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("stage == 'onboarding'", "stage == 'renewing'"),
        ("enterprise", "mrr < 5000"),
        ("stage == 'renewing'", "tenure < 60 and not milestone_reached"),
        ("milestone_reached", "not milestone_reached"),
    ],
)
def test_cards_that_share_nobody_are_not_remarked(read: Load, first: str, second: str) -> None:
    assert cards(read, first, second) == []


def test_cards_that_hold_together_are_named_with_an_example_of_facts(read: Load) -> None:
    ((path, said),) = cards(read, "enterprise", "tenure > 100")
    assert path == "scorecards.second.when"
    assert (
        said == "holds together with first: a customer with mrr 5000, a tenure of 102 days fits both, and first counts"
    )


def test_the_good_configurations_are_not_complained_about(read: Load) -> None:
    assert [str(one) for one in lint_placement(rules_of(read)) if "never reached" in one.message] == []


def test_a_remark_stands_at_the_rule(read: Load) -> None:
    rules = rules_of(read, second=CARDS.format(first="enterprise", second="mrr > 6000"))
    (found,) = [one for one in lint_placement(rules) if one.path == "scorecards.second.when"]
    text = placed(second=CARDS.format(first="enterprise", second="mrr > 6000")).splitlines()
    assert text[found.line - 1][found.column - 1 :].startswith('when: "mrr > 6000"')


ATOM = st.builds(
    "{} {} {}".format,
    st.sampled_from(["mrr", "tenure", "days_until(renewal_date)", "urgent_open"]),
    st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
    st.sampled_from([0, 10, 20]),
) | st.builds("type {} '{}'".format, st.sampled_from(["==", "!="]), st.sampled_from(["a", "b"]))
RULE = st.lists(ATOM, min_size=1, max_size=3).map(" and ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(RULE, min_size=2, max_size=3), st.data())
def test_whoever_is_called_unreachable_is_never_met(read: Load, rules: list[str], data: st.DataObject) -> None:
    """Customers made at random are never in a stage that lint says nobody reaches."""
    written = "".join(f'    s{number}: {{when: "{rule}"}}\n' for number, rule in enumerate(rules))
    found = rules_of(read, f"lifecycle:\n  stages:\n{written}    otherwise: adopting\n", second="")
    lost = {path for path, said in remarks(found) if "together" not in said}
    placer = Placer(found, NOW)
    for _ in range(10):
        facts = data.draw(ANY) | {
            "type": data.draw(st.sampled_from([None, "a", "b", "c"])),
            "mrr": data.draw(st.none() | st.integers(-1, 21)),
        }
        assert placer.place(facts, {"urgent_open": data.draw(st.none() | st.integers(0, 22))}).stage not in lost


def test_an_example_names_the_stage_and_not_the_facts_behind_it(read: Load) -> None:
    ((_, said),) = cards(read, "stage == 'onboarding'", "mrr < 50 and tenure > 3")
    assert (
        said
        == "holds together with first: a customer with stage 'onboarding', mrr 49, a tenure of 45 days fits both, and first counts"
    )
