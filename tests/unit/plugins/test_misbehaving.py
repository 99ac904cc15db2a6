"""A plugin that misbehaves loses its own word and nobody else's (TRUST F18)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

import pytest

import cshub
from tests.unit.plugins.making import cap, plugin, registry_of, scored

BATCH = tuple(scored(f"crm:{number}") for number in range(3))


def raises(batch: Sequence[cshub.Scored]) -> object:
    raise RuntimeError("boom")


def exits(batch: Sequence[cshub.Scored]) -> object:
    raise SystemExit(3)


def changes(batch: Sequence[cshub.Scored]) -> object:
    batch[0].readings["nps"] = None  # type: ignore[index]  # what a careless plugin does
    return []


def shortens(batch: Sequence[cshub.Scored]) -> object:
    batch.clear()  # type: ignore[attr-defined]  # what a careless plugin does
    return []


def with_points(points: object) -> Callable[[Sequence[cshub.Scored]], object]:
    def adjust(batch: Sequence[cshub.Scored]) -> object:
        return [cshub.Adjustment(customer=one.customer, name="x", text="x", points=points) for one in batch]  # type: ignore[arg-type]  # not a number on purpose

    return adjust


def of_another(batch: Sequence[cshub.Scored]) -> object:
    return [cshub.Adjustment(customer="crm:999", name="x", text="x", points=1)]


def twice(batch: Sequence[cshub.Scored]) -> object:
    return [*cap(batch), *cap(batch, 30)]


def empty(batch: Sequence[cshub.Scored]) -> object:
    return [cshub.Adjustment(customer=one.customer, name="x", text="x") for one in batch]


MISBEHAVING = {
    "raises": raises,
    "exits": exits,
    "changes its input": changes,
    "shortens its input": shortens,
    "returns NaN": with_points(float("nan")),
    "returns infinity": with_points(float("inf")),
    "returns 10^9": with_points(1e9),
    "returns text for points": with_points("5"),
    "adjusts another's customer": of_another,
    "returns no list": lambda batch: 42,
    "returns strangers": lambda batch: ["cap"],
    "contradicts itself": twice,
    "says nothing": empty,
}


@pytest.mark.parametrize("adjust", MISBEHAVING.values(), ids=MISBEHAVING.keys())
def test_the_others_results_are_those_of_a_run_without_it(adjust: Callable[..., object]) -> None:
    good = plugin("good", adjust_scores=cap)
    alone, _ = registry_of(good).adjust(BATCH)
    together, failures = registry_of(plugin("bad", adjust_scores=adjust), good).adjust(BATCH)
    assert [entry for entry in together if entry[0].name == "good"] == alone
    assert [entry[1] for entry in together if entry[0].name == "bad"] == [[]]
    assert {failure.owner.name for failure in failures} == {"bad"}
    assert [failure.customer for failure in failures] == [one.customer for one in BATCH]
    assert BATCH[0].readings["nps"].value == 7


def test_none_means_nothing_to_adjust() -> None:
    wanted, failures = registry_of(plugin("quiet", adjust_scores=lambda batch: None)).adjust(BATCH)
    assert [list(adjustments) for _, adjustments in wanted] == [[]]
    assert failures == []


def test_one_bad_customer_does_not_cost_the_others_of_its_batch() -> None:
    def adjust(batch: Sequence[cshub.Scored]) -> cshub.Adjustments:
        if any(one.customer == "crm:1" for one in batch):
            raise ValueError("cannot read crm:1")
        return cap(batch)

    wanted, failures = registry_of(plugin("picky", adjust_scores=adjust)).adjust(BATCH)
    assert [one.customer for one in wanted[0][1]] == ["crm:0", "crm:2"]
    assert [failure.customer for failure in failures] == ["crm:1"]


def test_adjustments_come_sorted_by_plugin_and_name_whatever_the_order() -> None:
    late = plugin("zeta", adjust_scores=cap)
    early = plugin("alpha", adjust_scores=lambda batch: list(reversed(cap(batch))))
    wanted, _ = registry_of(late, early).adjust(BATCH)
    assert [owner.name for owner, _ in wanted] == ["alpha", "zeta"]
    assert [one.customer for one in wanted[0][1]] == ["crm:0", "crm:1", "crm:2"]


def test_what_a_plugin_prints_does_not_reach_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    def chatty(batch: Sequence[cshub.Scored]) -> cshub.Adjustments:
        sys.stdout.write("hello from a plugin\n")
        return cap(batch)

    before = sys.stdout
    registry_of(plugin("chatty", adjust_scores=chatty)).adjust(BATCH)
    sys.stdout.write("data\n")
    assert sys.stdout is before
    assert capsys.readouterr().out.splitlines()[-1] == "data"


def test_an_observer_that_raises_does_not_stop_the_next() -> None:
    told: list[str] = []

    def tell(report: str) -> None:
        told.append(report)

    registry = registry_of(plugin("a", run_finished=lambda report: 1 / 0), plugin("b", run_finished=tell))
    failures = registry.finished("the report")  # type: ignore[arg-type]  # observers get whatever the core gives
    assert told == ["the report"]
    assert [failure.owner.name for failure in failures] == ["a"]


def test_a_failure_names_plugin_version_and_call() -> None:
    _, failures = registry_of(plugin("bad", adjust_scores=raises)).adjust(BATCH[:1])
    assert str(failures[0]) == 'plugin "bad" (cshub-bad 1.2): adjust_scores for crm:0 raised RuntimeError: boom'
