"""What the Intercom tests share: the judge over the official file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from plugins.intercom.tests.openapi_judge import OpenApiJudge

FILE = Path("specs", "intercom", "intercom-2.16.validation.json")


@pytest.fixture(scope="session")
def judge(shared: Path) -> OpenApiJudge:
    """The official OpenAPI file as a judge; skips where it is missing."""
    return OpenApiJudge(shared / FILE)


@pytest.fixture(scope="session")
def official() -> OpenApiJudge | None:
    """The same, None where the file is missing: most tests do not need it."""
    shared = os.environ.get("CSHUB_SHARED")
    return OpenApiJudge(Path(shared) / FILE) if shared else None
