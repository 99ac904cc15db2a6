"""Logging in: both flows with their refusals, sessions that end and are renewed, and where calls may go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cshub.testing.sandbox import Sandbox, SandboxClock, serve
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import DATA, HOST, NOW, refusal

TOKEN = "/services/oauth2/token"
NOW_S = int(NOW.timestamp())


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def http(sandbox: Sandbox[Salesforce]) -> Iterator[httpx.Client]:
    with httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url=HOST) as client:
        yield client


def form(sandbox: Sandbox[Salesforce], **changes: str) -> dict[str, str]:
    names = {"client_id": "SALESFORCE_CLIENT_ID", "client_secret": "SALESFORCE_CLIENT_SECRET"}
    given = {name: sandbox.credentials[key] for name, key in names.items()}
    return {"grant_type": "client_credentials", **given, **changes}


def assertion(sandbox: Sandbox[Salesforce], key: rsa.RSAPrivateKey, **changes: Any) -> dict[str, str]:
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    sandbox.vendor.access.register_key(public.decode())
    iss, sub = sandbox.credentials["SALESFORCE_CLIENT_ID"], sandbox.credentials["SALESFORCE_USERNAME"]
    claims = {"iss": iss, "sub": sub, "aud": "https://login.salesforce.com", "exp": NOW_S + 170, **changes}
    signed = jwt.encode(claims, key, algorithm="RS256")
    return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed}


def why(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    body: dict[str, str] = answer.json()
    return f"{body['error']}: {body['error_description']}"


def test_client_credentials_open_a_session(sandbox: Sandbox[Salesforce], http: httpx.Client) -> None:
    body = http.post(TOKEN, data=form(sandbox)).json()
    keys = "access_token api_instance_url id instance_url issued_at scope signature token_type"
    assert sorted(body) == keys.split()
    assert body["instance_url"] == HOST
    assert body["id"].split("/")[-2] == sandbox.vendor.org.id
    assert body["issued_at"] == str(NOW_S * 1000)
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert http.get(f"{DATA}/limits", headers=headers).status_code == 200


def test_client_credentials_may_come_as_basic(sandbox: Sandbox[Salesforce], http: httpx.Client) -> None:
    auth = (sandbox.credentials["SALESFORCE_CLIENT_ID"], sandbox.credentials["SALESFORCE_CLIENT_SECRET"])
    assert http.post(TOKEN, data={"grant_type": "client_credentials"}, auth=auth).status_code == 200


def test_the_instance_is_where_the_call_came_to(sandbox: Sandbox[Salesforce]) -> None:
    with serve(sandbox) as running:
        assert httpx.post(running.url + TOKEN, data=form(sandbox)).json()["instance_url"] == running.url


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "x"}, "invalid_client_id: client identifier invalid"),
        ({"client_secret": "x"}, "invalid_client: invalid client credentials"),
        ({"grant_type": "password"}, "invalid_grant: authentication failure"),
        ({"grant_type": "none"}, "unsupported_grant_type: grant type not supported"),
    ],
)
def test_wrong_client_credentials(
    sandbox: Sandbox[Salesforce], http: httpx.Client, changes: dict[str, str], words: str
) -> None:
    assert why(http.post(TOKEN, data=form(sandbox, **changes))) == words


def test_client_credentials_need_the_my_domain_and_a_user(clock: SandboxClock) -> None:
    def told(url: str, **switches: bool) -> str:
        sandbox = create(clock=clock, empty=True, **switches)
        with httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url=url) as client:
            return why(client.post(TOKEN, data=form(sandbox)))

    words = "invalid_grant: request not supported on this domain"
    assert told("https://login.salesforce.com") == told(HOST, my_domain=False) == words
    assert told(HOST, run_as=False) == "invalid_grant: no client credentials user enabled"


def test_a_signed_assertion_opens_a_session_at_the_login_host(
    sandbox: Sandbox[Salesforce], http: httpx.Client, key: rsa.RSAPrivateKey
) -> None:
    body = http.post(f"https://login.salesforce.com{TOKEN}", data=assertion(sandbox, key)).json()
    assert body["instance_url"] == HOST
    headers = {"Authorization": f"Bearer {body['access_token']}"}
    assert http.get(f"{DATA}/limits", headers=headers).status_code == 200
    elsewhere = http.get(f"https://login.salesforce.com{DATA}/limits", headers=headers)
    assert refusal(elsewhere)[:2] == (401, "INVALID_SESSION_ID")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"aud": "https://elsewhere.example"}, "invalid_grant: audience is invalid"),
        ({"exp": NOW_S - 1}, "invalid_grant: expired authorization code"),
        ({"exp": NOW_S + 400}, "invalid_grant: expired authorization code"),
        ({"sub": "nobody@acme.example"}, "invalid_grant: user hasn't approved this consumer"),
        ({"iss": "another app"}, "invalid_client_id: client identifier invalid"),
    ],
)
def test_wrong_claims(
    sandbox: Sandbox[Salesforce], http: httpx.Client, key: rsa.RSAPrivateKey, changes: dict[str, Any], words: str
) -> None:
    assert why(http.post(TOKEN, data=assertion(sandbox, key, **changes))) == words


def test_an_assertion_of_another_key_is_invalid(
    sandbox: Sandbox[Salesforce], http: httpx.Client, key: rsa.RSAPrivateKey
) -> None:
    data = assertion(sandbox, key)
    assert why(http.post(TOKEN, data={**data, "assertion": "no.jwt.at-all"})) == "invalid_grant: invalid assertion"
    assertion(sandbox, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    assert why(http.post(TOKEN, data=data)) == "invalid_grant: invalid assertion"
    with httpx.Client(transport=httpx.WSGITransport(app=create(empty=True)), base_url=HOST) as other:
        assert why(other.post(TOKEN, data=data)) == "invalid_grant: invalid assertion"


def test_a_user_must_have_been_approved(clock: SandboxClock, key: rsa.RSAPrivateKey) -> None:
    sandbox = create(clock=clock, empty=True, approved=False)
    with httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url=HOST) as client:
        told = why(client.post(TOKEN, data=assertion(sandbox, key)))
    assert told == "invalid_grant: user hasn't approved this consumer"


def test_a_session_is_renewed_by_use_and_ends_without(client: httpx.Client, clock: SandboxClock) -> None:
    for _ in range(3):
        clock.advance(7_000)
        assert client.get("/limits").status_code == 200
    clock.advance(7_201)
    assert refusal(client.get("/limits")) == (401, "INVALID_SESSION_ID", "Session expired or invalid")


def test_a_token_can_be_revoked(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    token = client.headers["authorization"].partition(" ")[2]
    assert client.post(f"{HOST}/services/oauth2/revoke", data={"token": token}).status_code == 200
    assert client.get("/limits").status_code == 401
    assert why(client.post(f"{HOST}/services/oauth2/revoke", data={"token": token})).startswith(
        "unsupported_token_type"
    )
    assert sandbox.vendor.access.open_session() != token


def test_a_malformed_header_is_told_apart(client: httpx.Client) -> None:
    answer = client.get("/limits", headers={"Authorization": "Nonsense"})
    assert refusal(answer) == (401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")


def test_versions_are_listed_without_a_login(http: httpx.Client) -> None:
    listed = http.get("/services/data").json()
    assert {"label": "Spring '26", "url": "/services/data/v66.0", "version": "66.0"} in listed
    assert {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"} in listed
    assert len(listed) == 38


def test_a_version_lists_its_resources_and_old_ones_are_gone(client: httpx.Client) -> None:
    assert client.get("/").json()["query"] == "/services/data/v66.0/query"
    assert refusal(client.get(f"{HOST}/services/data/v30.0/limits"))[0] == 410
    assert refusal(client.get(f"{HOST}/services/data/v99.0/limits"))[0] == 404
