"""Names say what a thing is: modules one noun or verb, numbers their unit. (Keyword-only booleans are ruff's FBT.)"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.rules import violations
from tests.house.source import functions, shipped

#: Words for something measured in time or bytes, and the endings that give the unit.
MEASURED = re.compile(r"(^|_)(timeout|delay|interval|duration|elapsed|latency|ttl|backoff|age|lag|uptime)($|_)")
UNIT = re.compile(r"_(s|ms|us|ns|min|h|hours|d|days|bytes|kb|mb|share|ratio)$")


def plain_numbers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of arguments and fields annotated as int or float, optional or not, with their line.

    The methods of a class derived from a library's (`httpcore.NetworkStream`) have the library's names: left out.
    """
    foreign = {method for node in ast.walk(tree) if is_derived(node) for method in functions(node)}
    arguments = [
        argument
        for node in functions(tree)
        if node not in foreign
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    ]
    for argument in arguments:
        if argument.annotation and is_number(argument.annotation):
            yield argument.arg, argument.lineno
    for field in ast.walk(tree):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and is_number(field.annotation):
            yield field.target.id, field.lineno


def is_derived(node: ast.AST) -> bool:
    """True for a class with a base out of another module, written `module.Class`."""
    return isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Attribute) for base in node.bases)


def is_number(annotation: ast.expr) -> bool:
    """True for `int`, `float` and either of them `| None`."""
    words = set(ast.unparse(annotation).replace(" ", "").split("|"))
    return bool(words & {"int", "float"}) and words <= {"int", "float", "None"}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert violations("module-name") == []


def test_a_measured_number_carries_its_unit_in_its_name() -> None:
    unnamed = [
        f"{source.name}:{line} {name}"
        for source in shipped()
        for name, line in plain_numbers(source.tree)
        if MEASURED.search(name.lower()) and not UNIT.search(name.lower())
    ]
    assert unnamed == []
