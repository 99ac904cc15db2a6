from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from cshub import ConfigError, FunctionMetric, Type
from cshub.config import load
from cshub.plugins import Registry
from tests.unit.config.conftest import Load
from tests.unit.config.world import ENVIRON, GOOD


def test_a_connection_has_settings_streams_and_times(read: Load) -> None:
    crm = read(GOOD).connections["crm"]
    assert crm.settings.token.get_secret_value() == ENVIRON["CRM_TOKEN"]  # type: ignore[attr-defined]  # the vendor's own model
    assert crm.settings.overlap == timedelta(minutes=5)  # type: ignore[attr-defined]  # the vendor's own model
    assert [stream.name for stream in crm.streams] == ["companies", "owners"]
    assert (crm.every, crm.parallel, dict(crm.stream_every)) == (
        timedelta(minutes=10),
        4,
        {"owners": timedelta(days=1)},
    )


def test_a_stream_can_be_left_out(read: Load) -> None:
    crm = read(GOOD.replace("{owners: {every: 1d}}", "{owners: {read: false}}")).connections["crm"]
    assert [stream.name for stream in crm.streams] == ["companies"]
    assert dict(crm.stream_every) == {}


def test_extra_fields_of_all_connections_are_known_to_rules(read: Load) -> None:
    assert read(GOOD).extras["account"] == {"tier": Type.TEXT}
    assert read(GOOD).extras["event"] == {"missed": Type.FLAG}


def test_the_customer_list_keeps_its_order_its_filters_and_its_exceptions(read: Load) -> None:
    identity = read(GOOD).identity
    (listed,) = identity.customers
    assert listed.where is not None
    assert listed.where.names == ("type", "tier")
    assert identity.exclude == {"crm:13"}
    assert identity.rules == ("email_domain", "domain")


def test_where_all_takes_every_account(read: Load) -> None:
    text = GOOD.replace("""{where: "type == 'Customer' and tier != 'free'"}""", "{where: all}")
    assert read(text).identity.customers[0].where is None


def test_metrics_are_queries_or_functions_under_their_own_names(read: Load) -> None:
    metrics = read(GOOD).metrics
    assert list(metrics) == ["urgent_open", "missed", "nps", "back_again"]
    assert isinstance(metrics["back_again"], FunctionMetric)
    assert metrics["back_again"].name == "reopened"


def test_a_function_metric_may_be_written_as_a_form_without_options(read: Load) -> None:
    metrics = read(GOOD.replace("back_again: reopened", "back_again: {reopened: {}}")).metrics
    assert isinstance(metrics["back_again"], FunctionMetric)


def test_a_scorecard_is_complete(read: Load) -> None:
    card = read(GOOD).scorecards["default"]
    assert [(group.name, group.weight, len(group.signals)) for group in card.root.groups] == [
        ("support", 40, 2),
        ("voice", 60, 1),
    ]
    assert card.root.groups[0].signals[0].shape.options == {"from": [5, 0.0], "to": [0, 100.0]}
    assert card.bands.edges == (("critical", 0.0), ("at_risk", 50.0), ("healthy", 75.0))
    assert (card.low, card.high, card.min_coverage) == (0.0, 100.0, 0.6)


def test_an_additive_card_starts_at_5_and_takes_points_as_they_are(read: Load) -> None:
    text = """\
connections: {usage: {connector: files, path: x.csv}}
metrics: {missed: {count: event, where: missed}}
scorecards:
  default:
    model: additive
    signals: {missed: {tiers: [[0, 2, 0], [2, 5, -1], [5, null, -2]]}}
    bands: {critical: 0, healthy: 4}
"""
    card = read(text).scorecards["default"]
    assert (card.base, card.low, card.high) == (5.0, 0.0, 10.0)
    assert card.root.signals[0].shape.out == (-2.0, 0.0)


def test_a_trigger_has_a_checked_rule_and_actions_with_settings(read: Load) -> None:
    (trigger,) = read(GOOD).triggers
    assert trigger.when.names == ("band", "urgent_open")
    assert trigger.cooldown == timedelta(days=14)
    assert [(use.action.name, use.text) for use in trigger.actions] == [
        ("log", "{name}: {why}"),
        ("webhook", "{name} fell to {band}"),
    ]


