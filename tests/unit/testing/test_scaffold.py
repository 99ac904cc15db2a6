"""The beginning of a plugin runs as it is written: installed with pip, found by cshub, its own tests green."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cshub import ConfigError
from cshub.testing.scaffold import write
from tests.contract.examples.installing import install, lines_of, python

FIND = "from cshub.plugins import discover; print(discover().connectors['help_desk'].doc)"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "help_desk"
    write("help_desk", folder)
    return folder


def test_the_package_is_installed_found_and_keeps_the_contract(package: Path, tmp_path: Path) -> None:
    install(package, tmp_path / "target")
    assert python(tmp_path / "target", "-c", FIND) == "Help Desk: customers\n"
    tests = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib", str(package / "tests"))
    assert " passed" in python(tmp_path / "target", *tests)


def test_its_contract_test_has_at_most_ten_lines(package: Path) -> None:
    assert lines_of(package / "tests" / "test_contract.py") <= 10


def test_its_code_is_formatted_and_clean(package: Path) -> None:
    for command in (("format", "--check"), ("check", "--select", "E,F,B,UP,SIM")):
        options = ("--isolated", "--line-length", "120", str(package))
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *options], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_no_mark_of_the_template_is_left(package: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in package.rglob("*") if path.is_file()}
    assert len(texts) == 11
    assert [path for path, text in texts.items() if "$" in text or "NAME" in str(path)] == []


def test_a_file_that_is_there_is_never_overwritten(package: Path) -> None:
    (package / "README.md").write_text("mine")
    (package / "pyproject.toml").unlink()
    with pytest.raises(ConfigError, match="exists already"):
        write("help_desk", package)
    assert (package / "README.md").read_text() == "mine"
    assert not (package / "pyproject.toml").exists()


@pytest.mark.parametrize("name", ["Help Desk", "help-desk", "2desk", "", "../desk", "desk_"])
def test_a_name_that_no_module_can_have_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no name for a plugin"):
        write(name, tmp_path / "new")
    assert not (tmp_path / "new").exists()
