"""The file of what people decided: what it says, what is wrong with it and where, and how a decision is written into it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cshub import ConfigError
from cshub.config import Decision, checked_decisions, decide, read_decisions
from cshub.config.decisions import HEADER

KNOWN = ("crm", "sales", "support")
TEXT = """\
# ours, 2026

"crm:contact:12": "crm:34"   # asked Ana
# the next two are one firm
"support:account:9": {not: ["crm:34", "crm:35"], by: Ana, because: "other firm"}

"support:account:10": {nobody: true}
"usage:event:a:b": {belongs_to: "crm:34", not: "sales:1", on: 2026-01-31}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "links.yaml"


def test_a_file_says_what_belongs_where_what_does_not_and_what_is_nobodys(path: Path) -> None:
    path.write_text(TEXT, encoding="utf-8")
    found = checked_decisions(path, (*KNOWN, "usage"))
    assert found.mapped == {"crm:contact:12": "crm:34", "usage:event:a:b": "crm:34"}
    assert found.denied == {
        "support:account:9": frozenset({"crm:34", "crm:35"}),
        "usage:event:a:b": frozenset({"sales:1"}),
    }
    assert found.nobody == {"support:account:10"}
    assert found.by_record["support:account:9"].by == "Ana"
    assert found.by_record["usage:event:a:b"].on == "2026-01-31"


@pytest.mark.parametrize("text", ["", "# only this\n", HEADER])
def test_a_file_without_decisions_and_one_that_is_not_there_say_nothing(path: Path, text: str) -> None:
    assert checked_decisions(path, KNOWN).by_record == {}
    path.write_text(text, encoding="utf-8")
    assert checked_decisions(path, KNOWN).by_record == {}


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('"cr:contact:1": "crm:2"', "there is no connection cr", "did you mean crm?"),
        ('"crm:contact:1": "slaes:2"', "there is no connection slaes", "did you mean sales?"),
        ('"crm:contact:1": {not: ["slaes:2"]}', "there is no connection slaes", "did you mean sales?"),
        ('"crm:contcat:1": "crm:2"', "there is no kind contcat", "kinds are account, contact"),
        ('"crm:owner:1": "crm:2"', "there is no kind owner", "kinds are account"),
        ('"crm:1": "crm:2"', "is no record", '"connection:kind:id"'),
        ('"crm:contact:1": "2"', "names no account", '"crm:34"'),
        ('"crm:contact:1": 2', "names no account", '"crm:34"'),
        ('"crm:contact:1":', "names no account", '"crm:34"'),
        ('"crm:contact:1": ["crm:2"]', "says nothing", "nobody: true"),
        ('"crm:contact:1": {by: Ana}', "says nothing", "belongs_to"),
        ('"crm:contact:1": {nobody: false}', "says nothing", "belongs_to"),
        ('"crm:contact:1": {blongs_to: "crm:2"}', "blongs_to is no known key", "did you mean belongs_to?"),
        ('"crm:contact:1": {belongs_to: "crm:2", not: ["crm:2"]}', "both accepted and rejected for crm:2", "keep one"),
        ('"crm:contact:1": {belongs_to: "crm:2", nobody: true}', "is nobody's and belongs to crm:2", "keep one"),
        ('"support:account:9": "crm:35"', "there twice, first in line 2", "keep one"),
    ],
)
def test_each_mistake_is_told_with_file_and_line(path: Path, line: str, message: str, hint: str) -> None:
    path.write_text(f'# ours\n"support:account:9": "crm:34"\n{line}\n', encoding="utf-8")
    problems = read_decisions(path, KNOWN).problems
    told = next(problem for problem in problems if message in problem.message)
    assert (told.file, told.line) == (str(path), 3)
    assert hint in (told.hint or "")
    with pytest.raises(ConfigError, match="the map has mistakes") as caught:
        checked_decisions(path, KNOWN)
    assert caught.value.exit_code == 2
    assert caught.value.where == f"{path}:3:{told.column}" or len(problems) > 1


@pytest.mark.parametrize("text", ["- a list\n", "just text\n", '"a: b\n', "\t- x\n"])
def test_a_file_that_is_no_list_of_links_is_refused_by_its_name(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_decisions(path, KNOWN)
    assert str(path) in (caught.value.where or "")


@pytest.mark.parametrize("content", [b"\xff\xfe", b'"crm:contact:1": "crm:2" # ' + b"x" * 2**20])
def test_a_file_that_cannot_be_text_of_ours_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"the map (cannot be read|is larger)"):
        read_decisions(path, KNOWN)


