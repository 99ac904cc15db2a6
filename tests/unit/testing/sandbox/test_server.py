from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from cshub.errors import ConfigError
from cshub.testing.sandbox import Running, Sandbox, serve


def test_one_connection_serves_many_requests(http: httpx.Client, running: Running) -> None:
    connections = {http.get("/things").extensions["network_stream"].get_extra_info("client_addr") for _ in range(5)}
    assert len(connections) == 1


def test_a_port_in_use_is_told_with_what_to_do(sandbox: Sandbox[Any], running: Running) -> None:
    with pytest.raises(ConfigError, match=f"port {running.port} is in use") as raised:
        serve(sandbox, running.port)
    assert raised.value.hint == "stop the other program or choose another port"


def test_nothing_listens_after_the_block(sandbox: Sandbox[Any]) -> None:
    with serve(sandbox) as running:
        url = running.url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_paths_and_queries_arrive_decoded(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    http.get("/thïngs/a%2Fb", params={"q": "x y"})
    entry = next(iter(sandbox.log))
    assert (entry.path, entry.query) == ("/thïngs/a/b", "q=x+y")


def test_threads_do_not_mix_their_answers(running: Running) -> None:
    def first_of(cursor: int) -> str:
        return str(httpx.get(f"{running.url}/things", params={"cursor": cursor}).json()["rows"][0]["id"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(first_of, [0, 2, 4] * 10)) == ["1", "3", "5"] * 10


@pytest.mark.serial
def test_small_answers_are_not_held_back(http: httpx.Client) -> None:
    started = time.perf_counter()
    for _ in range(300):
        http.get("/things")
    assert time.perf_counter() - started < 9  # Nagle's algorithm with delayed acknowledgement makes it 12 s
