"""TRUST S10: a rule cannot reach anything of Python, nor keep the parser busy."""

from __future__ import annotations

import pytest

from cshub.expr import ExprError, parse
from tests.unit.expr.making import NAMES

_DANGEROUS = [
    "().__class__", "text.__class__", "text.format", "text.__class__.__mro__[1].__subclasses__()", "(1).__add__(2)", "''.join(text)",
    "__import__('os')", "__import__('os').system('id')", "eval('1')", "exec('1')", "compile('1', '', 'eval')", "open('/etc/passwd')",
    "getattr(text, 'x')", "setattr(text, 'x', 1)", "globals()", "locals()", "vars()", "dir()", "type(text)", "object()", "print(1)",
    "__builtins__", "__class__", "_", "self", "lambda: 1", "(lambda x: x)(1)", "(lambda: 1)()", "[x for x in tags]", "{x for x in tags}",
    "{x: 1 for x in tags}", "(x for x in tags)", "any(x for x in tags)", "f'{text}'", "f'{text!r:>{number}}'", "(y := 1)", "[*tags]", "(*tags,)",
    "{**text}", "lower(*tags)", "lower(**tags)", "lower(text=text)", "lower(lower)(text)", "text[0]", "text[0:1]", "tags[...]", "...", "b'x'", "1j",
    "9**9**9", "2**number", "number // 2", "number % 2", "number << 99999", "number >> 1", "number & 1", "number | 1", "number ^ 1", "~number",
    "number @ number", "1 if flag else 2", "await text", "(yield)", "(yield from tags)", "{'a': 1}", "{1, 2}", "None", "text is other",
]  # fmt: skip
_AROUND = [
    "{}",
    "{} == 1",
    "flag and {}",
    "not ({})",
    "number > ({})",
    "contains(text, {})",
    "({}) in (1,)",
    "text == ({})",
]
_BOMBS = [
    "(" * 2000, "(" * 150 + "1" + ")" * 150, "[" * 900, "{" * 900, "{[(" * 300, "lower(" * 300, "not " * 490 + "flag", "-" * 1999 + "1", "~" * 1999,
    "flag and " * 200 + "flag.x", "number < " * 300 + "1", "1 + " * 490 + "1", "9" * 1990 + " > number", "1e" + "9" * 1900 + " > number",
    "flag or " * 5000 + "flag", "'" + "a" * 5000, "text in (" + "'a'," * 700 + ")", "a" * 2000, "=" * 2000, "is not " * 280, "f'" + "{" * 1990,
    "f'" + "{f'" * 600, "lambda: " * 240, "flag if flag else " * 100 + "flag", "\x00", "flag\x00", "flag\\\n", "'\\x41' == text", "'\ud800' == text",
    "flag;flag", "flag\nflag", "import os", "x = 1", "del text", "assert flag", "flag)", "flag) or (flag", "text == 'a' 'b' lower", "", " ", "\t\n",
    "ｆｌａｇ.x", "text\u200b", "flag\u202e", "é" * 1000, "text == \"a' or '1'='1\" or 1", "1 OR 1=1", "'; drop table fact; --", "flag -- x",
]  # fmt: skip
ESCAPES = [frame.format(part) for part in _DANGEROUS for frame in _AROUND] + _BOMBS


def test_there_are_at_least_five_hundred_escapes() -> None:
    assert len(set(ESCAPES)) >= 500


@pytest.mark.parametrize("timely", [False, True])
def test_no_escape_is_accepted(timely: bool) -> None:
    accepted = []
    for text in ESCAPES:
        try:
            parse(text, names=NAMES, timely=timely)
        except ExprError:
            continue
        accepted.append(text)
    assert accepted == []
