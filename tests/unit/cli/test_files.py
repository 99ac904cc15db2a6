"""Files the program reads and writes for people: the first configuration, the tutorial, companies out of a CSV."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cshub.cli import program
from cshub.cli.invocation import Invocation
from cshub.cli.sandboxes import read_companies, start_sandbox
from cshub.cli.tutorial import tutorial
from cshub.config import load
from cshub.errors import ConfigError

ENVIRON = {"HUBSPOT_TOKEN": "pat-of-nobody"}


def cshub(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments, obj=Invocation(environ=ENVIRON), prog_name="cshub")


def init(folder: Path) -> Result:
    return cshub("init", "--folder", str(folder), "--no-input")


def test_init_writes_a_configuration_that_is_right(tmp_path: Path) -> None:
    assert init(tmp_path / "new").exit_code == 0
    result = cshub("--config", str(tmp_path / "new" / "cshub.yaml"), "validate")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""


def test_init_writes_no_secret_and_keeps_them_out_of_git(tmp_path: Path) -> None:
    init(tmp_path)
    assert "env:HUBSPOT_TOKEN" in (tmp_path / "cshub.yaml").read_text(encoding="utf-8")
    assert ".env\n" in (tmp_path / ".gitignore").read_text(encoding="utf-8")
    assert "HUBSPOT_TOKEN=\n" in (tmp_path / ".env.example").read_text(encoding="utf-8")


def test_init_never_overwrites_a_configuration(tmp_path: Path) -> None:
    (tmp_path / "cshub.yaml").write_text("mine", encoding="utf-8")
    result = init(tmp_path)
    assert result.exit_code == 2
    assert "stays as it is" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["cshub.yaml"]
    assert (tmp_path / "cshub.yaml").read_text(encoding="utf-8") == "mine"


def test_init_leaves_other_files_as_they_are(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine", encoding="utf-8")
    assert init(tmp_path).exit_code == 0
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "mine"


def test_init_asks_at_most_four_questions() -> None:
    from cshub.cli.init import QUESTIONS

    assert 1 <= len(QUESTIONS) <= 4


def test_the_tutorial_is_right_and_has_no_remark(tmp_path: Path) -> None:
    (tmp_path / "cshub.yaml").write_text(tutorial(), encoding="utf-8")
    assert load(tmp_path / "cshub.yaml", environ=ENVIRON).warnings == ()


def test_most_lines_of_the_tutorial_are_explained() -> None:
    lines = [line for line in tutorial().splitlines() if line.strip()]
    assert sum("#" in line for line in lines) > len(lines) / 3


def test_companies_come_out_of_a_csv_with_their_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c.csv").write_text("id,plan\nA-1,big\nA-2,small\n", encoding="utf-8")
    monkeypatch.setenv("DATA", str(tmp_path))
    assert [row["customer_id"] for row in read_companies("$DATA/c.csv:id")] == ["A-1", "A-2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("c.csv", "names no column"), ("nowhere.csv:id", "there is no file"), ("c.csv:key", "has no column 'key'")],
)
def test_companies_that_cannot_be_read_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, message: str
) -> None:
    (tmp_path / "c.csv").write_text("id\nA-1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=message):
        read_companies(text)


def test_an_unset_variable_in_a_path_is_told_as_one() -> None:
    with pytest.raises(ConfigError) as caught:
        read_companies("$CSHUB_NOBODY_SETS_THIS/c.csv:id")
    assert caught.value.hint
    assert "set the variable" in caught.value.hint


def test_a_sandbox_nobody_offers_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigError) as caught:
        start_sandbox("hubspott")
    assert "hubspot" in (caught.value.hint or "")


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with start_sandbox("hubspot", empty=True) as running:
        result = cshub("sandbox", "hubspot", "--empty", "--port", str(running.served.port))
    assert result.exit_code == 2
    assert f"port {running.served.port} is in use" in result.stderr
    assert "choose another port" in result.stderr


def test_a_command_runs_in_the_environment_of_a_sandbox_and_ends_it() -> None:
    script = 'test -n "$HUBSPOT_TOKEN" && case "$HUBSPOT_URL" in http://127.0.0.1:*) exit 7;; esac'
    assert cshub("sandbox", "hubspot", "--empty", "--", "sh", "-c", script).exit_code == 7
