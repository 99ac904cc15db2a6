"""Shows recorded exchanges to Prism, file by file, and reports what it dislikes.

Prism stands as a proxy before a small server that gives the recorded answers, so it sees each request and each answer.
Requests HubSpot itself refused (400 and up) are meant to be wrong: there only the answer is judged.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from cshub.testing.openapi import Exchange
from cshub.testing.sandbox import Response, serve
from cshub.testing.sandbox.wire import Environ, read_request
from plugins.hubspot.tests.openapi_judge import OpenApiJudge, recorded

PRISM = Path(".prism/node_modules/.bin/prism")
PATIENCE_S = 60
Case = tuple[str, Exchange]


class Replayer:
    """Gives the answer whose number stands in the request's header."""

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def __call__(self, environ: Environ, start_response: object) -> Iterable[bytes]:
        number = int(read_request(environ).headers["x-exchange"])
        exchange = self.cases[number][1]
        answer = Response(
            status=exchange.status, headers=(("Content-Type", exchange.answer_type),), body=exchange.answer
        )
        assert callable(start_response)
        start_response(answer.status_line, answer.all_headers)
        return [answer.body]


def main(file: Path) -> int:
    """Replay a file of exchanges; the number of complaints becomes the exit code's truth."""
    specs = Path(os.environ["CSHUB_SHARED"]) / "specs" / "hubspot"
    judge, by_file, fouls, seen = OpenApiJudge(specs), defaultdict[str, list[Case]](list), 0, 0
    for exchange in recorded(file):
        if place := judge.place(exchange.path):
            by_file[place[0]].append((place[1], exchange))
    replayer = Replayer()
    with serve(replayer) as upstream, TemporaryDirectory() as scratch:
        for name, cases in sorted(by_file.items()):
            replayer.cases = cases
            with prism(specs / f"{name}.json", upstream.url, Path(scratch)) as url:
                complaints = list(replay(url, cases))
            seen, fouls = seen + len(cases), fouls + len(complaints)
            say(f"{name}: {len(cases)} exchanges, {len(complaints)} complaints", *complaints[:20])
    say(f"Prism saw {seen} exchanges: {fouls} complaints")
    return int(fouls > 0 or seen == 0)


@contextmanager
def prism(spec: Path, upstream: str, scratch: Path) -> Iterator[str]:
    """Prism as a proxy over one file; yields its address."""
    port = free_port()
    command = [str(PRISM), "proxy", str(spec), upstream, "--errors", "--port", str(port), "--host", "127.0.0.1"]
    with (scratch / f"prism-{port}.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def replay(url: str, cases: list[Case]) -> Iterator[str]:
    """Send every request through Prism; what it complains about."""
    with httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        for number, (path, exchange) in enumerate(cases):
            headers = {"X-Exchange": str(number), "Authorization": exchange.headers.get("authorization") or "Bearer x"}
            if exchange.body:
                headers["Content-Type"] = exchange.headers.get("content-type", "")
            query = f"?{exchange.query}" if exchange.query else ""
            answer = client.request(exchange.method, path + query, content=exchange.body or None, headers=headers)
            if (text := verdict(exchange, answer)) is not None:
                yield f"  {exchange.method} {exchange.path}{query} -> {exchange.status}: {text}"


def verdict(exchange: Exchange, answer: httpx.Response) -> str | None:
    """What Prism dislikes; None when the recorded answer came through."""
    if answer.status_code == exchange.status and decoded(answer.content) == decoded(exchange.answer):
        return None
    is_about_the_request = answer.status_code in (401, 422) or "invalid_json" in answer.text
    if is_about_the_request and exchange.status >= 400:
        return None
    return f"{answer.status_code} {answer.text[:600]}"


def decoded(body: bytes) -> object:
    """The meaning of a body: Prism writes JSON anew, so bytes may differ."""
    try:
        return json.loads(body)
    except ValueError:
        return body


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens on the port."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"Prism did not start: {process.args!r}")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def say(*lines: str) -> None:
    """Print lines."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