def test_the_first_decision_makes_a_file_that_explains_itself(path: Path) -> None:
    decide(path, "crm:contact:12", Decision(belongs_to="crm:34"))
    assert path.read_text(encoding="utf-8") == HEADER + '"crm:contact:12": "crm:34"\n'


def test_a_decision_is_one_more_line_and_a_changed_one_the_same_line(path: Path) -> None:
    path.write_text(TEXT, encoding="utf-8")
    before = TEXT.split("\n")
    decide(path, "crm:deal:1", Decision(belongs_to="crm:3", by="Bo", on="2026-02-01", because='says "yes"'))
    decide(path, "crm:contact:12", Decision(denied=("crm:34",)))
    after = path.read_text(encoding="utf-8").split("\n")
    assert after[:2] == before[:2]
    assert after[2] == '"crm:contact:12": {not: ["crm:34"]}  # asked Ana'
    assert after[3:-2] == before[3:-1]
    assert after[-2] == '"crm:deal:1": {belongs_to: "crm:3", by: "Bo", on: 2026-02-01, because: "says \\"yes\\""}'
    found = checked_decisions(path, (*KNOWN, "usage")).by_record
    assert found["crm:deal:1"].because == 'says "yes"'
    assert len(found) == 5


def test_line_ends_and_rights_stay_as_they_are(path: Path) -> None:
    path.write_bytes(b'# a\r\n"crm:contact:1": "crm:2"')
    path.chmod(0o640)
    decide(path, "crm:contact:3", Decision(belongs_to="crm:2"))
    assert path.read_bytes() == b'# a\r\n"crm:contact:1": "crm:2"\r\n"crm:contact:3": "crm:2"\r\n'
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_entry_of_several_lines_is_left_to_people(path: Path) -> None:
    text = '"crm:contact:1":\n  not:\n    - "crm:2"\n"crm:contact:2": "crm:2"\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match="takes several lines") as caught:
        decide(path, "crm:contact:1", Decision(belongs_to="crm:2"))
    assert caught.value.where == f"{path}:1"
    assert path.read_text(encoding="utf-8") == text


def test_a_decision_that_would_make_the_file_unreadable_is_not_written(path: Path) -> None:
    path.write_text(TEXT, encoding="utf-8")
    with pytest.raises(ConfigError, match="longer than 4000 characters"):
        decide(path, "crm:contact:1", Decision(belongs_to="crm:2", because="x" * 5000))
    assert path.read_text(encoding="utf-8") == TEXT


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the map cannot be written") as caught:
        decide(tmp_path / "nowhere" / "links.yaml", "crm:contact:1", Decision(belongs_to="crm:2"))
    assert caught.value.where == str(tmp_path / "nowhere" / "links.yaml")


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
accounts = st.sampled_from(["crm:1", "sales:2", 'support:"x"', "crm:a: b"])
decisions = st.builds(
    Decision, belongs_to=st.none() | accounts, denied=st.lists(accounts, max_size=2, unique=True).map(tuple),
    by=st.none() | words, because=st.none() | words,
).filter(lambda one: bool(one.belongs_to or one.denied) and one.belongs_to not in one.denied)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("123"), decisions), min_size=1, max_size=6), st.integers(0, 99))
def test_every_decision_stands_in_the_file_as_it_was_last_taken(
    tmp_path_factory: pytest.TempPathFactory, taken: list[tuple[str, Decision]], seed: int
) -> None:
    path = tmp_path_factory.mktemp("map") / "links.yaml"
    if random.Random(seed).random() < 0.5:
        path.write_text(TEXT, encoding="utf-8")
    for id, decision in taken:
        decide(path, f"crm:contact:{id}", decision)
    found = checked_decisions(path, (*KNOWN, "usage")).by_record
    for id, decision in dict(taken).items():
        read = found[f"crm:contact:{id}"]
        assert (read.belongs_to, read.denied, read.by, read.because) == (
            decision.belongs_to, decision.denied, decision.by, decision.because,
        )  # fmt: skip
