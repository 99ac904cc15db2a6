"""An official file as a judge: what it has against requests and answers, and what OpenAPI itself lets pass."""

from __future__ import annotations

from typing import Any

import pytest

from cshub.testing.openapi import Exchange, OfficialFile

HOST = "https://api.helpdesk.example"
ANSWER = b'{"id": "7"}'


def document() -> dict[str, Any]:
    record = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
    answers = {"200": {"description": "", "content": {"application/json": {"schema": record}}}}
    path = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    guard = {"security": [{"key": []}]}
    mine: dict[str, Any] = {"get": {"responses": answers, "summary": "mine"}}
    return {
        "openapi": "3.0.0",
        "info": {"title": "", "version": "1"},
        "servers": [{"url": "/somewhere"}],
        "paths": {
            "/records/{id}": {"get": {"parameters": [path, limit], "responses": answers, **guard}},
            "/records/mine": mine,
        },
        "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "query", "name": "key"}}},
        **guard,
    }


@pytest.fixture(scope="module")
def file() -> OfficialFile:
    return OfficialFile(document(), HOST)


def asked(query: str = "", *, path: str = "/records/7", answer: bytes = ANSWER) -> Exchange:
    return Exchange(method="GET", path=path, query=query, status=200, answer=answer)


def test_a_good_exchange_has_nothing_against_it_whatever_the_file_says_of_keys(file: OfficialFile) -> None:
    good = asked("limit=5")
    assert file.of_request(good) + file.of_answer(good) + file.unlisted(good) == []


def test_what_is_wrong_with_an_answer_names_its_place(file: OfficialFile) -> None:
    (complaint,) = file.of_answer(asked(answer=b'{"id": 7}'))
    assert complaint.startswith("id: 7 is not of type")


def test_what_is_wrong_with_a_request_is_said(file: OfficialFile) -> None:
    assert any("100" in complaint for complaint in file.of_request(asked("limit=101")))


def test_a_parameter_the_operation_does_not_list_is_named(file: OfficialFile) -> None:
    assert file.unlisted(asked("limit=5&page=&page=2")) == ["page"]


def test_a_path_without_variables_is_known_before_one_with_them(file: OfficialFile) -> None:
    assert file.operation("GET", "/records/mine")["summary"] == "mine"
    assert file.operation("DELETE", "/records/mine") == {}


def test_an_exchange_can_be_judged_under_the_path_the_file_writes(file: OfficialFile) -> None:
    dated = asked(path="/2026-09/records/7")
    assert file.of_answer(dated) != []
    assert file.of_answer(dated, "/records/7") == []


def test_a_bearer_token_is_seen() -> None:
    plain = asked()
    assert not plain.is_bearer
    assert Exchange(method="GET", path="/", status=200, headers={"authorization": "Bearer x"}).is_bearer
