"""F4, F6, F7: how often and how long, by a clock that never sleeps."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import httpx
import pytest

from cshub.errors import AnswerError, Interrupted, RateLimited, RequestRefused, VendorTrouble
from cshub.http import Budget, Retry, Window

from .conftest import ClientFor, ManualClock

Outcome = httpx.Response | Exception


def plays(*outcomes: Outcome) -> Callable[[httpx.Request], httpx.Response]:
    """Give these answers or failures in turn, the last one for ever."""
    left = list(outcomes)

    def handler(_: httpx.Request) -> httpx.Response:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome.status_code, headers=outcome.headers, content=outcome.content)

    return handler


def said(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): text for name, text in headers.items()}, json={})


OK = said(200)


@pytest.mark.parametrize("status", [408, 423, 425, 429, 477, 500, 502, 503, 504, 521, 524])
def test_what_passes_by_itself_is_tried_again(status: int, client_for: ClientFor) -> None:
    client = client_for(plays(said(status), said(status), OK))
    assert client.get("/", label="contacts list").status == 200
    assert client.calls["total"] == 3


@pytest.mark.parametrize("status", [400, 404, 405, 409, 410, 414, 415, 422])
def test_what_the_vendor_refuses_is_not_tried_again(status: int, client_for: ClientFor) -> None:
    client = client_for(plays(said(status)))
    with pytest.raises(RequestRefused) as caught:
        client.get("/", label="contacts list")
    assert caught.value.status == status
    assert client.calls["total"] == 1


def test_five_attempts_are_the_most(client_for: ClientFor) -> None:
    client = client_for(plays(said(503)))
    with pytest.raises(VendorTrouble, match="keeps answering 503"):
        client.get("/", label="contacts list")
    assert client.calls["total"] == 5


def test_the_back_off_doubles(client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(500)), retry=Retry(attempts=6, base_s=1, cap_s=6))
    with pytest.raises(VendorTrouble):
        client.get("/", label="contacts list")
    for slept, low in zip(clock.slept, [1, 2, 4, 6, 6], strict=True):
        assert low <= slept <= low + 1


@pytest.mark.parametrize("seconds", [2, 37, 600])
def test_it_waits_as_long_as_the_vendor_says(seconds: int, client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(429, retry_after=str(seconds)), OK))
    client.get("/", label="contacts list")
    assert clock.waited_s == pytest.approx(seconds, abs=1)
    assert client.calls["total"] == 2


def test_it_waits_until_the_date_the_vendor_says(client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(429, retry_after="Sun, 01 Mar 2026 12:00:45 GMT"), OK))
    client.get("/", label="contacts list")
    assert clock.waited_s == pytest.approx(45, abs=1)


@pytest.mark.parametrize("absurd", ["soon", "nan", "-5", "", "Sun, 01 Mar 1999 12:00:45 GMT"])
def test_an_unusable_retry_after_falls_back_to_the_back_off(
    absurd: str, client_for: ClientFor, clock: ManualClock
) -> None:
    client_for(plays(said(429, retry_after=absurd), OK)).get("/", label="contacts list")
    assert 0.5 <= clock.waited_s <= 1


@pytest.mark.parametrize("long", ["901", "86400", "99999999999", "Mon, 01 Mar 2027 12:00:00 GMT"])
def test_a_wait_of_more_than_15_minutes_ends_the_request(long: str, client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(429, retry_after=long)))
    with pytest.raises(RateLimited) as caught:
        client.get("/", label="contacts list")
    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s > 900
    assert (client.calls["total"], clock.waited_s) == (1, 0)


def test_after_such_a_word_the_next_request_is_not_even_sent(client_for: ClientFor) -> None:
    client = client_for(plays(said(429, retry_after="86400")))
    for _ in range(3):
        with pytest.raises(RateLimited):
            client.get("/", label="contacts list")
    assert client.calls["total"] == 1


def test_all_waiting_of_one_request_stays_below_15_minutes(client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(429, retry_after="400")))
    with pytest.raises(RateLimited):
        client.get("/", label="contacts list")
    assert clock.waited_s == 800
    assert client.calls["total"] == 3


def test_a_429_without_retry_after_backs_off_and_ends_rate_limited(client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(429)))
    with pytest.raises(RateLimited):
        client.get("/", label="contacts list")
    assert client.calls["total"] == 5
    assert 7.5 <= clock.waited_s <= 10


def test_a_429_pauses_its_group_for_every_thread(client_for: ClientFor, clock: ManualClock) -> None:
    budget = Budget({"search": [Window(100, 1)]}, clock)
    client = client_for(plays(said(429, retry_after="30")), budget=budget, retry=Retry(attempts=1))
    with pytest.raises(RateLimited):
        client.get("/", label="contacts search", group="search")
    budget.take("default")
    assert clock.waited_s == 0
    budget.take("search")
    assert clock.waited_s == pytest.approx(30)


def test_a_storm_of_429_wastes_few_calls(client_for: ClientFor, clock: ManualClock) -> None:
    taken: list[float] = []

    def handler(_: httpx.Request) -> httpx.Response:
        now = clock.monotonic()
        if sum(now - moment < 10 for moment in taken) >= 100:
            return said(429, retry_after="10")
        taken.append(now)
        return OK

    client = client_for(handler, budget=Budget({"default": [Window(110, 10)]}, clock))
    for _ in range(1000):
        client.get("/", label="contacts list")
    assert client.calls["total"] <= 1020


MAYBE_CARRIED_OUT = [
    httpx.ReadError("reset"),
    httpx.ReadTimeout("late"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("cut"),
    said(408),
    said(500),
    said(502),
    said(503),
    said(504),
]
CERTAINLY_NOT = [
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("late"),
    said(423),
    said(429),
    said(429, retry_after="3"),
    said(503, retry_after="3"),
]


@pytest.mark.parametrize("outcome", MAYBE_CARRIED_OUT, ids=repr)
def test_a_post_that_may_have_been_carried_out_is_not_repeated(outcome: Outcome, client_for: ClientFor) -> None:
    client = client_for(plays(outcome, OK))
    with pytest.raises(VendorTrouble):
        client.post("/tasks", json={"a": 1}, label="task create", repeatable=False)
    assert client.calls["total"] == 1


@pytest.mark.parametrize("outcome", CERTAINLY_NOT, ids=repr)
def test_a_post_that_was_certainly_not_carried_out_is_repeated(outcome: Outcome, client_for: ClientFor) -> None:
    client = client_for(plays(outcome, OK))
    assert client.post("/tasks", json={"a": 1}, label="task create", repeatable=False).status == 200
    assert client.calls["total"] == 2


@pytest.mark.parametrize("outcome", [*MAYBE_CARRIED_OUT, *CERTAINLY_NOT], ids=repr)
def test_a_repeatable_post_is_repeated_after_any_of_these(outcome: Outcome, client_for: ClientFor) -> None:
    client = client_for(plays(outcome, OK))
    assert client.post("/search", json={"a": 1}, label="contacts search").status == 200


def test_a_request_that_breaks_the_rules_of_http_is_refused_once(client_for: ClientFor) -> None:
    client = client_for(plays(httpx.LocalProtocolError("Illegal header value b'canary-secret\\n'")))
    with pytest.raises(RequestRefused) as caught:
        client.get("/", label="contacts list")
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert client.calls["total"] == 1


def test_a_redirect_is_not_tried_again(client_for: ClientFor) -> None:
    client = client_for(plays(said(302, location="/elsewhere")))
    with pytest.raises(AnswerError, match="redirect refused"):
        client.get("/", label="contacts list")
    assert client.calls["total"] == 1


def test_a_request_to_stop_ends_the_wait_quickly(client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(plays(said(429, retry_after="600")), stopping=lambda: clock.waited_s > 1)
    with pytest.raises(Interrupted):
        client.get("/", label="contacts list")
    assert clock.waited_s < 2
