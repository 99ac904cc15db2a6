"""cshub's pytest plugin, loaded where cshub is installed: a clock, sandboxes with faults in force, and contexts to open connectors in.

It must cost other people's test runs nothing, so what it lends is loaded when a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import pytest

from .. import testing

if TYPE_CHECKING:
    from ..connector import Context
    from .clock import ManualClock
    from .sandbox import Sandbox, Vendor

    MakeSandbox: TypeAlias = Callable[..., Sandbox[Vendor]]
    MakeContext: TypeAlias = Callable[..., Context]


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, for `--strict-markers`."""
    line = "faults(name): sandboxes made by `make_sandbox` in this test have this fault profile in force"
    config.addinivalue_line("markers", line)


@pytest.fixture
def manual_clock() -> ManualClock:
    """A clock on which waiting takes no time."""
    return testing.ManualClock()


@pytest.fixture
def make_sandbox(request: pytest.FixtureRequest, manual_clock: ManualClock) -> MakeSandbox:
    """`make_sandbox("hubspot", customers=20)`: an installed vendor's double that lives by `manual_clock`.

    A test marked `@pytest.mark.faults("flaky")` gets it with that fault profile in force.
    """
    from . import sandbox as kit  # noqa: PLC0415 - other people's test runs load this module and need none of it

    profiles = [name for mark in request.node.iter_markers("faults") for name in mark.args]

    def make(name: str, *, seed: int = 7, customers: int = 20, empty: bool = False) -> Sandbox[Vendor]:
        time = kit.SandboxClock(manual_clock.now(), ticking=False)
        manual_clock.follow(time.advance)
        made = kit.find_sandbox(name)(seed=seed, customers=customers, clock=time, empty=empty)
        for profile in profiles:
            made.faults.add(*kit.profile(profile))
        return made

    return make


@pytest.fixture
def make_context(manual_clock: ManualClock) -> MakeContext:
    """`make_context(transport=WSGITransport(app=sandbox))`: a context by `manual_clock`; see `cshub.testing.context`."""

    def make(**surroundings: object) -> Context:
        return testing.context(**{"clock": manual_clock, **surroundings})  # type: ignore[arg-type]  # its own keywords, passed on

    return make
