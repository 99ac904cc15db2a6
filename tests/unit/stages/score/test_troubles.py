"""Plugins that fail while customers are scored: what stands, what is said, and that it is tried again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cshub.model import MICRO, Adjustment, CustomerView, FunctionMetric, Reading, Scorecard, Status
from cshub.model import Scored as ModelScored
from cshub.scoring import weighted
from tests.unit.stages.score.scored import METRICS, Scored, registry


def refuses_two(card: Scorecard, batch: Sequence[tuple[str, Mapping[str, Reading]]]) -> Sequence[ModelScored]:
    """A model that stumbles over the second customer."""
    if any(customer == "crm:2" for customer, _ in batch):
        raise RuntimeError("no twos")
    return weighted(card, batch)


def companies(scored: Scored, count: int) -> None:
    for number in range(1, count + 1):
        scored.world.account("crm", str(number))


def test_where_the_model_fails_the_last_score_stands_and_is_made_again_once_it_works(scored: Scored) -> None:
    companies(scored, 2)
    scored.score()
    scored.ticket("t1", "2")
    scored.registry = registry(model=refuses_two)
    assert "no twos" in scored.score().errors[0]
    assert scored.of("crm:2").micro == 100 * MICRO
    scored.registry = registry()
    assert scored.score().saved == 1
    assert scored.of("crm:2").micro == 88 * MICRO


def test_a_customer_never_scored_because_of_its_model_stays_due(scored: Scored) -> None:
    companies(scored, 2)
    scored.registry = registry(model=refuses_two)
    scored.score()
    scored.registry = registry()
    tally = scored.score()
    assert (tally.due, tally.saved) == (1, 1)


def test_where_an_adjuster_fails_the_score_is_made_again_once_it_works(scored: Scored) -> None:
    companies(scored, 1)

    def fail(batch: Sequence[ModelScored]) -> Sequence[Adjustment]:
        raise RuntimeError("no opinion")

    def cap(batch: Sequence[ModelScored]) -> Sequence[Adjustment]:
        return [Adjustment(customer=one.customer, name="cap", text="too new", cap=40) for one in batch]

    scored.registry = registry(adjust=fail)
    assert "no opinion" in scored.score().errors[0]
    scored.registry = registry(adjust=cap)
    assert scored.score().saved == 1
    assert scored.of("crm:1").micro == 40 * MICRO
    assert scored.score().due == 0


def test_a_function_metric_that_raises_is_named_and_asked_again(scored: Scored) -> None:
    companies(scored, 2)

    def fail(view: CustomerView) -> float:
        raise ValueError("no idea")

    scored.metrics["unseen"] = FunctionMetric(name="unseen", doc="", needs=("contact",), function=fail)
    errors = scored.score().errors
    assert len(errors) == 1
    assert errors[0].startswith("metric unseen failed for crm:1: ")
    assert errors[0].endswith("(and 1 more like it)")
    assert scored.of("crm:1").readings["unseen"].status is Status.ERROR
    scored.metrics["unseen"] = METRICS["unseen"]
    assert scored.score().saved == 2


def test_what_fails_for_many_customers_is_said_once(scored: Scored) -> None:
    companies(scored, 30)

    def fail(batch: Sequence[ModelScored]) -> Sequence[Adjustment]:
        raise RuntimeError(batch[0].customer)

    scored.registry = registry(adjust=fail)
    errors = scored.score().errors
    assert len(errors) == 1
    assert errors[0].endswith("(and 29 more like it)")


def test_a_metric_may_give_half_a_character(scored: Scored) -> None:
    companies(scored, 1)
    scored.metrics["unseen"] = FunctionMetric(name="unseen", doc="", needs=(), function=lambda view: "\ud800")
    scored.score()
    assert scored.of("crm:1").readings["unseen"].value == "\\ud800"


def test_a_number_nobody_can_mean_is_an_error_of_its_customer_alone(scored: Scored) -> None:
    companies(scored, 2)
    answers = iter((10**30, 3))
    scored.metrics["unseen"] = FunctionMetric(name="unseen", doc="", needs=(), function=lambda view: next(answers))
    assert scored.score().errors == ["metric unseen failed for crm:1: too large to be meant: 1e+30"]
    first, second = (scored.of(customer).readings["unseen"] for customer in ("crm:1", "crm:2"))
    assert (first.value, first.status, first.note) == (None, Status.ERROR, "too large to be meant: 1e+30")
    assert (second.value, second.status) == (3, Status.OK)
