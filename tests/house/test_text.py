"""What must not stand in any file: index addresses, paths of one machine, marks left behind, silent suppressions."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.house.source import ROOT, Source, all_sources, tracked_files

# Written in pieces, so that this file does not match itself.
INDEX = re.compile("|".join(["py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.org", "deb" + r"\.debian"]))
MACHINE = re.compile(
    r"(?<![\w.$~/-])/(?:" + "|".join(["wo" + "rk", "fa" + "rm", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/"
)
# A quoted word is a vendor's value, not a mark.
MARK = re.compile(
    r"(?<![\"'`])\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b(?![\"'`])"
)
LOCK_OPTION = re.compile(r"^\s*--(?!hash=)", re.MULTILINE)

SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|pragma:|fmt:\s*off)", re.IGNORECASE)
NOQA = re.compile(r"#\s*noqa: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)*\W+\w+\W+\w+")
TYPE_IGNORE = re.compile(r"#\s*type: ignore\[[a-z0-9, -]+\]\W+\w+\W+\w+")


def texts() -> Iterator[tuple[str, str]]:
    """Every file that can be read as text, with its name."""
    for name in tracked_files():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def comments(source: Source) -> Iterator[tuple[int, str]]:
    """The comments of a file with their lines; strings that look like comments are none."""
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


@pytest.mark.parametrize("pattern", [INDEX, MACHINE, MARK], ids=["package index", "path of a machine", "mark"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    found = [
        f"{name}:{number} {line.strip()[:80]}"
        for name, text in texts()
        if pattern.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    assert INDEX.search("https://py" + "pi.org/simple")
    assert MACHINE.search("open('/ho" + "me/somebody/x')")
    assert not MACHINE.search("GET /crm/objects/wo" + "rk/1")
    assert MARK.search("# TO" + "DO later")
    assert not MARK.search("hs_task_type: 'TO" + "DO'")


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/bench/requirements.lock"])
def test_a_lock_holds_versions_and_hashes_and_nothing_else(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert LOCK_OPTION.findall(text) == []
    assert "://" not in text
    assert text.count("==") <= text.count("--hash=")


def test_every_suppression_carries_its_code_and_its_reason() -> None:
    bare = [
        f"{source.name}:{line} {comment}"
        for source in all_sources()
        if SUPPRESSION.search(source.text)
        for line, comment in comments(source)
        if is_bare(comment)
    ]
    assert bare == []


def is_bare(comment: str) -> bool:
    """True for a suppression without its code, or without at least two words of reason after it."""
    if re.search(r"#\s*noqa", comment, re.IGNORECASE):
        return not NOQA.search(comment)
    return bool(re.search(r"#\s*type:\s*ignore", comment)) and not TYPE_IGNORE.search(comment)


@pytest.mark.parametrize(
    ("comment", "bare"),
    [
        ("# noqa", True),
        ("# noqa: S105", True),
        ("# noqa: S105 - not a secret", False),
        ("# type: ignore", True),
        ("# type: ignore[no-untyped-call]", True),
        ("# type: ignore[no-untyped-call]  # pluggy ships none", False),
        ("# a plain remark", False),
    ],
)
def test_a_bare_suppression_is_told_from_a_reasoned_one(comment: str, *, bare: bool) -> None:
    assert is_bare(comment) is bare
