"""The shop keeps the contract of sources."""

from cshub_shop import register_connectors

from cshub.testing import Edit, SandboxHarness, SourceContract
from tests.contract.connectors.demo.sandbox import create


class TestShop(SourceContract):
    harness = SandboxHarness(
        connector=register_connectors()[0],
        sandbox=create,
        settings=lambda credentials: {"token": credentials["SHOP_TOKEN"]},
        edits={"customers": Edit(object="customers", text="name", shows="name")},
    )
