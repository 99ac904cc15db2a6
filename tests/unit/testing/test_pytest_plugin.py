"""The pytest plugin: what it lends to the tests of plugins."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from cshub import Context, WSGITransport
from cshub.testing import ManualClock
from cshub.testing.sandbox import FaultKind, Sandbox, Vendor


def test_a_sandbox_lives_by_the_clock_of_the_test(
    make_sandbox: Callable[..., Sandbox[Vendor]], manual_clock: ManualClock
) -> None:
    sandbox = make_sandbox("hubspot", customers=3)
    manual_clock.sleep(60)
    assert sandbox.clock.now() == manual_clock.now()


@pytest.mark.faults("storm")
def test_a_marked_test_gets_a_sandbox_with_faults(
    make_sandbox: Callable[..., Sandbox[Vendor]], make_context: Callable[..., Context], manual_clock: ManualClock
) -> None:
    sandbox = make_sandbox("hubspot", empty=True)
    lent = make_context(transport=WSGITransport(app=sandbox))
    assert lent.clock is manual_clock
    with lent.client(origin="https://api.hubapi.com") as client, pytest.raises(Exception, match="429"):
        client.get("/account-info/v3/details", label="account details")
    assert sandbox.faults.struck(FaultKind.RATE_LIMITED) > 1


def test_loading_the_plugin_loads_nothing_heavy() -> None:
    start = "import sys, cshub.testing.pytest_plugin; print([name for name in ('httpx', 'pydantic') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", start], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
