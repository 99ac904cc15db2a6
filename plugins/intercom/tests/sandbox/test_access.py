"""Tokens, permissions, regions, versions and the limit."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, Limits, create

from .conftest import NOW, Connect

NO_TOKEN = [{}, {"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}]
RATE_HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


@pytest.mark.parametrize("headers", NO_TOKEN)
def test_without_a_good_token_it_is_401_and_says_nothing_of_limits(
    clock: SandboxClock, connect: Connect, headers: dict[str, str]
) -> None:
    client = connect(create(clock=clock, empty=True))
    client.headers.pop("Authorization")
    answer = client.get("/contacts", headers=headers)
    assert code(answer) == (401, "unauthorized")
    assert not [name for name in answer.headers if name.startswith("x-ratelimit")]


def test_a_revoked_token_is_refused(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    assert client.get("/me").status_code == 200
    sandbox.vendor.access.revoked = True
    assert code(client.get("/me")) == (401, "unauthorized")


def test_a_missing_permission_looks_like_a_wrong_token_on_its_resource(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, denied=["tickets"]))
    assert code(http.post("/tickets/search", json={})) == (401, "unauthorized")
    assert http.get("/conversations").status_code == 200


def test_what_the_plan_lacks_is_403(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, restricted=["conversations"]))
    assert code(http.get("/conversations")) == (403, "api_plan_restricted")


@pytest.mark.parametrize(("wrong_region", "status"), [("unauthorized", 401), ("redirect", 302)])
def test_another_regions_host_does_not_know_the_token(
    clock: SandboxClock, connect: Connect, wrong_region: str, status: int
) -> None:
    http = connect(create(clock=clock, empty=True, region="eu", wrong_region=wrong_region))  # type: ignore[arg-type]  # the parametrised text
    answer = http.get("/contacts?per_page=3")
    assert answer.status_code == status
    if status == 302:
        assert answer.headers["location"] == "https://api.eu.intercom.io/contacts?per_page=3"
    at_home = http.get("https://api.eu.intercom.io/me")
    assert (at_home.status_code, at_home.json()["app"]["region"]) == (200, "EU")


def test_me_tells_the_time_zone(clock: SandboxClock, connect: Connect) -> None:
    app = connect(create(clock=clock, empty=True, timezone="Europe/Dublin")).get("/me").json()["app"]
    assert (app["timezone"], app["region"], app["id_code"]) == ("Europe/Dublin", "US", "ws000007")


@pytest.mark.parametrize("version", ["2.18", "3.0", "2.1.6", "latest"])
def test_an_unknown_version_is_refused(client: httpx.Client, version: str) -> None:
    assert code(client.get("/me", headers={"Intercom-Version": version})) == (400, "intercom_version_invalid")


def test_a_resource_that_came_later_is_refused(client: httpx.Client) -> None:
    path = "/conversations/deleted"
    assert code(client.get(path, headers={"Intercom-Version": "2.9"})) == (400, "intercom_version_invalid")
    assert code(client.get("/contacts", headers={"Intercom-Version": "1.4"})) == (400, "intercom_version_invalid")
    for version in ("2.16", "2.17", "Preview"):
        assert client.get(path, headers={"Intercom-Version": version}).status_code == 200


def test_without_a_version_the_apps_own_answers(clock: SandboxClock, connect: Connect) -> None:
    for version, unassigned in (("2.15", None), ("2.16", 0)):
        sandbox = create(clock=clock, empty=True, version=version)
        sandbox.vendor.add("conversations", {"title": "A"})
        http = connect(sandbox)
        http.headers.pop("Intercom-Version")
        assert http.get("/conversations").json()["conversations"][0]["admin_assignee_id"] == unassigned


def test_a_sandbox_of_an_unknown_version_is_not_made(clock: SandboxClock) -> None:
    with pytest.raises(ValueError, match=r"'9\.9' is invalid"):
        create(clock=clock, version="9.9")


def test_the_window_of_ten_seconds_begins_on_the_clock(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, limits=Limits(ten_secondly=3)))
    answers = [http.get("/tags") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    reset = str(int(NOW.timestamp()) + 7)
    assert [[answer.headers[name] for name in RATE_HEADERS] for answer in answers] == [
        ["3", "2", reset],
        ["3", "1", reset],
        ["3", "0", reset],
        ["3", "0", reset],
    ]
    assert answers[-1].json()["errors"][0]["message"] == "Exceeded rate limit of 3 in 10_seconds"
    assert "retry-after" not in answers[-1].headers
    clock.advance(6.9)
    assert http.get("/tags").status_code == 429
    clock.advance(0.1)
    assert http.get("/tags").headers["x-ratelimit-remaining"] == "2"


def test_the_vendors_limit_is_1667_and_errors_carry_it_too(clock: SandboxClock, connect: Connect) -> None:
    answer = connect(create(clock=clock, empty=True)).get("/companies/none")
    assert (answer.status_code, answer.headers["x-ratelimit-limit"]) == (404, "1667")


def test_a_limit_by_fault_says_when_it_ends(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True)
    sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMITED, retry_after="7", times=1), Fault(kind=FaultKind.RATE_LIMITED))
    told, untold = (connect(sandbox).get("/tags") for _ in range(2))
    assert told.headers["x-ratelimit-reset"] == str(int(NOW.timestamp()) + 7)
    assert (told.headers["retry-after"], untold.headers.get("retry-after")) == ("7", None)


def test_an_unknown_path_is_404_and_a_wrong_method_405(client: httpx.Client) -> None:
    assert code(client.get("/nowhere")) == (404, "not_found")
    assert client.put("/contacts").status_code == 405
