"""`cshub validate` tells what the linter finds: mistakes stop, remarks do not."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from cshub.cli import program
from cshub.cli.invocation import Invocation
from tests.unit.config.lint.corpus import CORPUS, SOUND


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cshub.yaml"


def validate(file: Path, text: str, *arguments: str) -> Result:
    file.write_text(text, encoding="utf-8")
    invocation = Invocation(config=file, environ={"HUBSPOT_TOKEN": "dummy"})
    return CliRunner().invoke(program, ["validate", *arguments], obj=invocation, prog_name="cshub")


def broken(name: str) -> str:
    fault = CORPUS[name]
    return SOUND.replace(fault.old, fault.new, 1).replace("▸", "")


def test_a_sound_configuration_is_right_without_a_remark(file: Path) -> None:
    result = validate(file, SOUND)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.endswith("1 scorecard, 1 trigger\n")


def test_a_remark_is_told_and_stops_nothing(file: Path) -> None:
    result = validate(file, broken("hours for seconds"))
    assert result.exit_code == 0
    assert (
        "cshub.yaml:36:36  scorecards.default.groups.support.signals.reply.bad: first_reply_s is in seconds"
        in result.stderr
    )
    assert result.stdout.endswith("; 1 remark\n")


def test_a_mistake_is_told_with_what_to_do_and_exits_with_2(file: Path) -> None:
    result = validate(file, broken("two bands at once"))
    assert result.exit_code == 2
    assert "triggers.fell.when: can never be true: band cannot be all that it asks for" in result.stderr
    assert "mend the rule, or delete it" in result.stderr


def test_json_has_remarks_with_line_and_column(file: Path) -> None:
    found = orjson.loads(validate(file, broken("percent of a share"), "--json").stdout)
    assert found["ok"] is True
    (remark,) = found["remarks"]
    assert (remark["line"], remark["hint"]) == (47, "30 % is 0.3")
