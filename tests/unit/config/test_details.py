"""Scorecards, texts, crontabs, fields and the schema: what the larger tests do not reach."""

from __future__ import annotations

import jsonschema
import pytest
from ruamel.yaml import YAML

from cshub.config import STANDARD_FIELDS, field_spec, fill
from cshub.config.schedules import crontab_mistake
from cshub.config.schema import json_schema
from cshub.plugins import Registry
from tests.unit.config.conftest import Load, Mistakes
from tests.unit.config.world import GOOD

CARD = """\
connections: {usage: {connector: files, path: x.csv}}
metrics: {missed: {count: event, where: missed}, last: {latest: event.name}, day: {latest: event.at}}
scorecards:
  default:
"""


def card(rest: str) -> str:
    return CARD + "".join(f"    {line}\n" for line in rest.strip().splitlines())


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ("model: weighted\nbands: {a: 0, b: 50}", "has no signals"),
        ("model: weighted\nsignals: {missed: {}}\nbands: {a: 0, b: 50}", "has no shape"),
        ("model: weighted\nsignals: {missed: {bda: 1, weight: 2}}\nbands: {a: 0, b: 50}", "is no known key"),
        (
            "model: weighted\nsignals: {missed: {tiers: [[0, 1, 0], [2, 3, 9]]}}\nbands: {a: 0, b: 50}",
            "tier 2: it must begin",
        ),
        (
            "model: weighted\nsignals: {missed: {tiers: [[0, 1, 200]]}}\nbands: {a: 0, b: 50}",
            "200 points are outside its range",
        ),
        (
            "model: weighted\nsignals: {last: {bad: 1, good: 2}}\nbands: {a: 0, b: 50}",
            "gives a text, and linear needs a number",
        ),
        (
            "model: weighted\nsignals: {day: {bad: 1, good: 2}}\nbands: {a: 0, b: 50}",
            "gives a date, which has no points",
        ),
        (
            "model: additive\nsignals: {missed: {bad: 1, good: 2}}\nbands: {a: 0, b: 5}",
            "how many points bad and good are",
        ),
        ("model: weighted\nsignals: {missed: {bad: 1, good: 1}}\nbands: {a: 0, b: 50}", "must be at different values"),
        (
            "model: weighted\nbase: 3\nsignals: {missed: {bad: 1, good: 2}}\nbands: {a: 0, b: 50}",
            "means nothing in a weighted",
        ),
        ("model: weighted\nsignals: {missed: {bad: 1, good: 2}}\nbands: {a: 0, b: 0}", "begins where a begins"),
        ("model: weighted\nsignals: {missed: {bad: 1, good: 2}}\nbands: {a: 0}", "needs at least 2"),
        (
            "model: weighted\nsignals: {missed: {bad: 1, good: 2}}\nbands: {a: 0, not_enough_data: 5}",
            "is what stands in the CRM",
        ),
        ("model: weighted\nsignals: {missed: {bad: 1, good: 2, weight: 0}}\nbands: {a: 0, b: 50}", "all weights are 0"),
        (
            (
                "model: weighted\nstrict: true\ngroups: {x: {weight: 40, signals: {missed: {bad: 1, good: 2}}}, "
                "y: {weight: 50, signals: {last: {values: {a: 1}}}}}\nbands: {a: 0, b: 50}"
            ),
            "the weights sum to 90",
        ),
        (
            (
                "model: weighted\nsignals: {missed: {bad: 1, good: 2}}\ngroups: {x: {signals: {missed: {bad: 1, good: 2}}}}\n"
                "bands: {a: 0, b: 50}"
            ),
            "is in this card twice",
        ),
        ("model: weighted\ngroups: {x: {}}\nbands: {a: 0, b: 50}", "has no signals"),
        (
            "model: additive\nmin: 9\nmax: 2\nsignals: {missed: {tiers: [[0, 1, 2]]}}\nbands: {a: 0, b: 5}",
            "has to be below max",
        ),
    ],
)
def test_a_scorecard_that_makes_no_sense_is_refused(mistakes: Mistakes, rest: str, message: str) -> None:
    assert message in mistakes(card(rest))[0].message


@pytest.mark.parametrize(
    ("rest", "options"),
    [
        ("{missed: {from: [0, 0], to: [9, 100]}}", {"from": [0, 0], "to": [9, 100]}),
        ("{missed: {shape: linear_bounded, from: [0, 0], to: [9, 10], out: [0, 10]}}", {"from": [0, 0], "to": [9, 10]}),
        ("{last: {values: {login: 100, quit: 0}}}", {"values": {"login": 100, "quit": 0}}),
    ],
)
def test_shapes_are_told_by_their_options(read: Load, rest: str, options: object) -> None:
    config = read(card(f"model: weighted\nsignals: {rest}\nbands: {{a: 0, b: 50}}"))
    assert config.scorecards["default"].root.signals[0].shape.options == options


