"""Contexts for tests make the clients that the core makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from pydantic import SecretStr

from cshub import Bearer, RequestRefused, VendorTrouble, Window, WSGITransport
from cshub.testing import ManualClock, context
from cshub.testing.connection import nobody


def refusing(environ: dict[str, object], start: Callable[..., object]) -> Iterable[bytes]:
    start("400 Bad Request", [("Content-Type", "text/plain")])
    return [str(environ["HTTP_AUTHORIZATION"]).encode()]


def test_a_client_speaks_over_the_transport_and_masks_secrets() -> None:
    made = context(connection="crm", transport=WSGITransport(app=refusing), secrets=[SecretStr("s3cr3t-token")])
    client = made.client(origin="https://api.vendor.test", auth=Bearer("s3cr3t-token"))
    with client, pytest.raises(RequestRefused, match="crm: things list") as error:
        client.get("/things", label="things list")
    assert "s3cr3t" not in str(error.value)


def test_a_budget_is_waited_for_on_the_manual_clock() -> None:
    clock = ManualClock()
    made = context(clock=clock, transport=WSGITransport(app=lambda environ, start: (start("200 OK", []), [b"{}"])[1]))
    with made.client(origin="https://api.vendor.test", budget={"default": [Window(1, 60)]}) as client:
        for _ in range(3):
            client.get("/things", label="things list")
    assert clock.waited_s == pytest.approx(120)


def test_nobody_answers_where_nobody_listens() -> None:
    clock = ManualClock()
    with (
        nobody(clock) as transport,
        context(transport=transport, clock=clock).client(origin="https://a.test") as client,
        pytest.raises(VendorTrouble, match="refused"),
    ):
        client.get("/things", label="things list")


def test_what_is_owned_and_where_files_are_reaches_the_connector(tmp_path: Path) -> None:
    made = context(owned={"companies": ("cshub_health",)}, folder=str(tmp_path))
    assert (made.owned["companies"], made.folder) == (("cshub_health",), str(tmp_path))
