"""Keys, limits, and every error the vendor is known to give."""

from __future__ import annotations

import base64

import httpx
import pytest

from cshub import ConfigError
from cshub.testing.sandbox import Fault, FaultKind, Sandbox
from cshub_satismeter.sandbox import ERRORS, SatisMeter

from .conftest import Connect, Make

API = "https://app.satismeter.com/api"
NOBODY = "0" * 24


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_every_error_is_said_on_demand(sandbox: Sandbox[SatisMeter], client: httpx.Client, name: str) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, times=1))
    answer = client.get("/responses")
    assert answer.status_code == ERRORS[name].status
    assert (answer.content == b"") is name.endswith("_empty")
    if answer.content:
        assert answer.json() == {"errors": [{"title": ERRORS[name].title}]}
    assert client.get("/responses").status_code == 200


def test_an_unknown_error_names_those_there_are(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.NAMED, name="teapot"))
    with pytest.raises(ConfigError, match="teapot"):
        client.get("/responses")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.RATE_LIMITED, 429),
        (FaultKind.SERVER_ERROR, 503),
        (FaultKind.UNAUTHORIZED, 401),
        (FaultKind.MISSING_SCOPE, 403),
    ],
)
def test_the_faults_of_every_vendor_speak_its_words(
    sandbox: Sandbox[SatisMeter], client: httpx.Client, kind: FaultKind, status: int
) -> None:
    sandbox.faults.add(Fault(kind=kind))
    answer = client.get("/responses")
    assert answer.status_code == status
    assert answer.json()["errors"]
    assert "retry-after" not in answer.headers


def test_error_bodies_may_all_be_empty(make: Make, connect: Connect) -> None:
    answer = connect(make(error_bodies="empty")).get("/campaigns/nosuch")
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_project_of_zeros_tells_a_good_key_from_a_bad_one(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    assert client.get(f"{API}/v3/projects/{NOBODY}").status_code == 404
    wrong = {"Authorization": "Bearer nothing"}
    assert client.get(f"{API}/v3/projects/{NOBODY}", headers=wrong).status_code == 401


@pytest.mark.parametrize(("how", "shown"), [("wrapped", ["data"]), ("bare", ["id", "name"])])
def test_a_project_is_shown_in_two_ways(make: Make, connect: Connect, how: str, shown: list[str]) -> None:
    sandbox = make(project_answer=how)
    path = f"{API}/v3/projects/{sandbox.credentials['SATISMETER_PROJECT']}"
    assert sorted(connect(sandbox).get(path).json()) == shown


@pytest.mark.parametrize(
    ("path", "bearer", "basic", "header"),
    [
        ("/v3/projects/{}", 200, 401, 401),
        ("/responses?project={}", 200, 200, 200),
        ("/v2/response-statistics?project={}", 200, 401, 200),
    ],
)
def test_each_generation_takes_the_key_in_its_own_ways(
    sandbox: Sandbox[SatisMeter], path: str, bearer: int, basic: int, header: int
) -> None:
    project, key = sandbox.credentials["SATISMETER_PROJECT"], sandbox.credentials["SATISMETER_TOKEN"]
    user = base64.b64encode(f"{key}:".encode()).decode()
    ways = ({"Authorization": f"Bearer {key}"}, {"Authorization": f"Basic {user}"}, {"AuthKey": key})
    with httpx.Client(transport=httpx.WSGITransport(app=sandbox)) as plain:
        statuses = [plain.get(API + path.format(project), headers=way).status_code for way in ways]
    assert statuses == [bearer, basic, header]


def test_the_public_key_reads_nothing(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    public = {"Authorization": f"Bearer {sandbox.vendor.project.write_key}"}
    assert client.get("/responses", headers=public).status_code == 401


def test_another_project_is_not_found(client: httpx.Client) -> None:
    assert client.get(f"{API}/v3/projects/{'1' * 24}/responses").status_code == 404
    assert client.get(f"{API}/responses", params={"project": NOBODY}).status_code == 404
    assert client.get(f"{API}/responses").status_code == 400


def test_a_limit_comes_without_a_time_to_wait(make: Make, connect: Connect) -> None:
    sandbox = make(calls_per_second=2)
    client = connect(sandbox)
    answers = [client.get("/campaigns") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "retry-after" not in answers[-1].headers
    sandbox.clock.advance(1)
    assert client.get("/campaigns").status_code == 200


def test_unknown_paths_and_methods_are_told_apart(client: httpx.Client) -> None:
    assert (client.get("/nothing").status_code, client.post("/campaigns").status_code) == (404, 405)
