from __future__ import annotations

import pytest

from tests.unit.stages.publish.desk import Desk
from tests.unit.stages.score.scored import Scored


@pytest.fixture
def desk(scored: Scored) -> Desk:
    return Desk(scored)
