"""`cshub demo`: a made-up company on this machine, from nothing to fields in its CRM, and nothing left behind."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cshub.cli import program
from cshub.cli.invocation import Invocation
from cshub.cli.sandboxes import start_sandbox


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """What a demo with few customers prints; a broken `.env` and variables of one's own must not matter to it."""
    environ = {"HUBSPOT_TOKEN": "pat-eu1-of-mine", "CSHUB_STORE": "sqlite:///mine.db", "CSHUB_PROFILE": "mine"}
    place = tmp_path_factory.mktemp("demo")
    before = tempfile.tempdir
    tempfile.tempdir = str(place)
    try:
        invocation = Invocation(environ=environ)
        return CliRunner().invoke(program, ["demo", "--customers", "40"], obj=invocation, prog_name="cshub")
    finally:
        tempfile.tempdir = before
        assert list(place.iterdir()) == []


def test_it_ends_well(shown: Result) -> None:
    assert shown.exit_code == 0, shown.output


def test_it_shows_the_customers_most_at_risk_with_reasons(shown: Result) -> None:
    table = shown.stdout.partition("The customers most at risk")[2].partition("2. Publish")[0]
    assert re.search(r"critical +\S.*\([−+][0-9.]+\)", table)


def test_it_shows_a_record_before_and_after(shown: Result) -> None:
    record = shown.stdout.partition("read back from it")[2].partition("3. Why")[0]
    assert re.search(r"^Health +— +critical", record, re.MULTILINE)
    assert re.search(r"^Health score +— +[0-9]+", record, re.MULTILINE)


def test_it_shows_every_line_of_one_score(shown: Result) -> None:
    assert "the lines above add up to it exactly" in shown.stdout


def test_its_second_run_writes_nothing_and_scores_nobody(shown: Result) -> None:
    second = shown.stdout.partition("4. A second run")[2]
    assert "0 customers due, 0 scored, 0 changed" in second
    assert "0 fields written" in second


def test_it_says_what_to_try_next(shown: Result) -> None:
    assert "What to try next" in shown.stdout


def test_it_talks_on_stderr_and_shows_on_stdout(shown: Result) -> None:
    assert "answers at http://127.0.0.1:" in shown.stderr
    assert "answers at" not in shown.stdout


def test_a_port_in_use_ends_it_before_anything_is_made(tmp_path: Path) -> None:
    with start_sandbox("hubspot", empty=True) as running:
        arguments = ["demo", "--port", str(running.served.port)]
        result = CliRunner().invoke(program, arguments, prog_name="cshub")
    assert result.exit_code == 2
    assert "is in use" in result.stderr
    assert result.stdout == ""
