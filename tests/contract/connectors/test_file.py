"""The file connector keeps the contract of sources, in both modes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from cshub.testing import SourceContract
from tests.contract.connectors.file_harness import FileHarness

NO_WIRE = "it reads files, so nothing goes over a network"


class TestReplace(SourceContract):
    harness = FileHarness(mode="replace")
    waivers: ClassVar[Mapping[str, str]] = {"wire": NO_WIRE}


class TestAppend(SourceContract):
    harness = FileHarness(mode="append")
    waivers: ClassVar[Mapping[str, str]] = {
        "wire": NO_WIRE,
        "a_removal_is_told": "files that only grow say nothing about what is gone",
    }
