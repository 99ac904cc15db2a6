"""The portfolio at the command line, a quarter after the first run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journey.desk import Desk

Snapshot = Callable[[str, str], None]
DECLARED = (
    "portfolio: {margin: 80%, default_currency: EUR, partner: industry, segment: industry, churn: {root: industry}}\n"
)


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Two customers left, one pays half, one twice as much."""
    desk = Desk(Path(tmp_path_factory.mktemp("later")))
    desk.write(desk.yaml + DECLARED)
    desk.set_up()
    desk.clock.advance(60 * 86_400)
    companies = [one for one in desk.sandbox.vendor.dump("companies") if _text(one, "lifecyclestage") == "customer"]
    first, second, third, fourth = (str(one["id"]) for one in companies[:4])
    vendor = desk.sandbox.vendor
    vendor.edit("companies", first, {"lifecyclestage": "other"})
    vendor.edit("companies", second, {"mrr": "0"})
    vendor.edit("companies", third, {"mrr": str(float(_text(companies[2], "mrr")) / 2)})
    vendor.edit("companies", fourth, {"mrr": str(float(_text(companies[3], "mrr")) * 2)})
    desk.ok("run")
    desk.clock.advance(86_400)
    return desk


def _text(company: dict[str, object], name: str) -> str:
    properties = company["properties"]
    assert isinstance(properties, dict)
    return str(properties[name])


def test_the_portfolio_reads_as_it_did(later: Desk, snapshot: Snapshot) -> None:
    snapshot("portfolio", later.ok("portfolio", "--since", "2026-03-02", "--by", "partner"))


def test_the_data_say_the_same_with_reasons(later: Desk) -> None:
    found = later.json("portfolio", "--since", "2026-03-02")
    total = found["total"]
    assert isinstance(total, dict)
    assert (total["opening"], total["closing"], total["lost"]) == (40, 38, 2)
    assert total["crr"] == {"value": 0.95, "reason": None}
    assert total["csat"] == {"value": None, "reason": "nobody answered"}
    (money,) = total["money"]
    moved = money["movement"]
    assert money["grr"]["value"] == pytest.approx(
        (moved["opening"] - moved["churned"] - moved["contraction"]) / moved["opening"]
    )
    assert money["ltv"]["value"] > 0


def test_an_earlier_day_stays_what_it_was(later: Desk) -> None:
    found = later.json("portfolio", "--at", "2026-03-03", "--since", "2026-03-02")
    assert found["losses"] == []


def test_a_part_that_nothing_names_is_a_mistake_of_the_configuration(seen: Desk) -> None:
    result = seen.cshub("portfolio", "--by", "partner")
    assert result.exit_code == 2
    assert "portfolio.partner" in result.stderr
