"""The parity pack: scorecards that published sources describe give the numbers they print (SCORING §11), and every file has its test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cshub.cli.trying import run
from cshub.config import Cards, load, load_cards
from cshub.config.trials import SUFFIX, read_trials
from cshub.model import Reading, Scalar
from cshub.plugins import discover
from cshub.scoring import finish, next_state
from tests.unit.config.world import ENVIRON, world
from tests.unit.scoring.making import micro

PACK = Path(__file__).parents[2] / "config" / "scorecards"
TESTS = sorted(PACK.glob(f"*{SUFFIX}"))
FILES = sorted(set(PACK.glob("*.yaml")) - set(TESTS))
#: Enough of a configuration for the two sections of a card to be a whole one.
AROUND = """\
connections:
  crm: {connector: crm, token: env:CRM_TOKEN}
identity:
  customers: {crm: {where: all}}
"""

#: (file, card, what the metrics say, score, band)
PUBLISHED: list[tuple[str, str, dict[str, Scalar], float, str]] = [
    ("call_tracking", "default", {"missed_calls": 0.2}, 5, "healthy"),
    ("call_tracking", "default", {"missed_calls": 0.2001}, 4, "at_risk"),
    ("call_tracking", "default", {"missed_calls": 0.3}, 4, "at_risk"),
    ("call_tracking", "default", {"missed_calls": 0.3001}, 3, "at_risk"),
    ("call_tracking", "default", {"missed_calls": 0.35}, 3, "at_risk"),
    ("call_tracking_project", "default", {"missed_calls": 0.35, "calls": 50, "urgent_open": 0, "days_silent": 30}, 3, "at_risk"),
    ("planhat", "impact", {"nps": 7}, 7, "good"),
    ("planhat", "impact", {"nps": 12}, 10, "good"),
    ("planhat", "bounded", {"nps": 12, "tickets": 0}, 5, "fair"),
    ("planhat", "default", {"nps": 10, "usage": 5, "tickets": 5, "contacts": 5}, 6, "fair"),
    ("planhat", "default", {"nps": 0, "usage": 5, "tickets": 5, "contacts": 5}, 4, "fair"),
    ("vitally", "default", {"active_users": 20, "open_tickets": 0, "days_silent": 45}, 6.67, "good"),
    ("natero", "default", {"adoption": 83, "breadth": 70, "depth": 71, "engagement": 78, "support": 54}, 75, "high"),
    ("gainsight", "default", {"usage": 50, "support": 50, "survey": 50}, 50, "red"),
    ("gainsight", "default", {"usage": 51, "support": 51, "survey": 51}, 51, "yellow"),
    ("gainsight", "default", {"usage": 76, "support": 76, "survey": 76}, 76, "green"),
    ("catalyst", "default", {"adoption": 96, "seats": 88, "tickets": 3}, 8.7, "healthy"),
    ("catalyst", "lowest", {"adoption": 96, "seats": 88, "tickets": 3}, 7, "neutral"),
    ("gitlab", "default", {"licence_use": 0.4, "tenure_days": 120}, 50, "yellow"),
    ("gitlab", "default", {"licence_use": 0.4, "tenure_days": 210}, 0, "red"),
    ("hubspot", "default", {"days_since_visit": 0}, 10, "hot"),
    ("hubspot", "default", {"days_since_visit": 15}, 7.5, "hot"),
    ("hubspot", "default", {"days_since_visit": 30}, 5, "warm"),
    ("hubspot", "default", {"days_since_visit": 45}, 2.5, "warm"),
    ("hubspot", "default", {"days_since_visit": 60}, 0, "cold"),
]  # fmt: skip


@pytest.fixture(scope="module")
def cards() -> Mapping[str, Cards]:
    registry = discover()
    return {path.stem: load_cards(path, registry, {}) for path in FILES}


@pytest.mark.parametrize(("file", "name", "given", "score", "band"), PUBLISHED)
def test_a_published_number_comes_out_to_the_last_digit(
    cards: Mapping[str, Cards], file: str, name: str, given: dict[str, Scalar], score: float, band: str
) -> None:
    card = cards[file].scorecards[name]
    readings = {metric: Reading(metric=metric, value=value) for metric, value in given.items()}
    (scored,), failures = cards[file].registry.score(card, [("acme", readings)])
    assert scored is not None
    assert not failures
    done = finish(card, scored)
    assert done.micro == micro(score)
    assert sum(line.micro for line in done.drivers) == done.micro
    assert next_state(card.bands, None, score, datetime(2026, 1, 1, tzinfo=UTC)).band == band


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_the_tests_beside_a_card_pass(path: Path, cards: Mapping[str, Cards]) -> None:
    trials = read_trials(path, lambda tested: cards[tested.stem if tested is not None else ""])
    assert {one.trial.name: one.differences for one in run(trials) if one.differences} == {}


def test_every_card_has_its_test_and_every_source_its_card() -> None:
    assert [path.name.removesuffix(SUFFIX) for path in TESTS] == [path.stem for path in FILES]
    assert {file for file, *_ in PUBLISHED} | {"saas_default"} == {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_card_is_right_inside_a_whole_configuration(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "cshub.yaml"
    file.write_text(AROUND + path.read_text(encoding="utf-8"), encoding="utf-8")
    config = load(file, world(), ENVIRON)
    assert config.scorecards["default"].root
    assert not [name for name in config.metrics if f"{name}:" not in path.read_text(encoding="utf-8")]
