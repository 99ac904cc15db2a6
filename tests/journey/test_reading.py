"""What people read: explanations, customers, plans, status. Each text is kept in a file beside this one."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.journey.desk import Desk

Snapshot = Callable[[str, str], None]


def worst(desk: Desk) -> str:
    """The customer with the lowest score."""
    from sqlite3 import connect

    with connect(desk.folder / "cshub.db") as db:
        return str(db.execute("select customer from score order by micro, customer limit 1").fetchone()[0])


def test_an_explanation_reads_as_it_did(seen: Desk, snapshot: Snapshot) -> None:
    snapshot("explain", seen.ok("explain", worst(seen)))


def test_a_customer_reads_as_it_did(seen: Desk, snapshot: Snapshot) -> None:
    snapshot("show", seen.ok("show", worst(seen)))


def test_status_reads_as_it_did(seen: Desk, snapshot: Snapshot) -> None:
    snapshot("status", seen.ok("status"))


def test_identity_reads_as_it_did(seen: Desk, snapshot: Snapshot) -> None:
    snapshot("identity", seen.ok("identity", worst(seen)))


def test_a_preview_reads_as_it_did(seen: Desk, snapshot: Snapshot) -> None:
    snapshot("preview", seen.ok("preview", "crm.tickets", "-n", "2"))


def test_a_plan_reads_as_it_did(desk: Desk, snapshot: Snapshot) -> None:
    desk.ok("setup", "crm", "--apply", "--yes")
    desk.ok("run", "--dry-run")
    snapshot("plan", desk.ok("plan", "--limit", "2"))


def test_the_lines_of_an_explanation_add_up_exactly(seen: Desk) -> None:
    health, risk = seen.ok("explain", worst(seen)).split("Churn risk")
    for text, least in ((health, 5), (risk, 2)):
        sums = re.findall(r"^ +([+−][0-9.]+) ", text, re.MULTILINE)
        total = re.search(r"^ +([0-9.]+) +=", text, re.MULTILINE)
        assert total
        assert len(sums) > least
        assert sum(Decimal(line.replace("−", "-")) for line in sums) == Decimal(total[1])


def test_the_groups_of_an_explanation_add_up_to_their_signals(seen: Desk) -> None:
    text = seen.ok("explain", worst(seen))
    groups = re.findall(r"^ +\(([+−][0-9.]+)\)[^\n]*\n((?: +[+−][0-9.]+ {4}[^\n]*\n)+)", text, re.MULTILINE)
    assert len(groups) == 3
    for told, members in groups:
        signals = re.findall(r"^ +([+−][0-9.]+)", members, re.MULTILINE)
        assert sum(Decimal(one.replace("−", "-")) for one in signals) == Decimal(told.replace("−", "-"))


def test_an_explanation_of_an_earlier_day_is_what_was_printed_that_day(desk: Desk) -> None:
    desk.set_up()
    customer = worst(desk)
    first = desk.ok("explain", customer)
    for day in range(2):
        desk.clock.advance(86_400)
        for ticket in desk.sandbox.vendor.dump("tickets")[day::3]:
            desk.sandbox.vendor.edit("tickets", str(ticket["id"]), {"hs_pipeline_stage": "4"})
        desk.ok("run")
    desk.replace("bad: 120", "bad: 100")
    desk.ok("score")
    assert desk.ok("explain", customer) != first
    assert desk.ok("explain", customer, "--at", "2026-03-02") == first


def test_there_is_no_score_before_the_first(seen: Desk) -> None:
    result = seen.cshub("explain", worst(seen), "--at", "2026-03-01")
    assert result.exit_code == 2
    assert "has no score as of 2026-03-01" in result.stderr


def test_a_customer_is_found_by_name_and_by_part_of_it(seen: Desk) -> None:
    name = str(seen.json("show", worst(seen))["name"])
    assert seen.json("show", name)["customer"] == worst(seen)


@pytest.mark.parametrize(
    "arguments",
    [
        ("status",), ("runs",), ("runs", "1"), ("show", ""), ("explain", ""), ("identity", ""), ("identity", "review"),
        ("failed", "list"), ("portfolio",), ("portfolio", "--by", "owner"),
        ("preview", "crm.owners"), ("setup", "crm"), ("validate",), ("doctor",), ("plugins",),
    ],
    ids=" ".join,
)  # fmt: skip
def test_every_reading_command_gives_json_with_its_schema_version(seen: Desk, arguments: tuple[str, ...]) -> None:
    assert seen.json(*(part or worst(seen) for part in arguments))


def test_quiet_leaves_the_data_and_no_talk(seen: Desk) -> None:
    result = seen.cshub("preview", "crm.owners", "--quiet")
    assert result.stdout
    assert result.stderr == ""


def test_options_may_stand_after_the_command(seen: Desk) -> None:
    result = seen.cshub("validate", "--config", "nowhere.yaml")
    assert result.exit_code == 2
    assert "nowhere.yaml" in result.stderr
