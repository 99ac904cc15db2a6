"""The examples of the documentation are packages: small, installed with pip, used from the YAML in their README."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contract.examples.installing import ROOT, install, lines_of, python

EXAMPLES = ROOT / "docs" / "examples"
CUSTOMERS = "id,name\nC1,Acme\nC2,Beta\nC3,Gamma\n"
TICKETS = "number,customer,open,reply\n1,C1,yes,\n2,C1,yes,60\n3,C2,yes,90\n4,C3,no,\n"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both examples installed, from a copy: a build may leave something beside its sources."""
    copies, target = tmp_path_factory.mktemp("copies"), tmp_path_factory.mktemp("target")
    for name in ("metric", "rest_source"):
        install(Path(shutil.copytree(EXAMPLES / name, copies / name)), target)
    return target


def scored(installed: Path, folder: Path, example: str) -> dict[str, Any]:
    """What one run by the configuration in the example's README gives."""
    readme = (EXAMPLES / example / "README.md").read_text(encoding="utf-8")
    (yaml,) = re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL)
    (folder / "cshub.yaml").write_text(yaml, encoding="utf-8")
    found: dict[str, Any] = json.loads(
        python(installed, "-m", "tests.contract.examples.scoring", str(folder / "cshub.yaml"))
    )
    assert (found["state"], found["errors"]) == ("ok", [])
    return found["scored"]


@pytest.mark.parametrize(
    ("source", "most"),
    [("metric/src/cshub_unanswered/__init__.py", 15), ("rest_source/src/cshub_shop/__init__.py", 40)],
)
def test_an_example_is_small(source: str, most: int) -> None:
    assert lines_of(EXAMPLES / source) <= most


def test_the_metric_answers_for_each_customer(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "tickets.csv").write_text(TICKETS)
    found = scored(installed, tmp_path, "metric")
    assert {name: readings["waiting"] for name, readings in found.items()} == {"Acme": 0.5, "Beta": 0, "Gamma": None}


def test_the_rest_source_brings_every_customer(installed: Path, tmp_path: Path) -> None:
    found = scored(installed, tmp_path, "rest_source")
    assert len(found) == 70
    assert found["Customer 7"] == {"has_name": 1}


def test_the_rest_source_keeps_the_contract(installed: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider", "--import-mode=importlib")
    python(installed, "-m", "pytest", *options, str(EXAMPLES / "rest_source" / "tests"))