def test_the_hash_of_a_card_follows_its_meaning_and_not_its_layout(read: Load) -> None:
    first = read(GOOD).scorecards["default"].hash
    assert (
        read(GOOD.replace("{critical: 0, at_risk: 50,", "{at_risk: 50,  critical: 0,")).scorecards["default"].hash
        == first
    )
    assert read(GOOD.replace("bad: -50", "bad: -40")).scorecards["default"].hash != first
    assert read(GOOD.replace("priority == 'urgent'", "priority == 'high'")).scorecards["default"].hash != first
    assert len(first) == 12


def test_publishing_to_a_crm_without_customers_is_remarked(read: Load) -> None:
    text = GOOD.replace("  usage:", "  other: {connector: crm, token: env:CRM_TOKEN}\n  usage:").replace(
        "publish:", "publish:\n  other: {}"
    )
    assert "publish.other" in [remark.path for remark in read(text).warnings]


def test_limits_that_nothing_acts_on_yet_are_remarked(read: Load) -> None:
    text = GOOD.replace("canary: 0", "canary: 3")
    remarks = {remark.path: remark.message for remark in read(text).warnings}
    assert {path for path, message in remarks.items() if message == "is not acted on by this version"} == {
        "publish.crm.canary", "safety",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["0 3 * * 0", "*/15 * * * *", "0 9-17 * * mon-fri", "5,35 0 1 jan *", "0 0 * * 7"])
def test_a_crontab_is_read(text: str) -> None:
    assert crontab_mistake(text) is None


@pytest.mark.parametrize(
    "text",
    ["0 3 * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * fun", "9-5 * * * *", "*/0 * * * *"],
)
def test_a_slip_in_a_crontab_is_found(text: str) -> None:
    assert crontab_mistake(text) is not None


def test_text_is_filled_from_the_allow_list_and_nothing_else() -> None:
    text = "{name} {0} {name.__class__} {{name}} {name!r} %s ${name}"
    assert fill(text, {"name": "Acme {why}"}) == "Acme {why} {0} {name.__class__} {Acme {why}} {name!r} %s $Acme {why}"


def test_standard_fields_describe_themselves(read: Load) -> None:
    default = read(GOOD).scorecards["default"]
    health = field_spec(STANDARD_FIELDS["health"], "cshub_health", default)
    assert health.options == (
        ("healthy", "Healthy"), ("at_risk", "At risk"), ("critical", "Critical"), ("not_enough_data", "Not enough data"),
    )  # fmt: skip
    score = field_spec(STANDARD_FIELDS["health_score"], "cshub_health_score", default)
    assert "Healthy from 75; At risk from 50; Critical from 0" in score.help
    assert [field.label for field in STANDARD_FIELDS.values()] == [
        "Health", "Health score", "Trend", "Change 30 d", "Why", "Why detail", "Churn risk", "Risk why", "Health since", "Data as of",
        "Coverage", "Scorecard",
    ]  # fmt: skip
    trend = field_spec(STANDARD_FIELDS["trend"], "cshub_trend", default)
    assert [label for _, label in trend.options] == ["Improving", "Stable", "Declining", "New"]


def test_the_schema_accepts_a_good_file_and_is_a_schema(registry: Registry) -> None:
    schema = json_schema(registry)
    jsonschema.Draft202012Validator.check_schema(schema)
    data = YAML(typ="safe", pure=True).load(GOOD)
    assert [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(data)] == []


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("timezone:", "timezon:"), ("env:CRM_TOKEN", "pat-123"), ("every: 10m", "every: 10"), ("model: weighted", "model: x"),
        ("window: 30d", "windw: 30d"), ("log: {}", "lgo: {}"), ("approve: auto", "approve: perhaps"),
    ],
)  # fmt: skip
def test_the_schema_underlines_a_mistake(registry: Registry, written: str, instead: str) -> None:
    data = YAML(typ="safe", pure=True).load(GOOD.replace(written, instead, 1))
    found = list(jsonschema.Draft202012Validator(json_schema(registry)).iter_errors(data))
    assert found


def test_the_schema_shows_no_way_to_write_a_secret(registry: Registry) -> None:
    assert "password" not in str(json_schema(registry))
