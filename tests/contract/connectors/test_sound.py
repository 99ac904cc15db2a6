"""A connector written as the contract says keeps every rule of it."""

from __future__ import annotations

from cshub.testing import DestinationContract, SourceContract
from tests.contract.connectors.demo.harness import harness


class TestShop(SourceContract, DestinationContract):
    harness = harness()
