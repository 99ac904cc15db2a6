"""F10: one fetch for everybody, and a clear word when there will be no token any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from pydantic import SecretStr

from cshub.errors import CredentialsError, VendorError, VendorTrouble
from cshub.http import SYSTEM_CLOCK, Answer, Client, Token, TokenSource

from .conftest import ClientFor, ManualClock, Server, ok

Made = Callable[..., tuple[Client, Client]]


def fetch(client: Client) -> Token:
    """How a plugin asks for a token."""
    answer = client.post("/token", form={"grant_type": "refresh_token"}, label="token fetch").object()
    return Token(SecretStr(str(answer["access_token"])))


class Vendor:
    """Accepts the newest token it gave out, after an expiry only the next one."""

    def __init__(self) -> None:
        self.given = 0
        self.valid = 0
        self.revoked = False

    def api(self, request: httpx.Request) -> httpx.Response:
        good = request.headers["Authorization"] == f"Bearer token-{self.valid}"
        return httpx.Response(200, json={"page": 1}) if good else httpx.Response(401, json={"message": "expired"})

    def tokens(self, _: httpx.Request) -> httpx.Response:
        if self.revoked:
            return httpx.Response(400, json={"error": "invalid_grant"})
        self.given += 1
        self.valid = self.given
        return httpx.Response(200, json={"access_token": f"token-{self.given}"})

    def expire(self) -> None:
        self.valid = -1


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def clients(vendor: Vendor, client_for: ClientFor) -> tuple[Client, Client]:
    """The client of the data and the one tokens come through."""
    tokens = client_for(vendor.tokens, origin="https://login.vendor.test")
    return client_for(vendor.api, auth=TokenSource(fetch, tokens)), tokens


def test_a_token_is_fetched_once_and_kept(clients: tuple[Client, Client]) -> None:
    data, tokens = clients
    for _ in range(5):
        data.get("/", label="contacts list")
    assert tokens.calls["total"] == 1


def test_a_token_that_expires_mid_stream_is_renewed_and_no_page_is_lost(
    clients: tuple[Client, Client], vendor: Vendor
) -> None:
    data, tokens = clients
    data.get("/", label="contacts list")
    vendor.expire()
    assert data.get("/", label="contacts list").object() == {"page": 1}
    assert (data.calls["total"], tokens.calls["total"]) == (3, 2)


def test_a_post_is_sent_again_with_the_new_token_even_if_not_repeatable(
    clients: tuple[Client, Client], vendor: Vendor
) -> None:
    data, _ = clients
    data.get("/", label="contacts list")
    vendor.expire()
    assert data.post("/", json={}, label="task create", repeatable=False).status == 200


def test_a_token_is_renewed_a_minute_early(client_for: ClientFor, clock: ManualClock, vendor: Vendor) -> None:
    def fetch_for_30_minutes(client: Client) -> Token:
        return Token(fetch(client).value, expires_at=clock.now() + timedelta(minutes=30))

    tokens = client_for(vendor.tokens)
    data = client_for(vendor.api, auth=TokenSource(fetch_for_30_minutes, tokens, clock))
    data.get("/", label="contacts list")
    clock.sleep(28 * 60)
    data.get("/", label="contacts list")
    assert tokens.calls["total"] == 1
    clock.sleep(61)
    data.get("/", label="contacts list")
    assert (tokens.calls["total"], data.calls["total"]) == (2, 3)


def test_a_vendor_that_refuses_every_token_is_asked_twice_and_no_more(client_for: ClientFor, vendor: Vendor) -> None:
    tokens = client_for(vendor.tokens)
    data = client_for(lambda _: httpx.Response(401), auth=TokenSource(fetch, tokens))
    with pytest.raises(CredentialsError):
        data.get("/", label="contacts list")
    assert (data.calls["total"], tokens.calls["total"]) == (2, 2)


def test_a_revoked_grant_says_to_reconnect_and_is_asked_for_once(
    clients: tuple[Client, Client], vendor: Vendor
) -> None:
    data, tokens = clients
    data.get("/", label="contacts list")
    vendor.expire()
    vendor.revoked = True
    for _ in range(3):
        with pytest.raises(CredentialsError, match="reconnect crm") as caught:
            data.get("/", label="contacts list")
        assert caught.value.exit_code == 3
    assert tokens.calls["total"] == 2


@pytest.mark.parametrize(
    ("status", "said", "hint"),
    [
        (400, {"error": "invalid_grant"}, "reconnect crm: its authorization was revoked, has expired, or"),
        (400, {"error": "invalid_client"}, "check client_id and client_secret of crm"),
        (401, {"error": "invalid_client"}, "check client_id and client_secret of crm"),
        (401, {"message": "no"}, "check client_id and client_secret of crm; if they are right, its authorization"),
        (403, {"message": "no"}, "grant the scope or the right"),
    ],
)
def test_a_refusal_says_what_to_check_as_far_as_the_vendor_tells(
    status: int, said: dict[str, str], hint: str, client_for: ClientFor, vendor: Vendor
) -> None:
    data = client_for(vendor.api, auth=TokenSource(fetch, client_for(lambda _: httpx.Response(status, json=said))))
    with pytest.raises(CredentialsError, match="crm: no token: ") as caught:
        data.get("/", label="contacts list")
    assert (caught.value.hint or "").startswith(hint)
    assert "revoked" not in (caught.value.hint or "") or "invalid_client" not in str(said)


def test_what_the_plugin_says_to_do_is_said_to_every_stream(client_for: ClientFor, vendor: Vendor) -> None:
    def explain(answer: Answer) -> VendorError:
        return CredentialsError(f"no user [{answer.object()['error']}]", hint="name a run-as user")

    tokens = client_for(lambda _: httpx.Response(400, json={"error": "invalid_grant"}), explain=explain)
    data = client_for(vendor.api, auth=TokenSource(fetch, tokens))
    for _ in range(2):
        with pytest.raises(CredentialsError) as caught:
            data.get("/", label="contacts list")
        assert str(caught.value) == "crm: no token: no user [invalid_grant] (name a run-as user)"
        assert caught.value.status == 400
    assert tokens.calls["total"] == 1


def test_a_token_endpoint_that_is_unwell_is_not_taken_for_a_revocation(client_for: ClientFor, vendor: Vendor) -> None:
    tokens = client_for(lambda _: httpx.Response(503))
    data = client_for(vendor.api, auth=TokenSource(fetch, tokens))
    with pytest.raises(VendorTrouble):
        data.get("/", label="contacts list")
    assert tokens.calls["total"] == 5


@pytest.mark.parametrize("revoked", [False, True])
def test_eight_threads_whose_token_expired_cause_one_fetch(
    revoked: bool, server: Server, client_for: ClientFor
) -> None:
    together = threading.Barrier(8)
    tokens_given: list[int] = []
    login = Server()
    lock = threading.Lock()

    def give(connection: object) -> None:
        with lock:
            tokens_given.append(1)
            number = len(tokens_given)
        answer = ok(b'{"access_token": "token-%d"}' % number)
        if revoked and number > 1:
            answer = ok(b'{"error": "invalid_grant"}', status="400 Bad Request")
        connection.sendall(answer)  # type: ignore[attr-defined]  # a socket

    def serve(connection: object) -> None:
        stale = b"Bearer token-1" in server.requests[-1] and len(server.requests) > 1
        if stale:
            together.wait(10)
        answer = ok(b"{}", status="401 Unauthorized") if stale else ok(b'{"page": 1}')
        connection.sendall(answer)  # type: ignore[attr-defined]  # a socket

    login.scripts, server.scripts = [give], [serve]
    tokens = client_for(origin=login.origin, clock=SYSTEM_CLOCK)
    data = client_for(origin=server.origin, auth=TokenSource(fetch, tokens), clock=SYSTEM_CLOCK)
    data.get("/", label="contacts list")
    outcomes: list[object] = []

    def work() -> None:
        try:
            outcomes.append(data.get("/", label="contacts list").object())
        except CredentialsError as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    login.close()
    assert outcomes == [CredentialsError if revoked else {"page": 1}] * 8
    assert len(tokens_given) == 2


def test_a_fetched_token_is_a_secret_from_then_on(client_for: ClientFor, vendor: Vendor) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=f"<html>{request.headers['Authorization']}</html>")

    data = client_for(echo, auth=TokenSource(fetch, client_for(vendor.tokens)))
    answer = data.get("/", label="contacts list")
    assert b"token-1" in answer.content
    assert "token-1" not in answer.excerpt()


def test_a_cut_token_answer_does_not_show_the_token(client_for: ClientFor, vendor: Vendor) -> None:
    tokens = client_for(lambda _: httpx.Response(200, content=b'{"access_token": "fresh-canary", "refre'))
    data = client_for(vendor.api, auth=TokenSource(fetch, tokens))
    with pytest.raises(Exception, match="not JSON") as caught:
        data.get("/", label="contacts list")
    assert "fresh-canary" not in str(caught.value)


def test_a_tokens_repr_shows_no_value() -> None:
    assert "abc" not in repr(Token(SecretStr("abc-token"), refresh_token=SecretStr("abc-refresh")))
