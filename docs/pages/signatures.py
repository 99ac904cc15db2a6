"""Signatures and docstrings as Markdown, the same on every Python version."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable


def signature(function: Callable[..., object], *, name: str | None = None) -> str:
    """`name(argument: type) -> type` as it stands in the source, without `self`."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    node.args.args = [argument for argument in node.args.args if argument.arg != "self"]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns and name is None else ""
    return f"{name or node.name}({ast.unparse(node.args).removeprefix('/, ')}){returns}"


def doc(thing: object) -> str:
    """The docstring with its indentation removed, empty when there is none."""
    return inspect.getdoc(thing) or ""


def sentence(text: str) -> str:
    """The text with a capital at its beginning and a full stop at its end."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def cell(text: str) -> str:
    """Text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
