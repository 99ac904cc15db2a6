"""The sections of what stands beside a score: risk, trend, a person's word, the pulse and the roll-up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cshub import ConfigError
from cshub.config import OverrideFields, load
from cshub.config.schema import json_schema
from cshub.plugins import Registry
from tests.unit.config.conftest import Load, Mistakes
from tests.unit.config.world import ENVIRON, GOOD

FIELDS = GOOD.replace(
    "accounts: {tier: Tier__c}",
    "accounts: {tier: Tier__c, said: Override__c, because: Reason__c, until: Until__c, feeling: own_feeling}",
)
OVERRIDE = "override: {value: account.said, reason: account.because, until: account.until}\n"
RISK = """\
risk:
  rules_weight: 60%
  rules:
    unhappy: {when: "nps < 0 or band == 'critical'", severity: 80, text: "NPS {nps}"}
"""


def test_rules_of_risk_are_read_with_their_weight(read: Load) -> None:
    risk = read(GOOD + RISK).outputs.risk
    assert risk is not None
    assert risk.weight == 600_000
    (rule,) = risk.rules
    assert (rule.name, rule.severity, rule.text) == ("unhappy", 80_000_000, "NPS {nps}")
    assert read(GOOD + RISK).outputs.metrics >= {"nps"}


def test_without_the_section_there_is_no_risk_and_the_trend_is_that_of_thirty_days(read: Load) -> None:
    outputs = read(GOOD).outputs
    assert (outputs.risk, outputs.override, outputs.pulse, outputs.rollup) == (None, None, None, None)
    assert (outputs.trend.span, outputs.trend.dead_band) == (timedelta(days=30), 3)


def test_what_stands_beside_a_score_is_part_of_its_scorecards_hash(read: Load) -> None:
    plain, risky = read(GOOD).scorecards["default"], read(GOOD + RISK).scorecards["default"]
    worse = read(GOOD + RISK.replace("80", "90")).scorecards["default"]
    assert len({plain.hash, risky.hash, worse.hash}) == 3
    assert read(GOOD + RISK).scorecards["default"].hash == risky.hash


@pytest.mark.parametrize(
    ("section", "path", "message"),
    [
        ("risk: {rules: {a: {when: 'nsp < 0', severity: 80, text: x}}}", "risk.rules.a.when", "nsp is not known here"),
        ("risk: {rules: {a: {when: 'nps < 0', severity: 101, text: x}}}", "risk.rules.a.severity", "needs 100.0 or less"),
        ("risk: {rules: {a: {when: 'nps < 0', severity: 8, text: '{nsp}'}}}", "risk.rules.a.text", "{nsp} is no metric"),
        ("risk: {rules: {a: {when: 'nps < 0', text: x}}}", "risk.rules.a.severity", "is missing"),
        ("risk: {rules_weight: 140%}", "risk.rules_weight", "a share from 0% to 100%"),
        ("trend: {days: 0}", "trend.days", "1 or more"),
        ("rollup: {by: sum}", "rollup.by", "sum"),
        ("rollup: {by: share_above}", "rollup.above", "is missing, and share_above needs it"),
        ("rollup: {by: mean, above: 5}", "rollup.above", "means nothing with mean"),
        ("rollup: {by: mrr_weighted, mrr: nsp}", "rollup.mrr", "there is no metric nsp"),
        ("override: {value: account.said, until: account.until}", "override.reason", "is missing"),
        (OVERRIDE.replace("account.said", "account.sad"), "override.value", "account.sad is no extra field of an account"),
        ("pulse: feeling", "pulse", "feeling is no extra field of an account"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(mistakes: Mistakes, section: str, path: str, message: str) -> None:
    (found,) = mistakes(f"{FIELDS}{section.rstrip()}\n")
    assert found.path == path
    assert message in found.message


def test_a_persons_word_is_read_from_extra_fields(read: Load) -> None:
    assert read(FIELDS + OVERRIDE).outputs.override == OverrideFields(value="said", reason="because", until="until")


def test_the_pulse_is_a_metric_that_cards_and_rules_may_use(read: Load) -> None:
    text = FIELDS.replace("{bad: 3, good: 0}}}", "{bad: 3, good: 0}, pulse: {values: {happy: 100, sad: 0}}}}")
    config = read(
        f"{text}pulse: account.feeling\nrisk: {{rules: {{a: {{when: \"pulse == 'sad'\", severity: 9, text: x}}}}}}\n"
    )
    assert config.outputs.pulse == "feeling"
    assert "pulse" in config.metrics


def test_a_vendors_own_field_for_it_is_the_pulse_without_a_word(read: Load) -> None:
    config = read(GOOD.replace("accounts: {tier: Tier__c}", "accounts: {tier: Tier__c, mood: crm_feeling}"))
    assert config.outputs.pulse == "mood"
    assert read(FIELDS.replace("own_feeling", "crm_feeling") + "pulse: account.tier\n").outputs.pulse == "tier"


@pytest.mark.parametrize(
    ("fields", "extra"),
    [
        ("health: crm_feeling", ""),
        ("why: Override__c", OVERRIDE),
        ("health: {name: own_feeling}", "pulse: account.feeling\n"),
    ],
)
def test_nothing_is_published_into_a_field_of_people(mistakes: Mistakes, fields: str, extra: str) -> None:
    text = FIELDS.replace("{approve: auto, canary: 0}", f"{{canary: 0, fields: {{{fields}}}}}") + extra
    (found,) = mistakes(text)
    assert "is only read, never written" in found.message
    assert found.path == f"publish.crm.fields.{fields.partition(':')[0]}"


def test_editors_know_the_sections(registry: Registry) -> None:
    properties = json_schema(registry)["properties"]
    assert isinstance(properties, dict)
    assert {"risk", "trend", "override", "pulse", "rollup"} <= properties.keys()


HUBSPOT = """\
connections:
  crm: {{connector: hubspot, token: env:CRM_TOKEN, accounts: {{feeling: hs_csm_sentiment}}}}
identity: {{customers: {{crm: {{where: all}}}}}}
metrics: {{tickets: {{count: ticket}}}}
scorecards:
  default: {{model: weighted, signals: {{tickets: {{bad: 9, good: 0}}}}, bands: {{critical: 0, healthy: 50}}}}
publish: {{crm: {{fields: {fields}}}}}
"""


def test_hubspots_own_sentiment_is_the_pulse_and_never_a_target(tmp_path: Path) -> None:
    path = tmp_path / "cshub.yaml"
    path.write_text(HUBSPOT.format(fields="standard"), encoding="utf-8")
    assert load(path, environ=ENVIRON).outputs.pulse == "feeling"
    path.write_text(HUBSPOT.format(fields="{health: hs_csm_sentiment}"), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, environ=ENVIRON)
    assert [one.message for one in caught.value.problems] == ["hs_csm_sentiment is only read, never written"]
