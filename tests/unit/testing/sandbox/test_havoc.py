from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox


def strike(sandbox: Sandbox[Any], kind: FaultKind, **fields: Any) -> None:
    sandbox.faults.add(Fault(kind=kind, times=1, **fields))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.RATE_LIMITED, 429),
        (FaultKind.SERVER_ERROR, 503),
        (FaultKind.UNAUTHORIZED, 401),
        (FaultKind.MISSING_SCOPE, 403),
    ],
)
def test_some_faults_are_said_in_the_vendors_words(
    sandbox: Sandbox[Any], http: httpx.Client, kind: FaultKind, status: int
) -> None:
    strike(sandbox, kind)
    answer = http.get("/things")
    assert (answer.status_code, answer.json()) == (status, {"oops": kind.value})
    assert http.get("/things").status_code == 200


def test_a_rate_limit_may_say_when_to_come_back(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.RATE_LIMITED, retry_after="Wed, 21 Oct 2026 07:28:00 GMT")
    assert http.get("/things").headers["retry-after"] == "Wed, 21 Oct 2026 07:28:00 GMT"


def test_a_reset_ends_the_connection_without_a_word(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.RESET)
    with pytest.raises(httpx.TransportError):
        http.post("/things", json="new")
    assert len(sandbox.vendor.names) == 5
    assert [(entry.status, entry.fault) for entry in sandbox.log] == [(0, "reset")]


def test_a_request_may_take_effect_before_its_answer_is_lost(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.RESET, carried_out=True)
    with pytest.raises(httpx.TransportError):
        http.post("/things", json="new")
    assert len(sandbox.vendor.names) == 6


def test_in_process_a_reset_is_an_exception(sandbox: Sandbox[Any], local: httpx.Client) -> None:
    strike(sandbox, FaultKind.RESET)
    with pytest.raises(ConnectionResetError):
        local.get("/things")


def test_truncated_json_cannot_be_read(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.TRUNCATED)
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        http.get("/things").json()


def test_a_login_page_comes_with_200(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.HTML)
    answer = http.get("/things")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<form" in answer.text


def test_an_empty_answer_and_a_wrong_type(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.EMPTY)
    strike(sandbox, FaultKind.WRONG_TYPE)
    assert http.get("/things").content == b""
    assert isinstance(http.get("/things").json(), list)


def test_one_row_is_spoiled_and_the_others_are_not(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.BAD_ROW, row=1)
    good, bad = http.get("/things").json()["rows"]
    assert (good["name"], bad["id"]) == ("thing 1", None)


def test_a_cursor_repeats_itself(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.SAME_CURSOR))
    first = http.get("/things").json()["next"]
    second = http.get("/things", params={"cursor": first["cursor"]}).json()["next"]
    assert second == first
    assert first["cursor"] is not None


def test_the_next_link_leads_elsewhere(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.FOREIGN_NEXT)
    assert http.get("/things").json()["next"]["url"].startswith("https://203.0.113.9/")


def test_a_bomb_is_small_on_the_wire(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    strike(sandbox, FaultKind.GZIP_BOMB, size=10_000_000)
    with http.stream("GET", "/things") as answer:
        assert int(answer.headers["content-length"]) < 20_000
        assert sum(map(len, answer.iter_bytes())) > 9_000_000


@pytest.mark.parametrize(("kind", "seconds"), [(FaultKind.SLOW_BODY, 0.01), (FaultKind.SLOW_HEADERS, 0.04)])
def test_slow_answers_arrive_whole_but_late(
    sandbox: Sandbox[Any], http: httpx.Client, kind: FaultKind, seconds: float
) -> None:
    strike(sandbox, kind, seconds=seconds)
    started = time.perf_counter()
    assert len(http.get("/things").json()["rows"]) == 2
    assert time.perf_counter() - started > 0.15
    assert len(http.get("/things").json()["rows"]) == 2
