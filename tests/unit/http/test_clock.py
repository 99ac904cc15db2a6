from __future__ import annotations

from datetime import timedelta

import pytest

from cshub.errors import Interrupted
from cshub.http.clock import NOTICE_S, SYSTEM_CLOCK, rest

from .conftest import ManualClock


def test_the_system_clock_is_aware_and_runs_forward() -> None:
    before = SYSTEM_CLOCK.monotonic()
    SYSTEM_CLOCK.sleep(0)
    assert SYSTEM_CLOCK.now().utcoffset() == timedelta(0)
    assert SYSTEM_CLOCK.monotonic() >= before


def test_rest_waits_as_long_as_told(clock: ManualClock) -> None:
    rest(clock, 7.5, lambda: False, "crm")
    assert clock.waited_s == pytest.approx(7.5)


def test_rest_notices_a_request_to_stop_soon(clock: ManualClock) -> None:
    with pytest.raises(Interrupted):
        rest(clock, 900, lambda: clock.waited_s >= 3, "crm")
    assert clock.waited_s <= 3 + NOTICE_S
