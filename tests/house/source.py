"""What the house tests look at: every Python file of the project, read and parsed once, and the functions in it."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parents[2]

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Documented: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One Python file. `name` is its path from the top of the project, with forward slashes."""

    name: str
    text: str
    tree: ast.Module

    @property
    def module(self) -> str:
        """`cshub.http.client` for `src/cshub/http/client.py`; only for files under a `src` folder."""
        parts = Path(self.name).with_suffix("").parts
        dotted = ".".join(parts[parts.index("src") + 1 :])
        return dotted.removesuffix(".__init__")

    def is_shipped(self) -> bool:
        """True for what a user installs: the core and the plugins, not tests, docs and examples."""
        return self.name.startswith("src/") or (self.name.startswith("plugins/") and self.name.split("/")[2] == "src")


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file that is or would be committed, sorted; deleted ones left out."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return tuple(sorted({name for name in listed if (ROOT / name).is_file()}))


@cache
def all_sources() -> tuple[Source, ...]:
    """Every Python file of the project."""
    return tuple(read(name) for name in tracked_files() if name.endswith(".py"))


@cache
def shipped() -> tuple[Source, ...]:
    """Every Python file a user installs."""
    return tuple(source for source in all_sources() if source.is_shipped())


def read(name: str) -> Source:
    """The file of that name, parsed."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return Source(name=name, text=text, tree=ast.parse(text, filename=name))


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def docstring_lines(node: Documented) -> int:
    """How many lines the docstring takes, 0 when there is none."""
    if ast.get_docstring(node, clean=False) is None:
        return 0
    text = node.body[0]
    return (text.end_lineno or text.lineno) - text.lineno + 1


def is_declaration(function: Function) -> bool:
    """True when there is nothing to run: a protocol's method, an overload, a hook specification."""
    rest = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in rest)
