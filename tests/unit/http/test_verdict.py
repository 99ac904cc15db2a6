from __future__ import annotations

import traceback

import httpx
import pytest

from cshub.errors import CredentialsError, PermissionMissing, RateLimited, RequestRefused, VendorError, VendorTrouble
from cshub.http import Answer, Budget, Explain, Wait

from .conftest import ClientFor, ManualClock


def explains(verdict: VendorError | Wait | None) -> Explain:
    return lambda _: verdict


def refusing(status: int, body: str = "", **headers: str) -> httpx.MockTransport:
    return httpx.MockTransport(lambda _: httpx.Response(status, text=body, headers=headers))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, CredentialsError),
        (403, PermissionMissing),
        (404, RequestRefused),
        (429, RateLimited),
        (500, VendorTrouble),
    ],
)
def test_the_usual_mapping_names_who_must_act(status: int, kind: type[VendorError], client_for: ClientFor) -> None:
    client = client_for(transport=refusing(status, "no way", **{"x-request-id": "r-1"}))
    with pytest.raises(kind) as caught:
        client.get("/", label="contacts list")
    assert caught.value.status == status
    assert caught.value.where == "crm: contacts list"
    assert caught.value.request_id == "r-1"
    assert "no way" in str(caught.value)


def test_the_plugins_word_goes_first_and_is_completed(client_for: ClientFor) -> None:
    error = PermissionMissing("the token lacks a scope", scopes=["crm.objects.contacts.read"])
    client = client_for(transport=refusing(400, **{"x-request-id": "r-1"}), explain=explains(error))
    with pytest.raises(PermissionMissing) as caught:
        client.get("/", label="contacts list")
    assert caught.value.scopes == ("crm.objects.contacts.read",)
    assert (caught.value.status, caught.value.where, caught.value.request_id) == (400, "crm: contacts list", "r-1")


def test_a_rate_limit_in_another_dress_is_waited_out(client_for: ClientFor, clock: ManualClock) -> None:
    answers = [httpx.Response(403, text="REQUEST_LIMIT_EXCEEDED"), httpx.Response(200, json={})]
    client = client_for(lambda _: answers.pop(0), explain=explains(Wait(10)))
    assert client.get("/", label="contacts list").status == 200
    assert clock.waited_s == pytest.approx(10, abs=1)


def test_a_wait_may_pause_another_group(client_for: ClientFor, clock: ManualClock) -> None:
    budget = Budget({"search": []}, clock)
    answers = [httpx.Response(429), httpx.Response(200, json={})]
    client = client_for(lambda _: answers.pop(0), explain=explains(Wait(2, "search")), budget=budget)
    client.get("/", label="contacts list")
    budget.take("search")
    assert clock.waited_s == pytest.approx(2, abs=0.6)


def test_none_means_the_usual_mapping(client_for: ClientFor) -> None:
    client = client_for(transport=refusing(404), explain=explains(None))
    with pytest.raises(RequestRefused):
        client.get("/", label="contacts list")


def test_the_request_id_is_found_by_the_plugins_rule(client_for: ClientFor) -> None:
    def correlation(answer: Answer) -> str | None:
        return str(answer.object()["correlationId"])

    client = client_for(transport=refusing(404, '{"correlationId": "c-7"}'), request_id_of=correlation)
    with pytest.raises(RequestRefused, match=r"\[vendor request c-7\]"):
        client.get("/", label="contacts list")


SECRET = "canary/secret+1234"


@pytest.mark.parametrize("echo", [SECRET, "canary%2Fsecret%2B1234", "Y2FuYXJ5L3NlY3JldCsxMjM0", "canary\\/secret+1234"])
@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500])
def test_a_vendor_that_echoes_the_token_never_gets_it_shown(status: int, echo: str, client_for: ClientFor) -> None:
    client = client_for(transport=refusing(status, f"bad token {echo}", **{"x-request-id": echo}), secrets=[SECRET])
    with pytest.raises(VendorError) as caught:
        client.get("/", label="contacts list").json()
    shown = f"{''.join(traceback.format_exception(caught.value))} {caught.value!r} {caught.value.request_id}"
    assert echo not in shown
    assert "[secret]" in shown


def test_a_plugin_that_quotes_the_token_does_not_show_it(client_for: ClientFor) -> None:
    error = RequestRefused(f"vendor said {SECRET}", hint=f"look at {SECRET}", where=f"crm {SECRET}", request_id=SECRET)
    client = client_for(transport=refusing(400), explain=explains(error), secrets=[SECRET])
    with pytest.raises(RequestRefused) as caught:
        client.get("/", label="contacts list")
    assert SECRET not in f"{caught.value} {caught.value!r}"