def test_a_rule_may_compare_a_function_metric_with_a_number_or_a_text(read: Load) -> None:
    for value in ("3", "'high'", "True"):
        text = GOOD.replace("urgent_open > 1", f"back_again == {value}")
        assert read(text).triggers[0].when.names == ("band", "back_again")


def test_standard_fields_go_to_the_connectors_own_object(read: Load) -> None:
    publish = read(GOOD).publish["crm"]
    assert (publish.object, publish.approve, publish.canary) == ("companies", "auto", 0)
    assert [field.standard for field in publish.fields] == [
        "health", "health_score", "trend", "change_30d", "why", "why_detail", "churn_risk", "risk_why", "health_since", "data_as_of",
        "coverage", "scorecard",
    ]  # fmt: skip
    assert {(field.vendor, field.null, field.drift) for field in publish.fields} == {(None, "clear", "overwrite")}


def test_fields_may_have_the_crms_own_names_and_policies(read: Load) -> None:
    text = GOOD.replace("{approve: auto, canary: 0}", "{null: keep, fields: {health: Health__c, why: {drift: alert}}}")
    health, why = read(text).publish["crm"].fields
    assert (health.vendor, health.null, health.drift) == ("Health__c", "keep", "overwrite")
    assert (why.vendor, why.null, why.drift) == (None, "keep", "alert")


def test_a_plan_waits_for_a_person_unless_the_file_says_otherwise(read: Load) -> None:
    assert read(GOOD.replace("approve: auto, ", "")).publish["crm"].approve == "plan"


def test_times_and_limits_are_read(read: Load) -> None:
    config = read(GOOD)
    assert config.schedule.jitter == timedelta(seconds=30)
    assert config.safety.max_band_flips == 0.2
    assert config.timezone == "Europe/Prague"


def test_every_resolved_secret_is_known_for_redaction_and_none_is_shown(read: Load) -> None:
    config = read(GOOD)
    assert {secret.get_secret_value() for secret in config.secrets} == set(ENVIRON.values())
    assert not any(value in repr(config) for value in ENVIRON.values())


def test_the_dotenv_beside_the_file_is_read_and_the_environment_wins(read: Load) -> None:
    config = read(
        GOOD, environ={"SLACK": "https://a.example"}, __env="CRM_TOKEN=from-the-file\nSLACK=https://b.example\n"
    )
    assert config.connections["crm"].settings.token.get_secret_value() == "from-the-file"  # type: ignore[attr-defined]  # the vendor's own model
    assert config.notify is not None
    assert config.notify.get_secret_value() == "https://a.example"
    assert "from-the-file" not in os.environ.values()


def test_a_secret_may_stand_in_a_file_of_its_own(read: Load) -> None:
    config = read(GOOD.replace("env:CRM_TOKEN", "file:token"), token="from-a-file\n")
    assert config.connections["crm"].settings.token.get_secret_value() == "from-a-file"  # type: ignore[attr-defined]  # the vendor's own model


@pytest.mark.parametrize(
    ("written", "environ", "resolved"),
    [
        ("env:BASE", {"BASE": "https://one.example"}, "https://one.example"),
        ("env:BASE?https://two.example", {}, "https://two.example"),
        ("env:BASE/three", {"BASE": "https://x.example"}, "https://x.example/three"),
        ("https://four.example", {}, "https://four.example"),
    ],
)
def test_a_plain_text_may_be_a_reference_too(read: Load, written: str, environ: dict[str, str], resolved: str) -> None:
    config = read(GOOD.replace("overlap: 5m", f"base_url: {written}"), environ={**ENVIRON, **environ})
    assert config.connections["crm"].settings.base_url == resolved  # type: ignore[attr-defined]  # the vendor's own model


def test_a_file_without_scorecards_can_be_pulled(read: Load) -> None:
    config = read("connections: {usage: {connector: files, path: x.csv}}")
    assert config.scorecards == {}
    assert config.store == "sqlite:///cshub.db"


def test_the_file_is_found_by_its_usual_names_and_by_the_environment(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"neither cshub\.yaml nor config/cshub\.yaml"):
        load(None, registry, {})
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "cshub.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(GOOD, encoding="utf-8")
    assert load(None, registry, ENVIRON).path == Path("config/cshub.yaml")
    assert load(None, registry, {**ENVIRON, "CSHUB_CONFIG": "other.yaml"}).path == Path("other.yaml")
