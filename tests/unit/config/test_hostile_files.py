"""Files that are no configuration are refused where the limit is, with the line, and without eating memory (TRUST S9).

How long that takes, `python -m tests.bench.refusals` prints.
"""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from cshub import ConfigError
from cshub.config import load
from cshub.plugins import Registry

LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)

#: text or bytes → the line that is named
HOSTILE: dict[str, tuple[str | bytes, int]] = {
    "a billion laughs": (LAUGHS, 1),
    "an alias to itself": ("timezone: UTC\na: *a\n", 2),
    "an anchor": ("timezone: UTC\nstore: &s x\n", 2),
    "a merge of an anchor": ("timezone: UTC\nmetrics:\n  <<: *base\n", 3),
    "a tag that would make an object": ("timezone: UTC\nstore: !!python/object/apply:os.system [id]\n", 2),
    "a local tag": ("timezone: !text UTC\n", 1),
    "a very long tag": ("timezone: !" + "a" * 500_000 + " UTC\n", 1),
    "a directive": ("%YAML 1.1\n---\ntimezone: UTC\n", 2),
    "two documents": ("timezone: UTC\n---\ntimezone: UTC\n", 2),
    "too deep a list": ("timezone: UTC\nmetrics: " + "[" * 60 + "]" * 60 + "\n", 2),
    "too deep a mapping": ("".join(f"{' ' * depth}a:\n" for depth in range(60)), 51),
    "a file beyond 1 MiB": ("# " + "x" * 98 + "\n" + ("# " + "x" * 98 + "\n") * 11_000, 10_382),
    "a line beyond all bounds": ("timezone: UTC\nstore: " + "x" * 100_000 + "\n", 2),
    "too many lines": ("timezone: UTC\n" * 30_000, 20_001),
    "too many values": ("metrics:\n" + "- [a, b, c]\n" * 8_000, 2_501),
    "a control character": ("timezone: UTC\nstore: \x07x\n", 2),
    "a byte that is no text": (b"timezone: UTC\nstore: \xff\xfe\n", 2),
    "a mapping as a key": ("timezone: UTC\n{a: b}: c\n", 2),
    "an open bracket": ("timezone: UTC\nmetrics: [a, b\n", 3),
    "an open quote": ('timezone: UTC\nstore: "x\n', 3),
    "a tab": ("connections:\n\tcrm: {}\n", 2),
    "a colon too many": ("timezone: UTC\nstore: a: b\n", 2),
    "a list for a file": ("- timezone: UTC\n", 1),
    "a text for a file": ("hello\n", 1),
}


@pytest.mark.parametrize(("content", "line"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_file_is_refused_with_its_line(
    content: str | bytes, line: int, tmp_path: Path, registry: Registry
) -> None:
    path = tmp_path / "cshub.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    tracemalloc.start()
    with pytest.raises(ConfigError) as caught:
        load(path, registry, {})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.problems[0].line == line
    assert peak < 100 * 2**20


def test_the_text_of_a_broken_file_is_not_repeated(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "cshub.yaml"
    path.write_text("token: pat-secret-1: 'x\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, registry, {})
    assert "pat-secret" not in str(caught.value)
    assert "pat-secret" not in str(caught.value.problems[0])


def test_an_empty_file_says_what_it_needs(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "cshub.yaml"
    path.write_text("", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, registry, {})
    assert caught.value.problems[0].path == "connections"


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(ConfigError, match="cshub init"):
        load(tmp_path / "nowhere.yaml", registry, {})
