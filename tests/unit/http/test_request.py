from __future__ import annotations

import pytest

from cshub.http.request import Ask, Params, called, with_params


@pytest.mark.parametrize(
    ("params", "query"),
    [
        (None, ""),
        ({}, ""),
        ({"a": None}, ""),
        ({"a": 1, "b": "x y"}, "?a=1&b=x%20y"),
        ({"archived": False, "all": True}, "?archived=false&all=true"),
        ({"id": ["1", "2"]}, "?id=1&id=2"),
        ({"q": "a/b&c=d+é"}, "?q=a%2Fb%26c%3Dd%2B%C3%A9"),
    ],
)
def test_params_become_a_query(params: Params | None, query: str) -> None:
    assert with_params("/contacts", params) == f"/contacts{query}"


def test_params_are_added_to_a_query_that_is_there() -> None:
    assert with_params("/contacts?a=1", {"b": 2}) == "/contacts?a=1&b=2"


def test_json_and_forms_say_what_they_are() -> None:
    with_json = called("POST", "/", Ask(label="x", json={"a": "é"}))
    assert (with_json.body, with_json.headers) == ('{"a":"é"}'.encode(), {"Content-Type": "application/json"})
    with_form = called("POST", "/", Ask(label="x", form={"a": "b c"}))
    assert with_form.body == b"a=b+c"
    assert with_form.headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_an_empty_json_object_is_a_body() -> None:
    assert called("POST", "/", Ask(label="x", json={})).body == b"{}"
