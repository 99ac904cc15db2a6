"""`cshub test`: what it runs, what it says of a failure, what it makes of mistakes, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cshub.cli import program
from cshub.cli.invocation import Invocation

CARD = """\
metrics:
  tickets: {count: ticket}
  nps: {nps: response}
  seats: {count: contact}
scorecards:
  default:
    model: weighted
    signals:
      tickets: {weight: 60, from: [0, 0], to: [100, 100]}
      nps: {weight: 40, from: [0, 0], to: [100, 100]}
    adjust: [{when: "seats > 5", cap: 90, text: "too many"}]
    bands: {critical: 0, at_risk: 50, healthy: 75}
"""
TESTS = """\
tests:
  - name: as published
    given: {tickets: 80, nps: 60}
    expect: {score: 72, band: at_risk, coverage: 100%, drivers: {base: 50, tickets: 18, nps: 4}, missing: []}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mine.yaml").write_text(CARD, encoding="utf-8")
    return tmp_path


def cshub(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, list(map(str, arguments)), obj=Invocation(environ={}), prog_name="cshub")


def tries(folder: Path, text: str, *more: str) -> Result:
    (folder / "mine.test.yaml").write_text(text, encoding="utf-8")
    return cshub("test", folder / "mine.test.yaml", *more)


def test_a_test_that_passes_is_ticked(folder: Path) -> None:
    result = tries(folder, TESTS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        f"{folder}/mine.test.yaml  (of {folder}/mine.yaml)\n  ✔ as published\n1 test passed, 0 failed\n"
    )


def test_a_folder_is_searched_for_tests(folder: Path) -> None:
    deeper = folder / "deeper"
    deeper.mkdir()
    (deeper / "other.test.yaml").write_text("configuration: ../mine.yaml\n" + TESTS, encoding="utf-8")
    (folder / "mine.test.yaml").write_text(TESTS, encoding="utf-8")
    assert "2 tests passed, 0 failed" in cshub("test", folder).stdout


def test_without_a_path_it_is_the_folder_of_the_configuration(folder: Path) -> None:
    (folder / "scores.test.yaml").write_text(TESTS, encoding="utf-8")
    result = cshub("--config", folder / "mine.yaml", "test")
    assert "1 test passed" in result.stdout


def test_what_differs_is_said_with_the_lines_of_the_score(folder: Path) -> None:
    result = tries(folder, TESTS.replace("score: 72", "score: 73").replace("tickets: 18", "tickets: 17, cap: 3"))
    assert result.exit_code == 1
    assert result.stdout.splitlines()[1:] == [
        "  ✖ as published",
        "      score: expected 73, is 72",
        "      drivers: tickets: expected 17, is 18",
        "      drivers: there is no line cap; there are base, tickets, nps",
        "        +50  base",
        "        +18  tickets = 80",
        "        +4  nps = 60",
        "0 tests passed, 1 failed",
    ]


@pytest.mark.parametrize(
    ("given", "expect", "difference"),
    [
        ("tickets: 80, nps: 60", "band: healthy", "band: expected healthy, is at_risk"),
        ("tickets: 80, nps: 60", "band: null", "band: expected none, is at_risk"),
        ("tickets: 80", "coverage: 100%", "coverage: expected 100.0000%, is 60.0000%"),
        ("tickets: 80", "missing: []", "missing: nps is missing, which was not expected"),
        ("tickets: 80", "missing: {nps: stale}", "missing: nps: expected stale, is missing"),
        ("tickets: 80, nps: 3", "missing: [nps]", "missing: expected nps, which has data"),
        ("nps: 3", "score: 5", "score: expected 5, is none (data for 40 % of the weight, 60 % are needed)"),
        ("tickets: 80", "score: null", "score: expected none, is 80"),
        (
            "nps: 3",
            "reason: no data at all",
            "reason: expected 'no data at all', is data for 40 % of the weight, 60 % are needed",
        ),
        ("tickets: 95, nps: 95, seats: 6", "drivers: {adjust 1: -4}", "drivers: adjust 1: expected -4, is -5"),
    ],
)
def test_each_expectation_is_looked_at(folder: Path, given: str, expect: str, difference: str) -> None:
    result = tries(folder, f"tests: [{{given: {{{given}}}, expect: {{{expect}}}}}]")
    assert result.exit_code == 1
    assert f"      {difference}" in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("given", "expect"),
    [
        ("tickets: 80, nps: {status: stale, value: 3}", "score: 80, missing: {nps: stale}"),
        ("tickets: 80, nps: {status: source_down}", "missing: {nps: source_down}"),
        ("tickets: 80, nps: {status: not_applicable}", "coverage: 100%, missing: {nps: not_applicable}"),
        ("tickets: 80, nps: {status: error}", "missing: {nps: error}"),
        ("tickets: 80, nps: null", "missing: {nps: missing}"),
        ("tickets: 80, nps: much", "missing: {nps: missing}"),
    ],
)
def test_the_kinds_of_missing_stay_different(folder: Path, given: str, expect: str) -> None:
    result = tries(folder, f"tests: [{{given: {{{given}}}, expect: {{{expect}}}}}]")
    assert result.exit_code == 0, result.stdout


