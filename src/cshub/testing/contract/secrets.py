"""Rules about secrets: whatever a vendor echoes, no byte of a credential reaches a message, a log or the screen."""

from __future__ import annotations

import base64
import io
import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, cast
from urllib.parse import quote

from ...connector import Destination, Source
from ...http import Transport, WSGITransport
from ...model import RecordWrite, WriteBatch
from .declared import credentials_of
from .trial import Trial

_STATUSES = ("400 Bad Request", "401 Unauthorized", "403 Forbidden", "404 Not Found", "200 OK")


def secrets_are_never_shown(trial: Trial) -> None:
    """A vendor that sends back everything it was sent does not get a secret into an error, a log or the output."""
    secrets = credentials_of(trial)
    if not secrets:
        return
    heard = io.StringIO()
    for status in _STATUSES:
        with listening(heard):
            for work in _calls(trial, WSGITransport(app=cast(Any, echo(status)))):
                heard.write(_ending(work))
    text = heard.getvalue()
    for secret in secrets:
        seen = [spelling for spelling in spellings(secret) if spelling in text]
        assert not seen, f"a credential is shown, near {_near(text, seen[0])!r}"


def _calls(trial: Trial, transport: Transport) -> Iterator[Callable[[], object]]:
    """Everything a connection can be asked."""
    now = trial.clock.now()
    adapter = trial.open(transport=transport)
    if isinstance(adapter, Source):
        yield adapter.check
        for stream in trial.streams:
            yield lambda stream=stream: list(adapter.pull(stream, None, now))  # type: ignore[misc]  # a default binds the loop's own stream
    if isinstance(adapter, Destination) and trial.connector.target:
        target = trial.connector.target
        batch = WriteBatch(target=target, records=(RecordWrite(id="1", values={"a_field": "x"}),))
        yield lambda: adapter.describe(target)
        yield lambda: list(adapter.write(batch))


def _ending(work: Callable[[], object]) -> str:
    """How the work ended, as text: what it gave, or its error with the whole trace."""
    try:
        return repr(work())
    except Exception as error:  # noqa: BLE001 - whatever it raises is looked at, not handled
        return "".join((*traceback.format_exception(error), str(error), repr(error), repr(vars(error))))


@contextmanager
def listening(heard: io.StringIO) -> Iterator[None]:
    """Hear everything that is logged, at any level, or printed."""
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with redirect_stdout(heard), redirect_stderr(heard):
            yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def echo(status: str) -> Callable[[dict[str, object], Callable[..., object]], Iterable[bytes]]:
    """A WSGI application that answers with all it was sent: plain, percent-encoded and in base64."""

    def answer(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
        body = cast(Any, environ["wsgi.input"]).read()
        sent = "\n".join(
            f"{key}: {value}" for key, value in environ.items() if key.startswith(("HTTP_", "QUERY", "PATH"))
        )
        plain = sent.encode() + b"\n" + body
        told = b" ".join((plain, base64.b64encode(plain), quote(plain).encode()))
        start(status, [("Content-Type", "text/plain"), ("Content-Length", str(len(told)))])
        return [told]

    return answer


def spellings(secret: str) -> set[str]:
    """A secret as it stands, percent-encoded, and in base64 wherever in the encoded text it begins."""
    found = {secret, quote(secret, safe="")}
    raw = secret.encode()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw).decode()
        found.add(encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6])
    return found


def _near(text: str, secret: str) -> str:
    """The words around it, without it."""
    at = text.index(secret)
    return f"{text[max(0, at - 60) : at]}…{text[at + len(secret) : at + len(secret) + 20]}".replace(secret, "…")


RULES = (secrets_are_never_shown,)
