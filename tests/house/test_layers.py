"""Imports run downwards (DESIGN.md §3). The core's layers are import-linter's contracts in `pyproject.toml`; the rest is here."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source import ROOT, Source, functions, shipped

LINT = "from importlinter.cli import lint_imports_command as main; main()"


def lint_imports(source: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on the `cshub` found in `source`, by the contracts of this project."""
    start = f"import sys; sys.path.insert(0, {str(source)!r}); {LINT}"
    command = [sys.executable, "-c", start, "--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    wide = {**os.environ, "COLUMNS": "200"}
    return subprocess.run(command, cwd=source, env=wide, capture_output=True, text=True, check=False)


def imports(tree: ast.AST) -> Iterator[tuple[str, int, int]]:
    """Every import as (module, level, line); level 0 is absolute."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, 0, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level, node.lineno


def core_modules(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The modules of `cshub` imported by absolute name, with their line."""
    for module, level, line in imports(tree):
        if level == 0 and module.split(".")[0] == "cshub":
            yield module, line


def is_outside_core(source: Source) -> bool:
    """True for code that knows only the public API: plugins and built-ins."""
    return source.name.startswith(("plugins/", "src/cshub/builtin/"))


def test_imports_run_downwards() -> None:
    result = lint_imports(ROOT / "src")
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("errors.py", "from . import model", "Imports run downwards"),
        ("expr/scratch.py", "from .. import scoring", "Imports run downwards"),
        ("stages/scratch.py", "from .. import engine", "Imports run downwards"),
        ("stages/scratch.py", "from .. import builtin", "Imports run downwards"),
        ("scratch.py", "", "Imports run downwards"),  # a module without a number
        ("stages/scratch.py", "from . import link", "Stages are strangers"),
        ("stages/scratch.py", "import httpx", "httpx is imported"),
        ("stages/scratch.py", "import apscheduler", "APScheduler is imported"),
        ("stages/scratch.py", "import sqlite_utils", "sqlite-utils is imported"),
    ],
)
def test_an_import_that_breaks_a_contract_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(ROOT / "src" / "cshub", tmp_path / "cshub", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "cshub" / module).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1
    assert re.search(rf"{contract}.*BROKEN", result.stdout), result.stdout


def test_plugins_and_built_ins_import_only_the_public_api() -> None:
    inside = [
        f"{source.name}:{line} {module}"
        for source in filter(is_outside_core, shipped())
        for module, line in core_modules(source.tree)
        if module != "cshub" and module.split(".")[:2] != ["cshub", "testing"]
    ]
    assert inside == []


def test_built_ins_reach_the_core_by_its_public_name_alone() -> None:
    climbing = [
        f"{source.name}:{line} {'.' * level}{module}"
        for source in shipped()
        if source.name.startswith("src/cshub/builtin/")
        for module, level, line in imports(source.tree)
        if level >= len(Path(source.name).relative_to("src/cshub/builtin").parts) + 1
    ]
    assert climbing == []


def test_the_core_never_imports_its_own_public_api() -> None:
    absolute = [
        f"{source.name}:{line} {module}"
        for source in shipped()
        if not is_outside_core(source)
        for module, line in core_modules(source.tree)
    ]
    assert absolute == []


def test_a_sandbox_imports_nothing_of_its_connector_nor_the_other_way_round() -> None:
    assert [line for source in shipped() for line in crossings(source)] == []


def crossings(source: Source) -> Iterator[str]:
    """Imports of a plugin that pass between `sandbox` and everything beside it."""
    if not source.name.startswith("plugins/"):
        return
    package = source.module.split(".") if source.name.endswith("__init__.py") else source.module.split(".")[:-1]
    plugin = source.module.split(".")[0]
    inside = source.module.split(".")[1:2] == ["sandbox"]
    for module, level, line in imports(source.tree):
        target = module.split(".") if level == 0 else [*package[: len(package) - level + 1], *module.split(".")]
        if target[0] == plugin and (target[1:2] == ["sandbox"]) != inside:
            yield f"{source.name}:{line} {'.'.join(target)}"


def test_an_import_inside_a_function_says_why() -> None:
    silent = [
        f"{source.name}:{node.lineno}"
        for source in shipped()
        for function in functions(source.tree)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom) and not reason(source, node)
    ]
    assert silent == []


def reason(source: Source, node: ast.stmt) -> bool:
    """True when the comment on the import's first or last line holds three words besides the suppression's code."""
    lines = source.text.splitlines()
    comments = [lines[number - 1].partition("#")[2] for number in (node.lineno, node.end_lineno or node.lineno)]
    return any(len(re.sub(r"noqa: *[A-Z0-9, ]+", "", comment).split()) >= 3 for comment in comments)
