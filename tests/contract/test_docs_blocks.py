"""What the docs show is true: configurations load, Python compiles or runs, links lead somewhere, commands and options exist.

A fence says what its block is: `yaml config` is a whole configuration, `yaml section` is laid over a small one, `python run` is run.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from cshub.cli.program import program
from cshub.config import load
from tests.house.source import ROOT

#: Every page, the generated reference included.
PAGES = sorted(
    page.relative_to(ROOT).as_posix()
    for page in (
        *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"
    )
)  # fmt: skip
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`(?P<text>[^`\n]+)`(?!`)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
#: Where one command of a line ends and the next may begin.
BETWEEN = re.compile(r"&&|\|\||[;|]|\s--\s|\$\s|[('\"]")
#: What `yaml section` blocks are laid over: the connection `crm`, its customers and the metrics the pages speak of.
BASE = """
connections:
  crm: {connector: hubspot, token: env:HUBSPOT_TOKEN, contacts: {last_seen_at: notes_last_contacted}}
identity: {customers: {crm: {where: "stage == 'customer'"}}}
metrics:
  open_tickets: {count: ticket, where: "is_open"}
  days_silent:  {days_since: contact.last_seen_at}
"""
DUMMIES = {
    **dict.fromkeys(("HUBSPOT_TOKEN", "INTERCOM_TOKEN", "SATISMETER_TOKEN", "SF_CLIENT_SECRET"), "pat-dummy"),
    **dict.fromkeys(("SATISMETER_PROJECT", "SF_CLIENT_ID"), "dummy"),
    "SLACK_WEBHOOK": "https://hooks.example/dummy",
    "CSHUB_SHARED": "shared",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block with the words after its fence."""

    page: str
    line: int
    info: tuple[str, ...]
    text: str

    @property
    def place(self) -> str:
        """`page:line`."""
        return f"{self.page}:{self.line}"


def blocks() -> Iterator[Block]:
    """Every fenced block of every page."""
    for page in PAGES:
        if page.startswith("docs/reference/"):  # signatures, written from the code and checked against it elsewhere
            continue
        text = (ROOT / page).read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            line = text.count("\n", 0, found.start()) + 1
            yield Block(page=page, line=line, info=tuple(found["info"].split()), text=found["text"])


def of(*info: str) -> Sequence[object]:
    """The blocks whose fence begins with these words, as parameters."""
    found = [pytest.param(block, id=block.place) for block in blocks() if block.info[: len(info)] == info]
    assert found, f"no page has a block `{' '.join(info)}`"
    return found


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Every call of `cshub` in a block or between backticks, as page and words after the name."""
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        fenced = [
            block["text"] for block in FENCE.finditer(text) if block["info"].split()[:1] not in (["python"], ["toml"])
        ]
        spans = [span["text"] for span in CODE.finditer(FENCE.sub("", text))]
        for line in "\n".join((*fenced, *spans)).splitlines():
            for call in calls(line):
                yield page, call


def calls(line: str) -> Iterator[list[str]]:
    """The words after `cshub` of each call on a line; comments and the prompt left out."""
    for part in BETWEEN.split(re.sub(r"\s#.*", "", line)):
        words = shlex.split(part.replace("`", " "))
        while words and re.fullmatch(r"[A-Z_]+=\S*", words[0]):
            words = words[1:]
        if words and words[0] == "cshub":
            yield words[1:]


def mistake(words: list[str]) -> str | None:
    """What is wrong with a call of `cshub`; None when its command and its options exist."""
    command: click.Command = program
    context = click.Context(program, info_name="cshub")
    while words:
        word, *words = words
        if word.startswith("-"):
            option = next(
                (one for one in command.params if word.split("=")[0] in (*one.opts, *one.secondary_opts)), None
            )
            if option is None and word not in ("--help", "--version"):
                return f"{context.command_path} has no option {word}"
            takes_value = isinstance(option, click.Option) and not (option.is_flag or "=" in word)
            words = words[1:] if takes_value else words
        elif isinstance(command, click.Group) and word.isupper() is False:
            try:
                name, found, words = command.resolve_command(context, [word, *words])
            except click.UsageError as error:
                return error.message
            assert found is not None
            command, context = found, click.Context(found, info_name=name, parent=context)
    return None


@pytest.mark.parametrize("block", of("yaml", "config"))
def test_a_configuration_in_the_docs_is_accepted(block: Block, tmp_path: Path) -> None:
    (tmp_path / "cshub.yaml").write_text(block.text, encoding="utf-8")
    assert load(tmp_path / "cshub.yaml", environ=DUMMIES).connections


@pytest.mark.parametrize("block", of("yaml", "section"))
def test_a_section_in_the_docs_is_accepted(block: Block, tmp_path: Path) -> None:
    (tmp_path / "cshub.yaml").write_text(BASE, encoding="utf-8")
    (tmp_path / "cshub.docs.yaml").write_text(block.text, encoding="utf-8")
    (tmp_path / "links.yaml").write_text("{}", encoding="utf-8")
    assert load(tmp_path / "cshub.yaml", environ=DUMMIES, profile="docs").profile == "docs"


@pytest.mark.parametrize("block", of("python"))
def test_python_in_the_docs_compiles(block: Block) -> None:
    assert ast.parse(block.text, block.place).body


@pytest.mark.parametrize("block", of("python", "run"))
def test_python_in_the_docs_runs(block: Block) -> None:
    names: dict[str, object] = {"__name__": "docs_block"}
    exec(compile(block.text, block.place, "exec"), names)
    assert names.keys() > {"__name__"}


def test_relative_links_lead_somewhere() -> None:
    dead = [
        f"{page} → {target}"
        for page in PAGES
        for target in LINK.findall(FENCE.sub("", (ROOT / page).read_text(encoding="utf-8")))
        if "://" not in target and not target.startswith(("mailto:", "#"))
        if not ((ROOT / page).parent / target.partition("#")[0]).exists()
    ]
    assert dead == []


def test_every_page_is_reached_from_the_index_of_its_folder() -> None:
    lost = [
        page
        for page in PAGES
        if page.startswith("docs/") and page.count("/") == 2 and not page.endswith("/index.md")
        if not any(
            page.rpartition("/")[2] in (ROOT / index).read_text(encoding="utf-8")
            for index in ("docs/index.md", f"{page.rpartition('/')[0]}/index.md")
            if (ROOT / index).exists()
        )
    ]
    assert lost == []


def test_every_command_in_the_docs_exists_with_its_options() -> None:
    found = list(command_lines())
    wrong = [f"{page}: cshub {' '.join(words)}: {error}" for page, words in found if (error := mistake(words))]
    assert wrong == []
    assert len(found) > 50


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("cshub plan --exit-code || cshub apply --yes", False),
        ("cshub --config staging.yaml validate", False),
        ("cshub identity acorn.com", False),
        ("cshub failed retry 3 && cshub pull", False),
        ("cshub undo 12", True),
        ("cshub failed mend 3", True),
        ("$ cshub pull --limit 5", True),
        ("X=1 cshub sandbox hubspot -- cshub walk", True),
    ],
)
def test_a_command_that_does_not_exist_is_found(line: str, *, wrong: bool) -> None:
    assert any(map(mistake, calls(line))) is wrong
