"""Docs are complete and true: docstrings, reference pages without drift, links that lead somewhere.

Modules, classes and functions without a docstring are found by ruff (D); methods are here, because an implementation need not
repeat what its protocol promises.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from docs.generate import PAGES, REFERENCE, differs
from tests.house.source import ROOT, Source, functions, is_declaration, shipped, tracked_files

HOOKS = (
    "adjust_scores",
    "register_actions",
    "register_connectors",
    "register_identity_rules",
    "register_metrics",
    "register_models",
    "run_finished",
)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def headings(page: str) -> list[str]:
    """The headings of a reference page, without their marks."""
    text = (REFERENCE / f"{page}.md").read_text(encoding="utf-8")
    return [line.lstrip("#").strip() for line in text.splitlines() if line.startswith("##")]


def public_methods(source: Source) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The methods of public classes that have a public name and are no property's setter."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for method in node.body:
                if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and not method.name.startswith("_"):
                    yield method


def promised() -> set[str]:
    """Names of methods whose docstring stands at a protocol: its implementations promise the same."""
    return {
        node.name
        for source in shipped()
        for node in functions(source.tree)
        if is_declaration(node) and ast.get_docstring(node)
    }


def test_every_public_method_has_a_docstring_there_or_at_its_protocol() -> None:
    known = promised()
    silent = [
        f"{source.name}:{method.lineno} {method.name}"
        for source in shipped()
        for method in public_methods(source)
        if not ast.get_docstring(method) and method.name not in known
    ]
    assert silent == []


@pytest.mark.parametrize("page", PAGES)
def test_a_reference_page_says_what_the_code_says(page: str) -> None:
    assert not differs(page, write=False), "run `make docs`"


def test_every_hook_has_its_heading() -> None:
    assert sorted(headings("hooks")) == sorted(HOOKS)


def test_the_contract_has_at_most_150_lines() -> None:
    assert len((ROOT / "src/cshub/hookspecs.py").read_text(encoding="utf-8").splitlines()) <= 150


def test_every_error_has_its_heading() -> None:
    tree = next(source.tree for source in shipped() if source.name == "src/cshub/errors.py")
    classes = [node.name for node in tree.body if isinstance(node, ast.ClassDef) and node.bases]
    assert headings("errors") == classes


def test_every_error_stands_in_the_tree_that_its_module_draws() -> None:
    source = next(source for source in shipped() if source.name == "src/cshub/errors.py")
    drawn = re.findall(r"[├└]── (\w+)", ast.get_docstring(source.tree) or "")
    leaves = {node.name for node in source.tree.body if isinstance(node, ast.ClassDef) and node.bases}
    assert sorted(drawn) == sorted(leaves - {"CshubError", "VendorError"})


def test_every_command_has_its_heading() -> None:
    start = "from cshub.cli import main; main()"
    text = subprocess.run([sys.executable, "-c", start, "--help"], capture_output=True, text=True, check=True).stdout
    listed = re.findall(r"^  ([a-z][a-z-]*)(?:  .*)?$", text.partition("Commands:")[2], re.MULTILINE)
    assert listed
    assert [name for name in listed if f"cshub {name}" not in headings("commands")] == []


def test_every_setting_of_the_first_level_has_its_heading() -> None:
    named = {heading.partition(":")[0] for heading in headings("settings")}
    top = {"store", "timezone", "connections", "identity", "metrics", "scorecards", "triggers", "publish", "schedule",
           "safety", "portfolio", "notify"}  # fmt: skip
    assert top - named == set()


def test_links_between_pages_lead_somewhere() -> None:
    dead = [
        f"{page} → {target}"
        for page in tracked_files()
        if page.endswith(".md")
        for target in LINK.findall((ROOT / page).read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not ((ROOT / page).parent / target).exists()
    ]
    assert dead == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in sorted(folder.glob("[0-9]*.md")) if f"]({page.name})" not in listed] == []
