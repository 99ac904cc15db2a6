"""The program itself: its commands, their words, what `--help` costs, and where an error ends."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import click
import pytest
from click.testing import CliRunner

from cshub import errors
from cshub.cli import program
from cshub.cli.failure import EXIT_CODES, exit_code, tell
from cshub.cli.invocation import Invocation
from cshub.cli.program import COMMANDS
from cshub.errors import ConfigError, CshubError, Problem
from cshub.model import RunReport, StreamReport

NOW = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
#: Modules that take long to import; `--help` needs none of them.
HEAVY = ("httpx", "pydantic", "rich", "ruamel", "sqlite_utils", "sqlite3", "structlog", "apscheduler")


def commands() -> list[tuple[str, click.Command]]:
    """Every command with those of its group."""
    context = click.Context(program)
    found = []
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {inner}", command.commands[inner]) for inner in command.commands]
    return found


@pytest.mark.parametrize(("name", "words"), COMMANDS.items())
def test_the_list_of_commands_says_what_each_says_of_itself(name: str, words: str) -> None:
    command = program.get_command(click.Context(program), name)
    assert command is not None
    assert command.get_short_help_str(limit=200) == words


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_has_a_help_text(name: str) -> None:
    result = CliRunner().invoke(program, [*name.split(), "--help"], prog_name="cshub")
    assert result.exit_code == 0
    assert f"Usage: cshub {name}" in result.stdout


@pytest.mark.parametrize("name", [name for name, one in commands() if not isinstance(one, click.Group)])
def test_every_command_shows_an_example_of_itself(name: str) -> None:
    command = dict(commands())[name]
    assert f"cshub {name}" in (command.help or "").partition("\b")[2]


@pytest.mark.parametrize("name", [name for name, one in commands() if not isinstance(one, click.Group)])
def test_every_command_takes_the_options_of_the_program(name: str) -> None:
    options = {option for param in dict(commands())[name].params for option in param.opts}
    assert {"--config", "--profile", "--quiet"} <= options


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; from cshub.cli import program\n"
        "try: program.main(['--help'], prog_name='cshub')\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Exit codes:" in done.stdout


def test_an_unknown_command_is_told_with_the_nearest_name() -> None:
    result = CliRunner().invoke(program, ["exlpain"], prog_name="cshub")
    assert result.exit_code == 2
    assert "did you mean `cshub explain`?" in result.stderr


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(program, ["--version"], prog_name="cshub")
    assert result.stdout.startswith("cshub ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: str) -> None:
    script = "from cshub.cli import main; main()"
    environ = {"_CSHUB_COMPLETE": f"{shell}_source", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environ, check=True)
    assert "_CSHUB_COMPLETE" in done.stdout


def every_error() -> list[type[CshubError]]:
    return [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CshubError)]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_every_error_ends_with_an_exit_code_that_is_documented(error: type[CshubError]) -> None:
    assert tell(error("something happened")) in EXIT_CODES


@pytest.mark.parametrize(("error", "code"), [(errors.ConfigError, 2), (errors.LeaseHeld, 6), (errors.BreakerOpen, 5)])
def test_an_expected_failure_is_a_line_its_hint_and_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, error: type[CshubError], code: int
) -> None:
    def fail(self: Invocation) -> None:
        raise error("it went wrong", where="there", hint="do this")

    monkeypatch.setattr(Invocation, "load", fail)
    result = CliRunner().invoke(program, ["validate" if code != 2 else "status"], prog_name="cshub")
    assert result.exit_code == code
    assert result.stderr == "cshub: there: it went wrong\n  → do this\n"
    assert result.stdout == ""


def test_every_mistake_of_a_configuration_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    places = [Problem(file="c.yaml", line=n, column=2, path="a.b", message="is wrong", hint="mend it") for n in (3, 9)]
    assert tell(ConfigError("2 mistakes in c.yaml", problems=places)) == 2
    assert capsys.readouterr().err.splitlines() == [
        "c.yaml:3:2  a.b: is wrong (mend it)",
        "c.yaml:9:2  a.b: is wrong (mend it)",
        "cshub: 2 mistakes in c.yaml",
    ]


def test_an_interruption_exits_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Invocation) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Invocation, "load", interrupt)
    result = CliRunner().invoke(program, ["validate"], prog_name="cshub")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr


@pytest.mark.parametrize(
    ("state", "codes", "code"),
    [
        ("ok", [], 0),
        ("failed", [], 1),
        ("interrupted", [], 130),
        ("partial", [], 3),
        ("partial", ["credentials"], 3),
        ("partial", ["unavailable", "breaker"], 5),
        ("partial", ["lease_held"], 6),
        ("partial", ["lease_held", "unavailable"], 3),
    ],
)
def test_a_run_ends_with_the_exit_code_of_the_table(state: str, codes: list[str], code: int) -> None:
    streams = [StreamReport(connection="crm", stream=one, state="failed", error="no", error_code=one) for one in codes]
    report = RunReport(
        run=1, command="run", state=state, started_at=NOW, finished_at=NOW, as_of=NOW, streams=tuple(streams)
    )
    assert exit_code(report) == code
