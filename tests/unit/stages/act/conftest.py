from __future__ import annotations

import pytest

from tests.unit.stages.act.desk import Told


@pytest.fixture
def told() -> Told:
    return Told()
