"""Calls that go wrong in Intercom's own ways, and the pace they are made at; page sizes by the official file."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from cshub import AnswerError, CredentialsError, RateLimited, RequestRefused
from cshub_intercom.objects import COMPANY_LIMIT, DELETED_LIMIT, LIST_LIMIT
from plugins.intercom.tests.conftest import FILE
from plugins.intercom.tests.openapi_judge import OpenApiJudge

from .conftest import Account, Reader
from .scripted import error

EMPTY = httpx.Response(200, content=b"")


def limits(left: int, reset_s: int) -> dict[str, str]:
    return {"x-ratelimit-limit": "166", "x-ratelimit-remaining": str(left), "x-ratelimit-reset": str(reset_s)}


def test_an_empty_answer_passes_by_itself(account: Account) -> None:
    account.contact("k1")
    account.there.say("GET", "/contacts", EMPTY, EMPTY)
    reader = Reader(account, "contacts")
    reader.pull()
    assert set(reader.rows) == {"k1"}


@pytest.mark.parametrize("stream", ["contacts", "conversations", "admins", "associations", "companies"])
def test_one_that_does_not_is_no_empty_list(account: Account, stream: str) -> None:
    paths = [("GET", path) for path in ("/contacts", "/conversations", "/admins")]
    for method, path in [*paths, ("POST", "/companies/list")]:
        account.there.say(method, path, *[EMPTY] * 9)
    with pytest.raises(AnswerError, match="nothing where JSON was expected"):
        Reader(account, stream).pull()
    assert len(account.there.asked) == 3


def test_a_limit_is_waited_out_and_the_reading_is_complete(account: Account) -> None:
    account.contact("k1")
    reset = account.there.now_s() + 6
    limited = error(429, "rate_limit_exceeded", "Exceeded rate limit of 167 in 10_seconds")
    limited.headers.update(limits(0, reset))
    account.there.say("GET", "/contacts", limited)
    reader = Reader(account, "contacts")
    reader.pull()
    assert set(reader.rows) == {"k1"}
    assert account.clock.waited_s == pytest.approx(7, abs=0.1)


def test_a_storm_of_limits_leaves_the_position_after_the_last_page(account: Account) -> None:
    for number in range(400):
        account.conversation(str(number))
    account.there.say("GET", "/conversations", None, *[error(429, "rate_limit_exceeded")] * 9)
    reader = Reader(account, "conversations")
    with pytest.raises(RateLimited):
        reader.pull()
    assert len(reader.rows) == 150
    account.there.instead.clear()
    reader.pull()
    assert len(reader.rows) == 400


def test_a_tenth_of_each_window_is_left_to_others(account: Account) -> None:
    for number in range(400):
        account.conversation(str(number))
    account.there.headers = limits(16, account.there.now_s() + 5)
    account.there.before[2] = lambda: account.there.headers.update(limits(150, account.there.now_s() + 9))
    Reader(account, "conversations").pull()
    assert account.clock.waited_s == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize("left", [17, 166])
def test_while_enough_is_left_nobody_waits(account: Account, left: int) -> None:
    account.there.headers = limits(left, account.there.now_s() + 5)
    for number in range(400):
        account.conversation(str(number))
    Reader(account, "conversations").pull()
    assert account.clock.waited_s == 0


def test_the_version_is_always_sent(account: Account) -> None:
    Reader(account, "contacts", {"version": "2.14"}).pull()
    assert {each.headers["intercom-version"] for each in account.there.asked} == {"2.14"}


def test_a_version_intercom_does_not_have_is_told(account: Account) -> None:
    account.there.say("GET", "/contacts", error(400, "intercom_version_invalid", "Requested resource not found"))
    with pytest.raises(RequestRefused, match="set `version` to another one"):
        Reader(account, "contacts", {"version": "2.99"}).pull()


@pytest.mark.parametrize("stream", ["contacts", "conversations", "tickets", "companies", "admins", "associations"])
def test_a_bad_token_is_one_for_every_stream(account: Account, stream: str) -> None:
    with pytest.raises(CredentialsError, match="support"):
        Reader(account, stream, {"token": "d3Jvbmc="}).pull()


def test_calls_are_counted_for_their_stream(account: Account) -> None:
    account.contact("k1", [f"c{number}" for number in range(11)])
    account.there.say("GET", "/contacts/k1/companies", *[error(422, "data_invalid")] * 2)
    with pytest.raises(RequestRefused, match="support: associations part"):
        Reader(account, "associations").pull()


def test_page_sizes_are_the_official_ones(shared: Path) -> None:
    judge = OpenApiJudge(shared / FILE)
    limits = {
        ("get", "/contacts"): LIST_LIMIT,
        ("get", "/conversations/deleted"): DELETED_LIMIT,
    }
    for (method, path), expected in limits.items():
        parameters = judge.file.raw["paths"][path][method]["parameters"]
        (size,) = (each["schema"]["maximum"] for each in parameters if each["name"] == "per_page")
        assert size == expected
    for path in ("/contacts/search", "/conversations/search", "/tickets/search"):
        content = judge.file.raw["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        name = content["schema"]["$ref"].rpartition("/")[2]
        paging = judge.file.raw["components"]["schemas"][name]["properties"]["pagination"]
        assert paging["properties"]["per_page"]["maximum"] == LIST_LIMIT
    assert COMPANY_LIMIT == 60
