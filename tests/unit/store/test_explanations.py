"""An explanation is kept once: shared by all scores that say the same, gone with the last of them, and carried over from older stores."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from cshub.store import open_store
from cshub.store.migrate import FOLDER, migrate
from cshub.store.values import to_ms
from tests.unit.stages.score.scored import DAY1, Scored, make_scored

DAY = timedelta(days=1)
OLD = """
insert into {table} (customer, as_of, scorecard, scorecard_hash, micro, coverage, detail, detail_hash, run, seq)
values (:customer, :at, 'default', 'abc', :micro, 1.0, :detail, :hash, 1, :seq)
"""


@pytest.fixture
def scored(tmp_path: Path) -> Iterator[Scored]:
    made = make_scored(tmp_path)
    yield made
    made.world.store.close()


def numbers(scored: Scored) -> tuple[list[object], list[object]]:
    """The explanations there are, and those that scores point at."""
    kept = [number for (number,) in scored.world.all("select number from score_detail order by number")]
    used = scored.world.all(
        "select detail_number from score union select detail_number from score_history order by detail_number"
    )
    return kept, [number for (number,) in used]


def test_a_score_and_its_history_share_one_explanation(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    kept, used = numbers(scored)
    assert len(kept) == 1
    assert kept == used


def test_a_score_that_differs_in_its_columns_alone_keeps_the_explanation(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    scored.card, scored.as_of = replace(scored.card, hash="def"), DAY1 + DAY
    assert scored.score().saved == 1
    assert scored.world.all("select count(*) from score_history") == [(2,)]
    assert len(numbers(scored)[0]) == 1
    before = scored.world.store.scores.at("crm:1", DAY1)
    assert before is not None
    assert (before.scorecard_hash, before.drivers) == ("abc", scored.of("crm:1").drivers)


def test_a_second_score_of_the_same_hour_takes_the_place_of_the_first_with_its_explanation(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    scored.ticket("t", "1")
    assert scored.score().saved == 1
    kept, used = numbers(scored)
    assert len(kept) == 1
    assert kept == used


def test_an_explanation_that_an_earlier_hour_shares_survives_the_hour_that_drops_it(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    scored.card, scored.as_of = replace(scored.card, hash="def"), DAY1 + DAY
    scored.score()
    scored.ticket("t", "1")
    scored.score()
    kept, used = numbers(scored)
    assert len(kept) == 2
    assert kept == used
    assert scored.world.store.scores.at("crm:1", DAY1) is not None


def test_what_is_thinned_out_takes_its_explanations_with_it(scored: Scored) -> None:
    scored.world.account("crm", "1")
    for hour in range(3):
        scored.ticket(f"t{hour}", "1")
        scored.as_of = DAY1 + timedelta(hours=hour)
        scored.score()
    assert len(numbers(scored)[0]) == 3
    scored.as_of = DAY1 + 40 * DAY
    scored.score()
    kept, used = numbers(scored)
    assert len(kept) == 1
    assert kept == used


def old_store(folder: Path) -> Path:
    """A store of before explanations were kept once: two customers, one with an earlier score."""
    older = folder / "older"
    older.mkdir()
    for path in sorted(FOLDER.glob("*.sql")):
        if path.name < "0008":
            (older / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    path = folder / "old.db"
    connection = sqlite3.connect(path, isolation_level=None)
    migrate(connection, path, lambda statement: None, older)
    rows = [("crm:1", DAY1, 70, True), ("crm:1", DAY1 - DAY, 60, False), ("crm:2", DAY1, 50, True)]
    for seq, (customer, at, points, in_force) in enumerate(rows, 1):
        detail = {
            "drivers": [{"name": "base", "micro": points, "sort": "base"}],
            "readings": {},
            "stale": [],
            "until": {},
        }
        values = {"customer": customer, "at": to_ms(at), "micro": points, "seq": seq, "hash": bytes([points])}
        values["detail"] = orjson.dumps(detail).decode()
        for table in ("score_history", *(["score"] if in_force else [])):
            connection.execute(OLD.format(table=table), values)
    connection.close()
    return path


def test_scores_of_an_older_store_keep_their_explanations_once(tmp_path: Path) -> None:
    store = open_store("sqlite:///old.db", folder=old_store(tmp_path).parent)
    with store.db.read() as reader:
        assert reader.all("select count(*) from score_detail") == [(3,)]
    for customer, at, points in (("crm:1", DAY1, 70), ("crm:1", DAY1 - DAY, 60), ("crm:2", DAY1, 50)):
        found = store.scores.at(customer, at)
        assert found is not None
        assert [driver.micro for driver in found.drivers] == [points]
    in_force = store.scores.in_force("crm:1")
    assert in_force is not None
    assert (in_force.micro, in_force.drivers[0].micro) == (70, 70)
    store.close()
