"""The one value of a field in a function metric: the same that metrics in YAML get."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from cshub.config import QueryMetric
from cshub.model import Aggregate, CustomerView, FunctionMetric, Priority, Query, Scalar, Status
from tests.unit.stages.score.scored import DAY1, Scored, card

NAMES = ("mrr", "currency", "name", "renewal_date", "created_at", "tier", "owner")


def asking(function: Callable[[CustomerView], Scalar], *needs: str) -> FunctionMetric:
    return FunctionMetric(name="unseen", doc="", needs=needs, function=function)


def world(scored: Scored) -> None:
    """A customer with accounts in two connections that disagree."""
    scored.connections = ("crm", "sales")
    scored.world.account("crm", "1", external_id="A", name="Acme", owner="o1", currency="USD", extra={"tier": ""})
    scored.world.account(
        "sales", "8", external_id="A", name="ACME Inc", mrr=90.0, currency="EUR", extra={"tier": "gold"},
        renewal_date=date(2026, 7, 1), created_at=datetime(2025, 1, 1, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    "fields", [{}, {"name": Priority(connections=("sales",)), "owner": Priority(connections=("sales",))},
               {"name": Priority(connections=("crm", "sales"), is_newest=True)}],
)  # fmt: skip
def test_a_function_sees_what_a_metric_in_yaml_gets(scored: Scored, fields: dict[str, Priority]) -> None:
    world(scored)
    scored.fields = fields
    for name in NAMES:
        scored.metrics["unseen"] = asking(lambda view, name=name: text(view.field(name)), "account")  # type: ignore[misc]  # a default binds the loop's own
        asked = Query(aggregates={"x": Aggregate(kind="account", function="any", value=name)}, finish="x")
        scored.metrics["urgent_open"] = QueryMetric(name="urgent_open", form="value", query=asked, text="")
        scored.card = card(hash=name)
        scored.score()
        readings = scored.of("crm:1").readings
        assert readings["unseen"].status is not Status.ERROR
        assert readings["unseen"].value == text(readings["urgent_open"].value), name


def text(value: object) -> str | None:
    return None if value is None else value.isoformat() if isinstance(value, date) else str(value)


def test_a_metric_that_does_not_need_accounts_is_told_to_say_so(scored: Scored) -> None:
    scored.world.account("crm", "1", mrr=5.0)
    scored.metrics["unseen"] = asking(lambda view: float(str(view.field("mrr"))), "contact")
    assert "declare needs=('account',)" in scored.score().errors[0]


def test_a_field_nobody_has_is_named(scored: Scored) -> None:
    scored.world.account("crm", "1", mrr=5.0)
    for name in ("mmr", "domains", "parent", "id"):
        scored.metrics["unseen"] = asking(lambda view, name=name: str(view.field(name)), "account")  # type: ignore[misc]  # a default binds the loop's own
        assert f"accounts have no field {name}" in scored.score(everybody=True).errors[0]


def test_a_view_of_an_author_s_own_test_takes_plain_fields() -> None:
    view = CustomerView(customer="crm:1", as_of=DAY1, rows={"account": []}, fields={"mrr": 5.0})
    assert view.field("mrr") == 5.0
    with pytest.raises(LookupError, match="no field mrrr"):
        view.field("mrrr")
