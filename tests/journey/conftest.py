"""The desk of one test, one for all tests that only read, and what people read, kept in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journey.desk import Desk

SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk where everything ran once. Only for commands that change nothing."""
    found = Desk(tmp_path_factory.mktemp("seen"))
    found.set_up()
    return found


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with the file of that name; `--update-snapshots` writes it anew."""

    def compare(name: str, text: str) -> None:
        path = SNAPSHOTS / f"{name}.txt"
        if request.config.getoption("--update-snapshots"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), "pytest --update-snapshots, then look at the difference in git"

    return compare
