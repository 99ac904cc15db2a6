from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import pytest

import cshub
from cshub.plugins import Registry
from tests.unit.plugins.making import AS_OF, plugin, registry_of, scored, view

CARD = cshub.Scorecard(
    name="default",
    model="flat",
    root=cshub.Group(name="default"),
    bands=cshub.Bands(edges=(("critical", 0), ("healthy", 75))),
)


def metric_of(function: Callable[[cshub.CustomerView], object]) -> cshub.FunctionMetric:
    return cshub.FunctionMetric(name="m", doc="m", needs=("ticket",), function=function)  # type: ignore[arg-type]  # wrong answers are the point


def read(function: Callable[[cshub.CustomerView], object]) -> cshub.Reading:
    metric = metric_of(function)
    return registry_of(plugin("acme", register_metrics=lambda: [metric])).read(metric, [view()], name="mine")[0]


@pytest.mark.parametrize("value", [0, 1.5, "high", True, AS_OF])
def test_a_value_becomes_a_reading_under_the_configured_name(value: object) -> None:
    reading = read(lambda view: value)
    assert (reading.metric, reading.value, reading.status) == ("mine", value, cshub.Status.OK)
    assert reading.valid_until == AS_OF + timedelta(days=1)


def test_none_is_a_missing_value() -> None:
    assert read(lambda view: None).status is cshub.Status.MISSING


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda view: float("nan"), "returned nan"),
        (lambda view: [1], "returned a list"),
        (lambda view: datetime(2026, 1, 1), "returned a datetime"),  # noqa: DTZ001 - a naive time on purpose
        (lambda view: 1 / 0, "raised ZeroDivisionError"),
        (lambda view: view.rows["ticket"][0].update(is_open=False), "raised AttributeError"),
        (lambda view: view.rows.clear(), "raised AttributeError"),
        (lambda view: "x" * 5000, "returned a str"),
    ],
)
def test_a_failing_metric_is_a_reading_with_an_error(function: Callable[..., object], words: str) -> None:
    reading = read(function)
    assert reading.status is cshub.Status.ERROR
    assert reading.value is None
    assert words in (reading.note or "")


def test_one_customer_that_fails_leaves_the_others_their_readings() -> None:
    metric = metric_of(lambda view: 1 / (view.customer != "crm:1"))
    registry = registry_of(plugin("acme", register_metrics=lambda: [metric]))
    readings = registry.read(metric, [view("crm:0"), view("crm:1"), view("crm:2")])
    assert [reading.status.value for reading in readings] == ["ok", "error", "ok"]


def model_of(score: Callable[..., object]) -> Registry:
    model = cshub.Model(name="flat", doc="flat", score=score)  # type: ignore[arg-type]  # wrong answers are the point
    return registry_of(plugin("acme", register_models=lambda: [model]))


Batch = Sequence[tuple[str, Mapping[str, cshub.Reading]]]
BATCH: Batch = [("crm:0", {}), ("crm:1", {})]


def test_a_model_of_one_customer_serves_a_batch() -> None:
    registry = model_of(cshub.per_customer(lambda card, customer, readings: scored(customer)))
    scores, failures = registry.score(CARD, BATCH)
    assert [one and one.customer for one in scores] == ["crm:0", "crm:1"]
    assert failures == []


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (lambda card, batch: None, "returned NoneType"),
        (lambda card, batch: [], "returned 0 scores for 1 customers"),
        (lambda card, batch: [scored("crm:9") for _ in batch], "in the place of"),
        (lambda card, batch: [scored(customer, 10**9) for customer, _ in batch], "which is no score"),
        (lambda card, batch: 1 / 0, "raised ZeroDivisionError"),
    ],
)
def test_a_failing_model_gives_no_score_and_says_why(score: Callable[..., object], words: str) -> None:
    scores, failures = model_of(score).score(CARD, BATCH)
    assert scores == [None, None]
    assert [failure.customer for failure in failures] == ["crm:0", "crm:1"]
    assert words in failures[0].message


def test_drivers_that_do_not_add_up_are_refused() -> None:
    def score(card: cshub.Scorecard, batch: Batch) -> list[cshub.Scored]:
        good = scored("crm:0")
        return [cshub.Scored(customer=c, micro=1, coverage=1, drivers=good.drivers, readings={}) for c, _ in batch]

    _, failures = model_of(score).score(CARD, BATCH)
    assert "do not add up" in failures[0].message


def test_a_model_that_fails_for_one_customer_scores_the_others() -> None:
    def one(card: cshub.Scorecard, customer: str, readings: Mapping[str, cshub.Reading]) -> cshub.Scored:
        if customer == "crm:0":
            raise KeyError("nps")
        return scored(customer)

    scores, failures = model_of(cshub.per_customer(one)).score(CARD, BATCH)
    assert [score and score.customer for score in scores] == [None, "crm:1"]
    assert [failure.customer for failure in failures] == ["crm:0"]
