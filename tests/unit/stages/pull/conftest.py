from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.store import open_store
from tests.unit.stages.pull.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = open_store("sqlite:///pull.db", folder=tmp_path, busy_timeout_s=0.2)
    yield World(store)
    store.close()
