"""Logging in: two flows, one fetch however many ask, once more when a session ends, and never a secret anywhere."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cshub import AnswerError, ConfigError, CredentialsError
from cshub.testing.sandbox import Fault, FaultKind

from .conftest import Desk, Open, Reader, refuse
from .org import error

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
JWT = {"client_secret": None, "username": "hub@acme.example", "private_key": PEM}


def logins(desk: Desk) -> list[dict[str, str]]:
    """The form of each request for a token."""
    sent = [each for each in desk.org.requests if each.url.path == "/services/oauth2/token"]
    assert {each.headers["content-type"] for each in sent} <= {"application/x-www-form-urlencoded"}
    assert not [each for each in sent if "authorization" in each.headers]
    return [{key: value[0] for key, value in parse_qs(each.content.decode()).items()} for each in sent]


def test_client_credentials_are_sent_to_the_orgs_own_host(desk: Desk) -> None:
    desk.connect().check()
    assert logins(desk) == [
        {
            "grant_type": "client_credentials",
            "client_id": desk.login["client_id"],
            "client_secret": desk.login["client_secret"],
        }
    ]
    calls = [each for each in desk.org.requests if each.url.path != "/services/oauth2/token"]
    (authorization,) = {each.headers["authorization"] for each in calls}
    assert authorization.startswith(f"Bearer {desk.org.vendor.org.id[:15]}!")


@pytest.mark.parametrize(
    ("given", "audience"),
    [
        ({}, "https://login.salesforce.com"),
        ({"my_domain": "acme--uat"}, "https://test.salesforce.com"),
        ({"audience": "https://acme.my.salesforce.com"}, "https://acme.my.salesforce.com"),
    ],
)
def test_a_jwt_says_who_asks_and_ends_within_three_minutes(desk: Desk, given: dict[str, str], audience: str) -> None:
    desk.org.vendor.access.register_key(PUBLIC)
    username = desk.org.vendor.access.username
    source = desk.connect(**{**JWT, "username": username}, **given)
    assert source.check().org == desk.org.vendor.org.id
    (form,) = logins(desk)
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    assert jwt.get_unverified_header(form["assertion"])["alg"] == "RS256"
    claims = jwt.decode(
        form["assertion"], KEY.public_key(), algorithms=["RS256"], audience=audience, options={"verify_exp": False}
    )
    assert (claims["iss"], claims["sub"], claims["aud"]) == (desk.login["client_id"], username, audience)
    assert 0 < claims["exp"] - desk.clock.now().timestamp() <= 180


def test_without_the_extra_the_error_says_how_to_get_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jwt", None)
    with pytest.raises(ConfigError, match=r"cshub\[salesforce-jwt\]"):
        desk.connect(**JWT).check()


def test_a_key_that_is_none_is_told_without_showing_it(desk: Desk) -> None:
    with pytest.raises(CredentialsError, match="not an RSA key") as caught:
        desk.connect(**{**JWT, "private_key": "-----BEGIN SECRET-----"}).check()
    assert "SECRET" not in str(caught.value)


def test_opening_asks_nothing(desk: Desk) -> None:
    desk.connect()
    assert desk.org.requests == []


def test_a_session_that_ended_is_renewed_once_and_the_call_repeated(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    refuse(desk, "queryAll", "INVALID_SESSION_ID", "Session expired or invalid", status=401)
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.ids() == [id]
    assert len(logins(desk)) == 2


@pytest.mark.parametrize("place", range(5))
def test_a_session_that_ends_before_any_page_costs_one_login_and_no_row(open_desk: Open, place: int) -> None:
    desk = open_desk(page_rows=50, seed_accounts=[{"Name": f"a{number}"} for number in range(230)])
    expired = Fault(kind=FaultKind.UNAUTHORIZED, on="*/query*", skip=place, times=1)
    desk.org.sandbox.faults.add(expired)
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}})
    reader.pull()
    assert len(reader.ids()) == 230
    assert desk.org.sandbox.faults.struck() == 1
    assert len(logins(desk)) == 2


def test_a_session_that_is_refused_again_ends_the_reading(desk: Desk) -> None:
    refuse(desk, "queryAll", "INVALID_SESSION_ID", "Session expired or invalid", status=401, times=9)
    with pytest.raises(CredentialsError, match="INVALID_SESSION_ID"):
        Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}}).pull()
    assert len(logins(desk)) == 2


def test_a_known_session_timeout_renews_before_it_ends(desk: Desk) -> None:
    source = desk.connect(session="15m")
    stream = desk.stream("accounts")
    list(source.pull(stream, None, desk.clock.now()))
    desk.tick(minutes=13)
    list(source.pull(stream, None, desk.clock.now()))
    assert len(logins(desk)) == 1
    desk.tick(minutes=1)
    list(source.pull(stream, None, desk.clock.now()))
    assert len(logins(desk)) == 2


def test_however_many_streams_begin_at_once_there_is_one_login(desk: Desk) -> None:
    source = desk.connect()
    with ThreadPoolExecutor(max_workers=8) as pool:
        names = ["accounts", "contacts", "deals", "tickets", "events", "owners"]
        list(pool.map(lambda name: list(source.pull(desk.stream(name), None, desk.clock.now())), names))
    assert len(logins(desk)) == 1


def test_data_calls_go_where_the_token_says(desk: Desk) -> None:
    desk.org.token = {"instance_url": "https://acme2.my.salesforce.com"}
    desk.connect().check()
    assert {each.url.host for each in desk.org.requests} == {"acme.my.salesforce.com", "acme2.my.salesforce.com"}


def test_an_org_that_moved_is_followed_with_the_new_token(desk: Desk) -> None:
    source = desk.connect(session="15m")
    stream = desk.stream("accounts")
    list(source.pull(stream, None, desk.clock.now()))
    desk.org.token = {"instance_url": "https://acme2.my.salesforce.com"}
    desk.tick(minutes=15)
    list(source.pull(stream, None, desk.clock.now()))
    list(source.pull(stream, None, desk.clock.now()))
    assert desk.org.requests[-1].url.host == "acme2.my.salesforce.com"


def test_an_instance_elsewhere_gets_no_token(desk: Desk) -> None:
    desk.org.token = {"instance_url": "https://acme.my.salesforce.com.evil.example"}
    with pytest.raises(AnswerError, match=r"evil\.example.*not Salesforce's") as caught:
        desk.connect().check()
    assert len(desk.org.requests) == 1
    assert f"{desk.org.vendor.org.id[:15]}!" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": "invalid_client_id", "error_description": "client identifier invalid"}, "client identifier invalid"),
        ({"error": "invalid_grant", "error_description": "no client credentials user enabled"}, "run-as user"),
    ],
)
def test_a_refused_login_says_why_and_what_to_do(desk: Desk, said: dict[str, str], words: str) -> None:
    desk.org.instead.append(lambda _: httpx.Response(400, json=said))
    with pytest.raises(CredentialsError, match=words):
        desk.connect().check()


@pytest.mark.parametrize(
    ("switches", "jwt", "words"),
    [
        ({"run_as": False}, False, "run-as user"),
        ({"approved": False}, True, "pre-authorise the user"),
        ({}, True, "check `private_key`"),
    ],
)
def test_an_app_that_is_not_set_up_says_what_is_missing(
    open_desk: Open, switches: dict[str, bool], jwt: bool, words: str
) -> None:
    desk = open_desk(**switches)
    if switches:
        desk.org.vendor.access.register_key(PUBLIC)
    given = {**JWT, "username": desk.org.vendor.access.username} if jwt else {}
    with pytest.raises(CredentialsError, match=words):
        desk.connect(**given).check()
    assert len(logins(desk)) == 1


def test_a_clock_that_is_wrong_is_told_at_the_login(desk: Desk) -> None:
    desk.org.vendor.access.register_key(PUBLIC)
    desk.org.sandbox.clock.advance(600)  # Salesforce's clock alone
    with pytest.raises(CredentialsError, match=r"time \(NTP\)"):
        desk.connect(**{**JWT, "username": desk.org.vendor.access.username}).check()


def test_sessions_that_an_administrator_ends_are_begun_anew(desk: Desk) -> None:
    source, stream = desk.connect(), desk.stream("accounts")
    list(source.pull(stream, None, desk.clock.now()))
    desk.org.vendor.access.end_sessions()
    list(source.pull(stream, None, desk.clock.now()))
    desk.tick(hours=3)  # unused for longer than the timeout
    list(source.pull(stream, None, desk.clock.now()))
    assert len(logins(desk)) == 3


def test_secrets_that_come_back_are_not_shown(desk: Desk) -> None:
    def echo(request: httpx.Request) -> httpx.Response | None:
        text = f"{request.content.decode()} {request.headers.get('authorization')}"
        is_login = request.url.path == "/services/oauth2/token"
        return None if is_login else error(400, "INVALID_FIELD", text)

    desk.org.instead.append(echo)
    with pytest.raises(Exception, match="INVALID_FIELD") as caught:
        desk.connect().check()
    assert f"{desk.org.vendor.org.id[:15]}!" not in f"{caught.value!r} {vars(caught.value)}"


@pytest.mark.parametrize("given", [{}, JWT])
def test_a_login_that_echoes_what_it_was_sent_gives_nothing_away(desk: Desk, given: dict[str, Any]) -> None:
    desk.org.instead.append(lambda request: httpx.Response(400, content=request.content))
    with pytest.raises(CredentialsError) as caught:
        desk.connect(**given).check()
    told = f"{caught.value!r} {vars(caught.value)} {caught.value.__cause__!r}"
    assert desk.login["client_secret"] not in told
    assert "eyJ" not in told
