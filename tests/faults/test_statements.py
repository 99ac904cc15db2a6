"""The number of SQL statements of a run does not depend on the number of customers; pages and batches alone may add some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from cshub import CustomerView, FunctionMetric, hookimpl, metric
from cshub.model import RunReport
from cshub.plugins import Registry, discover, installed
from tests.faults.company import Company
from tests.faults.conftest import MakeCompany
from tests.faults.moments import STAGES, Moments
from tests.faults.trials import live_on
from tests.unit.plugins.making import Given

CONSTANT = ("link", "score", "act", "plan")
SIZES = (500, 5000)
SIGNAL = "          share: {{shape: linear, bad: 1, good: 0}}"


@metric(needs=["ticket", "deal"])
def open_share(view: CustomerView) -> float | None:
    """Share of the tickets that are open; none without tickets. Looks at deals too, to have a second kind read."""
    tickets = view.rows["ticket"]
    return sum(bool(ticket["is_open"]) for ticket in tickets) / len(tickets) if tickets and view.rows["deal"] else None


def with_a_function_metric() -> Registry:
    """Everything installed, and a plugin with a function metric."""

    @hookimpl
    def register_metrics() -> list[FunctionMetric]:
        return [open_share]

    return discover(plugins=[*installed(), Given("shares", SimpleNamespace(register_metrics=register_metrics))])


def count(company: Company) -> tuple[Counter[str], RunReport]:
    """The statements of the next run by stage."""
    moments = Moments()
    report = company.run(statement=moments.statement)
    assert report.state == "ok", report.errors
    return moments.counts, report


@pytest.mark.timeout(300)
def test_a_run_has_as_many_statements_for_five_hundred_customers_as_for_five_thousand(
    inside: MakeCompany, record_property: Callable[[str, object], None]
) -> None:
    counted: dict[str, dict[int, Counter[str]]] = {"first": {}, "later": {}}
    for size in SIZES:
        company = inside(customers=size, name=str(size))
        company.registry = with_a_function_metric()
        company.yaml = company.yaml.replace("          tickets:", f"{SIGNAL}\n          tickets:")
        company.yaml = company.yaml.replace("metrics:\n", "metrics:\n  share: open_share\n")
        counted["first"][size], report = count(company)
        assert report.stages["score"]["scored"] == size
        company.later(days=1)
        live_on(company)
        counted["later"][size], report = count(company)
    for situation, by_size in counted.items():
        small, large = (by_size[size] for size in SIZES)
        for stage in STAGES:
            figures = f"{stage:<8} {small[stage]:>5} for {SIZES[0]} customers, {large[stage]:>5} for {SIZES[1]}"
            record_property(f"figures: statements of the {situation} run", figures)
        assert {stage: large[stage] for stage in CONSTANT} == {stage: small[stage] for stage in CONSTANT}