def test_as_data(folder: Path) -> None:
    result = tries(folder, TESTS.replace("score: 72", "score: 73"), "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert (found["schema_version"], found["ok"], found["passed"], found["failed"]) == (1, False, 0, 1)
    (one,) = found["files"][0]["tests"]
    assert (one["name"], one["line"], one["ok"], one["differences"]) == (
        "as published", 2, False, ["score: expected 73, is 72"],
    )  # fmt: skip
    assert (one["score"], one["band"], len(one["scorecard_hash"])) == (72, "at_risk", 12)


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("tests: []", ":1:8  tests", "at least 1 entries", ""),
        ("tets: [{given: {}, expect: {score: 1}}]", ":1:1  tets", "is no known key", "did you mean tests?"),
        ("tests: [{given: {nsp: 3}, expect: {score: 1}}]", ":1:18  tests.0.given.nsp", "needs no metric nsp", "did you mean nps?"),
        ("tests: [{given: {nps: [3]}, expect: {score: 1}}]", ":1:23  tests.0.given.nps", "is no value", "{status: …}"),
        ("tests: [{given: {nps: {status: gone}}, expect: {score: 1}}]", ":1:23  tests.0.given.nps", "is no value", "stale"),
        ("tests: [{given: {nps: 3}, expect: {}}]", ":1:35  tests.0.expect", "expects nothing", "write score:"),
        ("tests: [{given: {nps: 3}, expect: {band: helthy}}]", ":1:42  tests.0.expect.band", "there is no band helthy", "healthy?"),
        ("tests: [{given: {nps: 3}, expect: {scor: 3}}]", ":1:36  tests.0.expect.scor", "is no known key", "did you mean score?"),
        ("tests: [{given: {nps: 3}, expect: {score: high}}]", ":1:43  tests.0.expect.score", "needs a number", ""),
        ("tests: [{given: {}, expect: {score: 1}, scorecard: defalt}]", ":1:9  tests.0.scorecard", "no scorecard defalt", "default?"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_test_has_its_place(folder: Path, text: str, place: str, message: str, hint: str) -> None:
    result = tries(folder, text)
    assert result.exit_code == 2, result.output
    assert f"mine.test.yaml{place}" in result.stderr
    assert message in result.stderr
    assert hint in result.stderr


def test_a_mistake_in_the_card_ends_with_its_place_as_well(folder: Path) -> None:
    (folder / "mine.yaml").write_text(CARD.replace("nps: {weight", "nsp: {weight"), encoding="utf-8")
    result = tries(folder, TESTS)
    assert result.exit_code == 2
    assert "mine.yaml:10:7  scorecards.default.signals.nsp: there is no metric nsp" in result.stderr


def test_where_there_is_nothing_to_run_it_says_so(folder: Path) -> None:
    nothing, nowhere = cshub("test", folder), cshub("test", folder / "nowhere")
    assert (nothing.exit_code, nowhere.exit_code) == (2, 2)
    assert "there is no file *.test.yaml" in nothing.stderr
    assert "there is no " in nowhere.stderr


def test_no_secret_and_no_connection_is_needed(folder: Path) -> None:
    around = "connections: {crm: {connector: hubspot, token: env:NOBODY_HAS_IT}}\n"
    (folder / "mine.yaml").write_text(around + CARD, encoding="utf-8")
    assert tries(folder, TESTS).exit_code == 0
