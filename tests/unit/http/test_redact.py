from __future__ import annotations

import base64
import html
import json
import logging
import random
import string
import threading
from urllib.parse import quote, quote_plus

import pytest
from pydantic import SecretStr

from cshub.http.redact import MASK, Redactor, redact, silence_loggers

SECRET = 'pat-na1/4f+"é& \\x😀-77'

SPELLINGS = {
    "plain": SECRET,
    "url": quote(SECRET, safe=""),
    "url lower case": quote(SECRET, safe="").replace("%2F", "%2f"),
    "url plus": quote_plus(SECRET),
    "json": json.dumps(SECRET)[1:-1],
    "json with slashes": json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    "json unicode": json.dumps(SECRET, ensure_ascii=False)[1:-1],
    "json upper case": json.dumps(SECRET)[1:-1].replace("\\u00e9", "\\u00E9"),
    "html": html.escape(SECRET),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "base64 url": base64.urlsafe_b64encode(SECRET.encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_a_secret_is_masked_in_every_spelling(spelling: str) -> None:
    text = Redactor([SecretStr(SECRET)]).clean(f"before {spelling} after")
    assert MASK in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert "na1" not in text
    assert spelling[3:-3] not in text


@pytest.mark.parametrize("prefix", ["", "a", "ab", "client-id:"])
def test_a_secret_inside_a_base64_pair_is_masked(prefix: str) -> None:
    pair = base64.b64encode(f"{prefix}{SECRET}:x".encode()).decode()
    core = base64.b64encode(SECRET.encode()).decode()[8:-8]
    assert core not in redact(pair, [SECRET])
    assert MASK in redact(pair, [SECRET])


def test_a_longer_secret_is_masked_before_one_it_contains() -> None:
    assert redact("token-abcdef", ["abcdef", "token-abcdef"]) == MASK


def test_ordinary_text_is_left_alone() -> None:
    text = "companies: the vendor answered 503 <b>busy</b> (try later)"
    assert redact(text, [SECRET, "abc"]) == text


def test_a_secret_learnt_later_is_masked_too() -> None:
    redactor = Redactor(["first-secret"])
    redactor.clean("something")
    redactor.add("second-secret")
    assert redactor.clean("first-secret second-secret") == f"{MASK} {MASK}"


def test_secrets_given_at_the_start_are_never_forgotten() -> None:
    redactor = Redactor(["first-secret"])
    for number in range(100):
        redactor.add(f"token-number-{number}")
    assert redactor.clean("first-secret token-number-99") == f"{MASK} {MASK}"


@pytest.mark.parametrize(
    "text",
    ['{"access_token":"fresh-1234"}', "refresh_token=fresh-1234&x=1", '"{\\"client_secret\\": \\"fresh-1234\\"}"'],
)
def test_a_value_named_like_a_token_is_masked_though_unknown(text: str) -> None:
    assert "fresh-1234" not in redact(text, [])


def test_an_excerpt_never_shows_a_secret_wherever_it_is_cut() -> None:
    letters = random.Random(7).choices(string.ascii_letters, k=700)
    secret = "".join(letters)
    redactor = Redactor([secret])
    for before in (0, 60, 100, 119, 4000, 4090, 5000):
        for filler in (b" ", b"x", secret.encode()):
            shown = redactor.excerpt((filler * 20000)[:before] + secret.encode() * 40)
            assert len(shown) <= 120
            assert secret[:12] not in shown


def test_an_excerpt_is_one_line_of_text() -> None:
    assert Redactor().excerpt(b"<html>\n\n  <p>Log\xff in</p>") == "<html> <p>Log\ufffd in</p>"


def test_threads_may_add_and_clean_together() -> None:
    redactor = Redactor(["given-secret"])
    leaks: list[str] = []

    def work(number: int) -> None:
        for turn in range(4):
            secret = f"secret-{number}-{turn}"
            redactor.add(secret)
            if redactor.clean(f"given-secret {secret}") != f"{MASK} {MASK}":
                leaks.append(secret)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert leaks == []


@pytest.mark.parametrize("name", ["httpx", "httpcore", "httpcore.connection", "httpcore.http11"])
def test_the_loggers_of_the_http_libraries_stay_silent_at_any_level(name: str) -> None:
    silence_loggers()
    logger = logging.getLogger(name)
    logger.setLevel(logging.DEBUG)
    assert not logger.isEnabledFor(logging.CRITICAL)
