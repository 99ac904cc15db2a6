from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.stages.score.scored import DAY1, Scored, make_scored

ROOT = Path(__file__).parents[3]
MIGRATIONS = ROOT / "src/cshub/store/migrations"
PAGE = ROOT / "docs/how-to/query-the-store.md"


@pytest.fixture
def scored(tmp_path: Path) -> Iterator[Scored]:
    made = make_scored(tmp_path)
    yield made
    made.world.store.close()


def test_a_view_tells_the_health_of_every_active_customer(scored: Scored) -> None:
    scored.world.account("crm", "1", name="Acme")
    scored.ticket("t1", "1")
    scored.score()
    found = scored.world.all("select customer, name, score, band, band_since, as_of from customer_health")
    assert found == [("crm:1", "Acme", 88.0, "healthy", f"{DAY1:%Y-%m-%d}", f"{DAY1:%Y-%m-%dT%H:%M:%SZ}")]
    assert scored.world.all("select customer, score from health_history") == [("crm:1", 88.0)]
    assert ("crm:1", "ticket", "crm", "t1") in scored.world.all(
        "select customer, kind, connection, id from customer_records"
    )


def test_every_view_can_be_read_and_is_described() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted(MIGRATIONS.glob("*.sql"))]
    views = {name for text in texts for name in re.findall(r"^create view (\w+) as$", text, re.MULTILINE)}
    page = PAGE.read_text(encoding="utf-8")
    assert len(views) == 11
    assert [view for view in sorted(views) if f"`{view}`" not in page] == []


def test_an_empty_store_has_every_view_and_nothing_in_it(scored: Scored) -> None:
    names = [str(name) for (name,) in scored.world.all("select name from sqlite_schema where type = 'view'")]
    assert len(names) == 11
    assert [name for name in names if name != "stream_status" and scored.world.all(f"select * from {name}")] == []
