"""The README's commands do what it says: its bash blocks run, in order, against HubSpot's double on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.cli.failure import EXIT_CODES
from cshub.cli.sandboxes import start_sandbox

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
#: Make targets are other tests' business: that they exist, and what the demo does, is checked here.
MADE = re.compile(r"^make ([a-z]+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a shell has after the `export` lines of `cshub sandbox hubspot` were pasted into it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CSHUB_", "HUBSPOT_"))}
    with start_sandbox("hubspot", customers=40) as running:
        yield {**kept, **running.environ, "PATH": path, "TMPDIR": str(tmp_path_factory.mktemp("tmp"))}


def commands() -> list[str]:
    """The lines of all blocks that are no make targets, comments left out."""
    lines = [line.partition("#")[0].strip() for block in BLOCKS for line in block.splitlines()]
    return [line for line in lines if line and not MADE.fullmatch(line)]


@pytest.mark.timeout(180)  # a dozen processes, one after the other
def test_the_first_half_hour_runs_as_it_is_written(environ: dict[str, str], tmp_path: Path) -> None:
    assert len(commands()) >= 8
    for line in commands():
        done = subprocess.run(
            ["bash", "-euc", line], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"


def test_it_takes_at_most_twelve_commands_from_nothing_to_the_first_write() -> None:
    first = next(place for place, line in enumerate(commands(), 1) if line.startswith("cshub apply"))
    assert first <= 12


@pytest.mark.parametrize("target", [target for block in BLOCKS for target in MADE.findall(block)])
def test_every_make_target_it_names_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_make_demo_runs_the_demo(environ: dict[str, str], tmp_path: Path) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo:.*\n\t@\$\(VENV\)/bin/cshub demo$", text, re.MULTILINE)
    done = subprocess.run(
        ["cshub", "demo"], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "5 500 fields written" in done.stdout
    second = done.stdout.partition("4. A second run")[2]
    assert "0 customers due, 0 scored" in second
    assert "0 fields written" in second


def test_its_table_of_exit_codes_is_the_programs() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", README.partition("| exit code |")[2].partition("\n\n")[0], re.MULTILINE)
    assert {int(code): meaning for code, meaning in rows} == EXIT_CODES


def test_the_how_to_page_names_every_exit_code() -> None:
    page = (ROOT / "docs/how-to/when-a-run-fails.md").read_text(encoding="utf-8")
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} | {0} == set(EXIT_CODES)


def test_the_journey_has_the_twelve_steps_of_the_explanation() -> None:
    table = README.partition("| # | where | what happens |")[2]
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)] == list(range(1, 13))
