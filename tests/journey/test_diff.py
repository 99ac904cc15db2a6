"""Two scorecards side by side: what a reviewer of the change reads, and that nothing is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journey.desk import Desk

Snapshot = Callable[[str, str], None]
STORED = ("score", "score_history", "scorecard", "watermark", "run", "sequence")


def changed(desk: Desk, *edits: tuple[str, str], name: str = "new.yaml") -> str:
    """Another configuration beside the one in force."""
    text = desk.config.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = desk.folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def told(desk: Desk, *arguments: str) -> Any:  # Any: JSON
    return desk.json("diff", *arguments)


def stored(folder: Path) -> dict[str, list[object]]:
    with sqlite3.connect(folder / "cshub.db") as db:
        return {table: db.execute(f"select * from {table} order by 1").fetchall() for table in STORED}


def test_a_difference_reads_as_it_did_in_a_pull_request(seen: Desk, snapshot: Snapshot) -> None:
    other = changed(seen, ("weight: 45", "weight: 65"), ("at_risk: 30, healthy: 65", "at_risk: 40, healthy: 80"))
    text = seen.ok("diff", other, "--by", "owner", "--limit", "5").replace(str(seen.folder), "FOLDER")
    snapshot("diff", text)


def test_the_same_scorecard_twice_changes_nothing(seen: Desk) -> None:
    found = told(seen, str(seen.config))
    assert (found["moved"], found["flipped"], found["flips"], found["movers"]) == (0, 0, [], [])
    assert "0 customers of" in seen.ok("diff", str(seen.config))


def test_a_scorecard_in_force_gives_what_is_stored(seen: Desk) -> None:
    other = changed(seen, *[("healthy: 65", "healthy: 97")] * 2, name="strict.yaml")
    found = told(seen, other, "--limit", "1000")
    with sqlite3.connect(seen.folder / "cshub.db") as db:
        scores = db.execute("select customer, band, micro from score").fetchall()
    healthy = {customer for customer, band, micro in scores if band == "healthy" and micro < 97_000_000}
    assert healthy
    assert {one["customer"] for one in found["flips"]} == healthy
    assert found["moved"] == 0


def test_flows_add_up_to_everybody(seen: Desk) -> None:
    found = told(seen, changed(seen, ("healthy: 65", "healthy: 90"), name="other.yaml"), "--by", "stage")
    flows, parts = found["flows"], found["parts"]
    assert sum(flow["customers"] for flow in flows) == found["customers"]
    assert sum(part["customers"] for part in parts.values()) == found["customers"]
    assert sum(part["flips"] for part in parts.values()) == found["flipped"]


def test_two_paths_are_compared_whatever_config_says(seen: Desk) -> None:
    other = changed(seen, ("healthy: 65", "healthy: 90"), name="third.yaml")
    one = told(seen, other)
    assert told(seen, str(seen.config), other)["flows"] == one["flows"]


def test_nothing_is_kept(seen: Desk) -> None:
    before = stored(seen.folder)
    seen.ok("diff", changed(seen, ("healthy: 65", "healthy: 91"), name="fourth.yaml"))
    assert stored(seen.folder) == before


@pytest.mark.parametrize("arguments", [(), ("a.yaml", "b.yaml", "c.yaml")])
def test_one_or_two_configurations_are_compared(seen: Desk, arguments: tuple[str, ...]) -> None:
    result = seen.cshub("diff", *arguments)
    assert result.exit_code == 2
    assert "cshub diff A.yaml B.yaml" in result.stderr


def test_an_unknown_field_to_count_by_is_refused_with_the_nearest(seen: Desk) -> None:
    result = seen.cshub("diff", str(seen.config), "--by", "stagee")
    assert result.exit_code == 2
    assert "stage" in result.stderr


def test_a_terminal_gets_plain_tables(seen: Desk) -> None:
    other = changed(seen, ("healthy: 65", "healthy: 90"), name="fifth.yaml")
    assert "|" not in seen.ok("diff", other, "--no-markdown")
    assert "| customer" in seen.ok("diff", other)
