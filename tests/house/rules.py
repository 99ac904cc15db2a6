"""A violation, and the rules that may have exceptions. Each rule lists every violation it finds, exempted or not."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.house.exceptions import EXEMPTIONS
from tests.house.source import Function, all_sources, docstring_lines, functions, is_declaration, shipped

FUNCTION_LINES = 60
FILE_LINES = 400
CLASS_LINES = 200

FORBIDDEN_WORDS = {
    "base", "common", "handler", "handlers", "helper", "helpers", "manager", "managers", "misc", "service", "services",
    "util", "utils",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """`where` is `path` or `path:qualified name`, so that it stays true when lines move."""

    rule: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.where}: {self.detail} [{self.rule}]"


def length(node: Function | ast.ClassDef) -> int:
    """Lines from `def` or `class` to the end: without decorators, without the docstring, with blanks and comments."""
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)


def function_lengths() -> list[int]:
    """The length of every shipped function that does something, sorted."""
    nodes = (node for source in shipped() for node in functions(source.tree))
    return sorted(length(node) for node in nodes if not is_declaration(node))


def long_functions() -> Iterator[Violation]:
    """Functions of more than 60 lines."""
    for source in shipped():
        for node in functions(source.tree):
            if length(node) > FUNCTION_LINES:
                yield Violation(rule="function", where=f"{source.name}:{node.name}", detail=f"{length(node)} lines")


def long_files() -> Iterator[Violation]:
    """Files of more than 400 lines, tests and docs included."""
    for source in all_sources():
        lines = source.text.count("\n")
        if lines > FILE_LINES:
            yield Violation(rule="file", where=source.name, detail=f"{lines} lines")


def long_classes() -> Iterator[Violation]:
    """Classes of more than 200 lines."""
    for source in shipped():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ClassDef) and length(node) > CLASS_LINES:
                yield Violation(rule="class", where=f"{source.name}:{node.name}", detail=f"{length(node)} lines")


def vague_names() -> Iterator[Violation]:
    """Modules and folders named for no noun or verb of the field."""
    for source in shipped():
        parts = source.module.split(".")
        words = {word for part in parts for word in part.strip("_").split("_")}
        if bad := sorted(words & FORBIDDEN_WORDS):
            yield Violation(rule="module-name", where=source.name, detail=f"named {', '.join(bad)}")


def median_length() -> float:
    """The median of the function lengths, 0 without functions."""
    return statistics.median(function_lengths() or [0])


RULES: dict[str, Callable[[], Iterator[Violation]]] = {
    "function": long_functions,
    "file": long_files,
    "class": long_classes,
    "module-name": vague_names,
}


def violations(rule: str) -> list[str]:
    """What a rule finds beyond its exceptions, as lines for people."""
    excused = {exemption.where for exemption in EXEMPTIONS if exemption.rule == rule}
    return [str(found) for found in RULES[rule]() if found.where not in excused]
