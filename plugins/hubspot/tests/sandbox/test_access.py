"""Tokens, scopes and limits."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import Limits, create

from .conftest import Connect

COMPANIES = "/crm/objects/2026-09/companies"
NO_TOKEN = [{}, {"Authorization": ""}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}]


@pytest.mark.parametrize("headers", NO_TOKEN)
def test_a_call_without_a_good_token_is_401(client: httpx.Client, headers: dict[str, str]) -> None:
    client.headers.pop("Authorization")
    answer = client.get(COMPANIES, headers=headers)
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_missing_scope_is_named(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, scopes=["crm.objects.companies.read"]))
    assert http.get(COMPANIES).status_code == 200
    answer = http.post(COMPANIES, json={"properties": {"name": "X"}})
    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")
    assert answer.json()["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.companies.write"]


def refresh(http: httpx.Client, sandbox: Sandbox[object], **changed: str) -> httpx.Response:  # type: ignore[type-var]  # any vendor
    form = {
        "grant_type": "refresh_token",
        "client_id": sandbox.credentials["HUBSPOT_CLIENT_ID"],
        "client_secret": sandbox.credentials["HUBSPOT_CLIENT_SECRET"],
        "refresh_token": sandbox.credentials["HUBSPOT_REFRESH_TOKEN"],
    }
    return http.post("/oauth/v3/token", data=form | changed)


def test_an_oauth_token_lives_half_an_hour(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True)
    http = connect(sandbox)
    token = refresh(http, sandbox).json()
    http.headers["Authorization"] = f"Bearer {token['access_token']}"
    clock.advance(token["expires_in"] - 1)
    assert http.get(COMPANIES).status_code == 200
    clock.advance(1)
    assert http.get(COMPANIES).json()["category"] == "EXPIRED_AUTHENTICATION"


def test_a_revoked_refresh_token_is_refused_in_oauth_words(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True)
    sandbox.vendor.access.revoke(sandbox.credentials["HUBSPOT_REFRESH_TOKEN"])
    answer = refresh(connect(sandbox), sandbox)
    assert answer.status_code == 400
    assert (answer.json()["status"], answer.json()["error"]) == ("BAD_REFRESH_TOKEN", "invalid_grant")


def test_the_191st_call_of_ten_seconds_is_refused(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True))
    answers = [http.get(COMPANIES) for _ in range(191)]
    assert answers[0].headers["x-hubspot-ratelimit-remaining"] == "189"
    assert [answer.status_code for answer in answers] == [200] * 190 + [429]
    assert answers[-1].json()["policyName"] == "TEN_SECONDLY_ROLLING"
    clock.advance(10)
    assert http.get(COMPANIES).status_code == 200


def test_the_sixth_search_of_a_second_is_refused_without_headers(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True))
    answers = [http.post(f"{COMPANIES}/search", json={}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json()["message"] == "You have reached your secondly limit."
    assert not any("ratelimit" in name or name == "retry-after" for name in answers[-1].headers)
    clock.advance(1)
    assert http.post(f"{COMPANIES}/search", json={}).status_code == 200


def test_the_day_has_a_limit_that_ends_at_midnight(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, limits=Limits(daily=2)))
    statuses = [http.get(COMPANIES).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    clock.advance(15 * 3600)
    assert http.get(COMPANIES).headers["x-hubspot-ratelimit-daily-remaining"] == "1"


def test_recorded_limit_answers_have_no_category(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, limits=Limits(ten_secondly=0), answers="recorded"))
    assert set(http.get(COMPANIES).json()) == {"status", "message", "correlationId", "errorType", "policyName"}


def test_an_unknown_path_is_404_and_a_wrong_method_405(client: httpx.Client) -> None:
    assert client.get("/crm/v9/objects/companies").status_code == 404
    assert client.put(COMPANIES).status_code == 405
