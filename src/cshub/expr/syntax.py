"""From the text of a rule to Python's syntax tree, within limits of size and depth. Nothing is ever evaluated."""

from __future__ import annotations

import ast

from .problem import ExprError

MAX_LENGTH = 2_000
MAX_NODES = 500
MAX_DEPTH = 40
#: Python's own parser takes exponential time on some deeply nested nonsense, so brackets are counted before it runs.
MAX_BRACKETS = 12


def tree(text: str) -> ast.expr:
    """The syntax tree of one expression, its columns counted in characters of `text`.

    Raises ExprError when the text is too large, too deep, or not an expression.
    """
    _check_text(text)
    flat = text.translate({9: " ", 10: " ", 13: " "})
    body = flat.lstrip()
    indent = len(flat) - len(body)
    try:
        parsed = ast.parse(body, mode="eval").body
    except SyntaxError as error:
        place = error.offset - 1 if error.offset else len(body)  # Python says 0 for "it ends too early"
        raise ExprError(f"not a rule: {error.msg}", min(indent + place, len(text)), "for example: is_open") from error
    except (ValueError, MemoryError, RecursionError) as error:
        raise ExprError("this rule is too deeply nested", 0, "split it into two metrics") from error
    _measure(parsed)
    _to_characters(parsed, body, indent)
    return parsed


def _check_text(text: str) -> None:
    if not text.strip():
        raise ExprError("the rule is empty", 0, "for everything, leave it out")
    if len(text) > MAX_LENGTH:
        raise ExprError(f"a rule has at most {MAX_LENGTH} characters, this one {len(text)}", MAX_LENGTH)
    depth = 0
    for place, sign in enumerate(text):
        if sign == "\\" or (sign < " " and sign not in "\t\n\r") or "\ud800" <= sign <= "\udfff":
            raise ExprError("a rule may not contain a backslash or a control character", place)
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if depth > MAX_BRACKETS:
            raise ExprError(f"more than {MAX_BRACKETS} brackets inside one another", place, "split the rule")


def _measure(parsed: ast.expr) -> None:
    waiting: list[tuple[ast.AST, int]] = [(parsed, 1)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MAX_NODES or depth > MAX_DEPTH:
            raise ExprError("this rule is too large or too deeply nested", 0, "split it into two metrics")
        waiting.extend((child, depth + 1) for child in ast.iter_child_nodes(node))


def _to_characters(parsed: ast.expr, body: str, indent: int) -> None:
    """Python counts columns in UTF-8 bytes; people and editors count characters."""
    octets = None if body.isascii() else body.encode()
    for node in ast.walk(parsed):
        if isinstance(node, ast.expr):
            start = node.col_offset
            node.col_offset = indent + (start if octets is None else len(octets[:start].decode()))
