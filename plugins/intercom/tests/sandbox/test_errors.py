"""Every error answer of Intercom on demand, in its shape."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox
from cshub_intercom.sandbox import ERRORS, Intercom


def answer_of(sandbox: Sandbox[Intercom], client: httpx.Client, name: str) -> httpx.Response:
    sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, times=1))
    return client.get("/contacts")


@pytest.mark.parametrize("name", [name for name, error in ERRORS.items() if error.page is None])
def test_an_error_has_type_code_and_request_id(sandbox: Sandbox[Intercom], client: httpx.Client, name: str) -> None:
    answer, error = answer_of(sandbox, client, name), ERRORS[name]
    body = answer.json()
    assert (answer.status_code, body["type"]) == (error.status, "error.list")
    assert [item["code"] for item in body["errors"]] == [error.code]
    if error.knows_request:
        assert len(body["request_id"]) == 20
        assert body["request_id"].islower() or body["request_id"].isdigit()
        assert body["request_id"].isalnum()
    else:
        assert body["request_id"] is None


@pytest.mark.parametrize("name", ["nginx_not_found", "bad_gateway", "gateway_timeout"])
def test_what_stands_before_intercom_answers_in_html(
    sandbox: Sandbox[Intercom], client: httpx.Client, name: str
) -> None:
    answer = answer_of(sandbox, client, name)
    assert (answer.status_code, answer.headers["content-type"]) == (ERRORS[name].status, "text/html")
    assert "<center>nginx</center>" in answer.text


def test_a_good_status_may_come_with_nothing(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    answer = answer_of(sandbox, client, "empty")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_message_may_be_missing_or_null_and_a_field_named(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    errors = [
        answer_of(sandbox, client, name).json()["errors"][0]
        for name in ("message_missing", "message_null", "parameter_invalid_field")
    ]
    assert "message" not in errors[0]
    assert errors[1]["message"] is None
    assert errors[2]["field"] == "size"


def test_the_facts_statuses_are_all_there() -> None:
    wanted = {400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 415, 422, 423, 429, 500, 502, 503, 504}
    assert wanted <= {error.status for error in ERRORS.values()}


def test_an_unknown_name_says_which_there_are(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    with pytest.raises(ValueError, match="no error 'nope'; there are unauthorized"):
        answer_of(sandbox, client, "nope")


def test_request_ids_differ(client: httpx.Client) -> None:
    assert client.get("/x").json()["request_id"] != client.get("/x").json()["request_id"]


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (FaultKind.UNAUTHORIZED, 401, "unauthorized"),
        (FaultKind.MISSING_SCOPE, 403, "api_plan_restricted"),
        (FaultKind.SERVER_ERROR, 503, "server_error"),
    ],
)
def test_the_generic_faults_are_said_in_its_words(
    sandbox: Sandbox[Intercom], client: httpx.Client, kind: FaultKind, status: int, code: str
) -> None:
    sandbox.faults.add(Fault(kind=kind))
    answer = client.get("/contacts")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "key", "members"),
    [
        ("/contacts", "data", 1),
        ("/conversations", "conversations", 1),
    ],
)
def test_faults_of_lists_find_their_rows_and_cursors(
    sandbox: Sandbox[Intercom], client: httpx.Client, path: str, key: str, members: int
) -> None:
    for n in range(3):
        sandbox.vendor.add(path.strip("/"), {"name" if key == "data" else "title": f"N {n}"})
    sandbox.faults.add(Fault(kind=FaultKind.BAD_ROW, times=1), Fault(kind=FaultKind.SAME_CURSOR, times=2))
    assert client.get(path).json()[key][0]["id"] is None
    first = client.get(path, params={"per_page": 2}).json()
    again = client.get(path, params={"per_page": 2, "starting_after": first["pages"]["next"]["starting_after"]}).json()
    assert again["pages"]["next"]["starting_after"] == first["pages"]["next"]["starting_after"]


@pytest.mark.parametrize(
    ("path", "rows", "cursor"),
    [
        ("/contacts", "data", ("pages", "next", "starting_after")),
        ("/conversations", "conversations", ("pages", "next", "starting_after")),
        ("/conversations/deleted", "conversations", ("pages", "next")),
        ("/companies", "data", ("pages", "next")),
        ("/companies/scroll", "data", ("scroll_param",)),
        ("/admins", "admins", ("pages", "next", "starting_after")),
    ],
)
def test_each_list_has_its_own_shape(
    sandbox: Sandbox[Intercom], client: httpx.Client, path: str, rows: str, cursor: tuple[str, ...]
) -> None:
    body = client.get(path).json()
    shape = sandbox.vendor.page_shape
    assert (shape.rows, shape.cursor) == ((rows,), cursor)
    assert isinstance(body[rows], list)


def test_a_foreign_next_page_is_no_cursor_of_ours(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    ids = [sandbox.vendor.add("contacts", {"name": str(n)}) for n in range(3)]
    sandbox.faults.add(Fault(kind=FaultKind.FOREIGN_NEXT, times=1))
    after = client.get("/contacts", params={"per_page": 2}).json()["pages"]["next"]["starting_after"]
    assert after.startswith("https://203.0.113.9/")
    again = client.get("/contacts", params={"per_page": 3, "starting_after": after}).json()
    assert {row["id"] for row in again["data"]} == set(ids)
