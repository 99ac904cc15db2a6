from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Request, Sandbox


def test_the_overview_names_what_a_client_needs(http: httpx.Client) -> None:
    shown = http.get("/_sandbox").json()
    assert (shown["name"], shown["credentials"], shown["objects"]) == ("things", {"THINGS_TOKEN": "t"}, {"things": 5})


def test_a_person_may_add_edit_and_remove(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    made = http.post("/_sandbox/objects/things", json={"values": {"name": "six"}})
    assert (made.status_code, made.json()) == (201, {"id": "6"})
    http.patch("/_sandbox/objects/things/6", json={"values": {"name": "SIX"}})
    assert http.get("/_sandbox/objects/things").json()["results"][-1] == {"id": "6", "name": "SIX"}
    assert http.delete("/_sandbox/objects/things/6").status_code == 204
    written = http.get("/_sandbox/writes").json()["results"]
    assert [(entry["old"], entry["new"], entry["by"]) for entry in written] == [
        (None, "six", "human"),
        ("six", "SIX", "human"),
    ]


def test_the_clock_is_moved_from_outside(sandbox: Sandbox[Any], http: httpx.Client) -> None:
    before = http.get("/_sandbox/clock").json()["now_ms"]
    assert http.post("/_sandbox/clock", json={"advance": 3600}).json()["now_ms"] >= before + 3_600_000


def test_faults_are_set_and_ended_from_outside(http: httpx.Client) -> None:
    assert http.post("/_sandbox/faults", json={"kind": "server_error", "status": 502}).json()["in_force"] == 1
    assert http.get("/things").status_code == 502
    assert http.delete("/_sandbox/faults").json()["in_force"] == 0
    assert http.get("/things").status_code == 200
    assert http.post("/_sandbox/faults", json={"profile": "bad_bodies"}).json()["in_force"] == 4


def test_the_log_shows_requests_but_no_control_calls(http: httpx.Client) -> None:
    http.get("/things", params={"cursor": 2})
    shown = http.get("/_sandbox/log").json()
    assert [(entry["path"], entry["query"], entry["status"]) for entry in shown["results"]] == [
        ("/things", "cursor=2", 200)
    ]
    assert shown["by_path"] == {"GET /things": 1}
    http.delete("/_sandbox/log")
    assert http.get("/_sandbox/log").json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/_sandbox/nosuch", None, 404),
        ("GET", "/_sandbox/objects/nosuch", None, 404),
        ("DELETE", "/_sandbox/objects/things/77", None, 404),
        ("POST", "/_sandbox/faults", {"kind": "nosuch"}, 400),
        ("POST", "/_sandbox/faults", {"kind": "reset", "often": 3}, 400),
        ("POST", "/_sandbox/clock", {"advance": "soon"}, 400),
        ("POST", "/_sandbox/objects/things", [], 400),
    ],
)
def test_mistakes_are_told(http: httpx.Client, method: str, path: str, body: Any, status: int) -> None:
    answer = http.request(method, path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


def test_only_loopback_is_answered(sandbox: Sandbox[Any]) -> None:
    assert sandbox.respond(Request(method="GET", path="/_sandbox", peer="192.0.2.1")).status == 403
