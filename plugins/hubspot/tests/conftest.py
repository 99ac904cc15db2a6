"""What the HubSpot tests share: the judge over the official files."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugins.hubspot.tests.openapi_judge import OpenApiJudge


@pytest.fixture(scope="session")
def judge(shared: Path) -> OpenApiJudge:
    """The official OpenAPI files as a judge; skips where they are missing."""
    return OpenApiJudge(shared / "specs" / "hubspot")
