from __future__ import annotations

import re
from pathlib import Path

import pytest

from cshub.store import statements as module
from cshub.store.statements import FOLDER, parse, statements

PARTS = sorted(path.stem for path in FOLDER.glob("*.sql"))
CODE = "\n".join(path.read_text(encoding="utf-8") for path in Path(module.__file__).parent.rglob("*.py"))


def test_a_statement_has_a_name_a_description_and_a_text() -> None:
    (found,) = parse("-- of the file\n\n-- name: one\n-- What it gives.\n-- :a\nselect :a\nfrom x;\n").items()
    assert (found[0], found[1].doc, found[1].text) == ("one", "What it gives.\n:a", "select :a\nfrom x")


def test_a_name_used_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="'one' stands there twice"):
        parse("-- name: one\nselect 1;\n-- name: one\nselect 2;\n")


def test_an_unknown_name_tells_the_names_there_are() -> None:
    with pytest.raises(KeyError, match="lease_token"):
        statements("engine")["leasetoken"]


def test_open_names_are_filled_in() -> None:
    assert "from contact_history" not in statements("versions").fill("stored", kind="contact")
    assert "from contact\n" in statements("versions").fill("stored", kind="contact")


@pytest.mark.parametrize("name", ["a; drop table x", "a'b", 'a"b', "a--b", "A"])
def test_only_plain_names_fit(name: str) -> None:
    with pytest.raises(ValueError, match="not a list of names"):
        statements("versions").fill("stored", kind=name)


@pytest.mark.parametrize("part", PARTS)
def test_every_statement_is_used_by_name(part: str) -> None:
    unused = [name for name in statements(part) if not re.search(rf'["\']{name}["\']', CODE)]
    assert unused == []
