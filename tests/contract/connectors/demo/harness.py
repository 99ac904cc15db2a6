"""The shop for the contract suites, with its sound connector or with a broken one."""

from __future__ import annotations

from typing import Any

from cshub import Connector
from cshub.testing import Edit, SandboxHarness
from tests.contract.connectors.demo.connector import CONNECTOR
from tests.contract.connectors.demo.sandbox import create


def harness(connector: Connector[Any] = CONNECTOR) -> SandboxHarness:
    """The shop's sandbox with this connector."""
    return SandboxHarness(
        connector=connector,
        sandbox=create,
        settings=lambda credentials: {"token": credentials["SHOP_TOKEN"]},
        edits={"customers": Edit(object="customers", text="name", shows="name")},
    )
