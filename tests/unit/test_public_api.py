"""The public API: what it holds, that it stays light, and that it means what it says."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import cshub


def test_every_exported_name_exists() -> None:
    assert [name for name in cshub.__all__ if not hasattr(cshub, name)] == []


def test_the_list_is_sorted_and_names_nothing_twice() -> None:
    assert sorted(set(cshub.__all__), key=_order) == cshub.__all__


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as the linter sorts them."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


def test_what_a_type_checker_sees_is_what_there_is() -> None:
    tree = ast.parse(Path(cshub.__file__).read_text(encoding="utf-8"))
    imported = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level for alias in node.names
    }
    assert imported == set(cshub.__all__)


def test_an_unknown_name_is_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'connectors'"):
        cshub.connectors  # type: ignore[attr-defined]  # noqa: B018 - reading it is the test


def test_importing_cshub_loads_nothing_else() -> None:
    code = (
        "import sys, cshub; print([name for name in sys.modules if name.startswith(('cshub.', 'httpx', 'pydantic'))])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_a_metric_takes_name_and_line_of_its_function() -> None:
    @cshub.metric(needs=("ticket",))
    def reopened(view: cshub.CustomerView) -> int:
        """Tickets that were opened again."""
        return len(view.rows["ticket"])

    assert (reopened.name, reopened.doc, reopened.needs) == ("reopened", "Tickets that were opened again.", ("ticket",))
