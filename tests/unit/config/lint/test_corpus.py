"""Every broken scorecard of the corpus is caught where it is broken; the sound one, and all that is shipped, has no complaint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from string import Template

import pytest

from cshub import ConfigError, Problem
from cshub.cli.init import QUESTIONS
from cshub.config import load
from cshub.plugins import Registry, discover
from tests.contract.test_docs_blocks import BASE, DUMMIES, Block, of
from tests.house.source import ROOT
from tests.unit.config.lint.corpus import CORPUS, SOUND, Fault

ENVIRON = {
    **DUMMIES, "SALESFORCE_URL": "https://acme.my.salesforce.com", "SALESFORCE_CLIENT_ID": "dummy",
    "SALESFORCE_CLIENT_SECRET": "dummy",
}  # fmt: skip
SHIPPED = sorted(
    [
        ROOT / "config" / "cshub.yaml",
        *(ROOT / "config").glob("examples/*.yaml"),
    ]
)
#: A page shows a part of a file: what it shows may be used elsewhere.
OF_A_PART = ("is used by nothing", "no connection brings", "no connection fills")

Look = Callable[..., tuple[list[Problem], list[Problem]]]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return discover()


@pytest.fixture
def look(tmp_path: Path, registry: Registry) -> Look:
    """The mistakes and the remarks of a configuration."""

    def look(text: str, profile: str | None = None, **beside: str) -> tuple[list[Problem], list[Problem]]:
        for name, content in {"cshub": text, **beside}.items():
            (tmp_path / f"{name}.yaml").write_text(content, encoding="utf-8")
        try:
            return [], list(load(tmp_path / "cshub.yaml", registry, ENVIRON, profile).warnings)
        except ConfigError as error:
            return list(error.problems), []

    return look


def place_of(text: str) -> tuple[int, int]:
    """Line and column of the mark."""
    ((number, line),) = [(number, line) for number, line in enumerate(text.splitlines(), 1) if "▸" in line]
    return number, line.index("▸") + 1


def test_the_corpus_is_large_enough() -> None:
    assert len(CORPUS) >= 40


def test_the_sound_card_has_no_complaint(look: Look) -> None:
    assert look(SOUND) == ([], [])


@pytest.mark.parametrize("fault", CORPUS.values(), ids=CORPUS.keys())
def test_a_broken_scorecard_is_caught_where_it_is_broken(look: Look, fault: Fault) -> None:
    assert fault.old in SOUND
    marked = SOUND.replace(fault.old, fault.new, 1)
    mistakes, remarks = look(marked.replace("▸", ""))
    found = [one for one in (mistakes if fault.stops else remarks) if fault.message in one.message]
    assert found, [str(one) for one in (*mistakes, *remarks)]
    assert (found[0].line, found[0].column) == place_of(marked), str(found[0])
    assert bool(mistakes) is fault.stops


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_configuration_has_no_complaint(path: Path, registry: Registry) -> None:
    assert load(path, registry, ENVIRON).warnings == ()


def test_what_init_writes_has_no_complaint(look: Look) -> None:
    template = (ROOT / "src/cshub/cli/templates/init.yaml").read_text(encoding="utf-8")
    answers = {name: default for name, (_, default, _) in QUESTIONS.items()}
    assert look(Template(template).substitute(answers)) == ([], [])


@pytest.mark.parametrize("block", of("yaml", "config"))
def test_a_configuration_in_the_docs_has_no_complaint(look: Look, block: Block) -> None:
    assert look(block.text) == ([], [])


@pytest.mark.parametrize("block", of("yaml", "section"))
def test_a_section_in_the_docs_has_none_but_of_what_is_left_out(look: Look, block: Block) -> None:
    mistakes, remarks = look(BASE, "docs", **{"cshub.docs": block.text, "links": "{}"})
    assert mistakes == []
    assert [one for one in remarks if not one.message.startswith(OF_A_PART)] == []


def test_a_connection_with_a_mistake_brings_no_other_complaint(look: Look) -> None:
    text = SOUND.replace("kind: event", "kind: event\n    every: soon").replace(
        "is_open and priority == 'urgent'", "connection == 'usage'"
    )
    mistakes, remarks = look(text)
    assert [one.path for one in mistakes] == ["connections.usage.every"]
    assert remarks == []


def test_a_card_with_a_mistake_brings_no_other_complaint(look: Look) -> None:
    text = SOUND.replace("model: weighted", "model: wieghted").replace(
        "and coverage > 0.5", "and scorecard == 'default'"
    )
    mistakes, _ = look(text)
    assert [one.path for one in mistakes] == ["scorecards.default.model"]
