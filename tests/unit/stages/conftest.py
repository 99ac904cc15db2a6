from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.stages.score.scored import Scored, make_scored


@pytest.fixture
def scored(tmp_path: Path) -> Iterator[Scored]:
    made = make_scored(tmp_path)
    yield made
    made.world.store.close()
