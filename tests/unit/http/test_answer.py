"""F5, F20: what is not the JSON that was asked for never passes for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cshub.errors import AnswerError
from cshub.http import Answer, Redactor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def answer(content: bytes = b"{}", status: int = 200, **headers: str) -> Answer:
    return Answer(
        status=status,
        headers={name.replace("_", "-"): text for name, text in headers.items()},
        content=content,
        url="/contacts",
        label="contacts list",
        vendor="crm",
        received_at=NOW,
        redactor=Redactor(["canary-secret"]),
    )


NOT_JSON = [
    b"",
    b"   \n",
    b"<html><form>Log in</form></html>",
    b"<!DOCTYPE html>",
    b'{"results": [',
    b'{"results": [1, 2',
    b'{"a": NaN}',
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b'{"a": 1} trailing',
    b"{'a': 1}",
    b'{"a": 1,}',
    b"undefined",
    b"\xff\xfe{}",
    b'{"a": "\xff"}',
    b"[" * 5000,
    b'{"a": 01}',
    b"OK",
    b"\x00",
]


@pytest.mark.parametrize("content", NOT_JSON)
def test_a_body_that_is_not_json_is_an_answer_error(content: bytes) -> None:
    with pytest.raises(AnswerError) as caught:
        answer(content).json()
    assert str(caught.value).startswith("crm: contacts list: the vendor answered with")
    assert "(status 200)" in str(caught.value)


def test_a_login_page_is_called_one() -> None:
    with pytest.raises(AnswerError, match=r"a web page \(a login form\?\)"):
        answer(b"<html>Log in</html>", content_type="text/html").json()


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"1", b"1.5", b"true", b"null"])
def test_another_top_level_type_is_an_answer_error(content: bytes) -> None:
    with pytest.raises(AnswerError, match="where an object was expected"):
        answer(content).object()


def test_the_error_quotes_120_characters_without_secrets() -> None:
    with pytest.raises(AnswerError) as caught:
        answer(b"canary-secret " + b"x" * 1000).json()
    assert caught.value.message.endswith("[secret] " + "x" * 111)


def test_good_json_is_read() -> None:
    assert answer(b'{"a": [1, 2.5, null, true, "\xc3\xa9"]}').object() == {"a": [1, 2.5, None, True, "é"]}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b'"\\ud83d\\ude00"', "😀"),
        (b'"a\\ud83db"', "a\ufffdb"),
        (b'"a\\ude00"', "a\ufffd"),
        (b'"\\ud83d\\ud83d\\ude00"', "\ufffd😀"),
        (b'"\\\\ud83d \\ud83d"', "\\ud83d \ufffd"),
    ],
)
def test_a_lone_surrogate_does_not_spoil_the_page(content: bytes, text: str) -> None:
    assert answer(content).json() == text


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("7", 7),
        ("1.5", 1.5),
        ("-3", 0),
        ("99999999999", 99999999999),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
        ("Sun, 99 Mar 2026 12:00:30 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(said: str, seconds: float | None) -> None:
    assert answer(retry_after=said).retry_after_s == seconds


def test_a_retry_after_date_is_compared_with_the_vendors_own_clock() -> None:
    late = answer(retry_after="Sun, 01 Mar 2026 14:00:30 GMT", date="Sun, 01 Mar 2026 14:00:00 GMT")
    assert late.retry_after_s == 30


def test_headers_are_found_in_any_case() -> None:
    assert answer(X_Request_Id="abc").headers["x-request-ID"] == "abc"


def test_the_request_id_stands_in_the_error() -> None:
    with pytest.raises(AnswerError, match=r"\[vendor request abc\]"):
        answer(b"", x_request_id="abc").json()


def test_its_repr_shows_no_content() -> None:
    assert repr(answer(b'{"access_token": "x"}')) == "<Answer 200 crm: contacts list, 21 bytes>"
