"""Looking around: whose workspace, which region, what the token may read."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from cshub import AnswerError, CredentialsError, VendorTrouble
from cshub_intercom.streams import streams

from .conftest import Account
from .scripted import ME, error


def test_a_healthy_workspace_is_named(account: Account) -> None:
    found = account.connect().check()
    assert (found.org, found.account) == ("ab12cd", "Intercom Ours (US)")
    assert {each.check for each in found.findings} == {"login", "region", "version", "clock"}
    assert all(each.ok for each in found.findings)
    assert (found.missing_scopes, found.excess_scopes) == ({}, None)
    assert all(request.headers["intercom-version"] == "2.16" for request in account.there.asked)


@pytest.mark.parametrize("region", ["eu", "au"])
def test_another_region_than_the_workspaces_is_told(account: Account, region: str) -> None:
    wrong = next(each for each in account.connect(region=region).check().findings if each.check == "region")
    assert (wrong.ok, wrong.fix) == (False, "set `region: us`")
    assert account.there.asked[0].url.host == f"api.{region}.intercom.io"


def test_with_a_base_url_the_region_is_not_judged(account: Account) -> None:
    found = account.connect(base_url="http://127.0.0.1:8080", region="eu").check()
    assert all(each.ok for each in found.findings)


@pytest.mark.parametrize("status", [401, 403])
def test_missing_permissions_are_named_by_stream(account: Account, status: int) -> None:
    account.there.say("GET", "/conversations", *[error(status, "unauthorized")] * 2)
    account.there.say("POST", "/tickets/search", *[error(status, "unauthorized")] * 2)
    found = account.connect().check()
    assert found.missing_scopes == {"conversations": ("Read conversations",), "tickets": ("Read tickets",)}
    lacking = [each for each in found.findings if not each.ok]
    assert lacking[0].fix == 'give the app "Read conversations" in Intercom\'s Developer Hub'


def test_a_bad_token_is_told_from_no_vendor(account: Account) -> None:
    with pytest.raises(CredentialsError, match="does not accept the token"):
        account.connect(token="d3Jvbmc=").check()
    account.there.say("GET", "/me", *[error(503, "service_unavailable")] * 9)
    with pytest.raises(VendorTrouble):
        account.connect().check()


def test_an_error_carries_intercoms_own_id_and_never_the_token(account: Account) -> None:
    with pytest.raises(CredentialsError) as caught:
        account.connect(token="d3Jvbmctb25l").check()
    assert caught.value.request_id == "b2k3j4h5g6f7d8s9a0q1"
    assert "d3Jvbmctb25l" not in str(caught.value)


@pytest.mark.parametrize("said", [{}, {"app": None}, {"app": {"id_code": ""}}, {"app": {"id_code": 7}}])
def test_a_workspace_without_an_id_is_an_answer_error(account: Account, said: object) -> None:
    account.there.say("GET", "/me", httpx.Response(200, json=said))
    with pytest.raises(AnswerError, match="without"):
        account.connect().check()


def test_a_workspace_may_leave_out_everything_but_its_id(account: Account) -> None:
    account.there.say("GET", "/me", httpx.Response(200, json={**ME, "app": {"id_code": "x1"}}))
    found = account.connect().check()
    assert found.org == "x1"
    assert all(each.ok for each in found.findings)


@pytest.mark.parametrize(("hours", "words"), [(2, "7200 s behind"), (-2, "7200 s ahead of")])
def test_a_clock_that_is_off_is_told(account: Account, hours: int, words: str) -> None:
    account.there.ahead = timedelta(hours=hours)
    clock = next(each for each in account.connect().check().findings if each.check == "clock")
    assert not clock.ok
    assert words in clock.message


def test_every_stream_is_tried(account: Account) -> None:
    account.connect().check()
    tried = {path.split()[1].split("/")[1] for path in account.there.paths} - {"me"}
    names = {stream.name for stream in streams(account.settings())} - {"associations"}
    assert tried == names
