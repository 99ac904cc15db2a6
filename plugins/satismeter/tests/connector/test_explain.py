"""Refusals by table: who has to act, in whose words, body or not."""

from __future__ import annotations

import pytest

from cshub import Answer, CredentialsError, PermissionMissing, RateLimited, RequestRefused, VendorError, VendorTrouble
from cshub_satismeter.explain import explain, sentence

from .conftest import Project, Reader

TITLE = {"errors": [{"title": "The vendor's\n own words"}, {"title": "and more"}, {"title": "and more"}]}
BODIES: dict[str, tuple[object, str]] = {
    "v3": (TITLE, "The vendor's own words; and more"),
    "empty": (None, ""),
    "no JSON": (b"<html>", ""),
    "no list": ({"errors": "Boom"}, ""),
    "no titles": ({"errors": [{"code": 7}, {"title": 7}, "x"]}, ""),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("status", "error", "hint"),
    [
        (400, RequestRefused, ""),
        (401, CredentialsError, "not the write key"),
        (403, PermissionMissing, "a key is good for one project"),
        (404, RequestRefused, "check `project`"),
        (406, RequestRefused, ""),
        (422, RequestRefused, ""),
    ],
)
def test_a_refusal_is_told_at_once(
    project: Project, reader: Reader, status: int, error: type[VendorError], hint: str, body: str
) -> None:
    said, words = BODIES[body]
    project.instead = [(status, said)]
    with pytest.raises(error) as caught:
        reader.pull()
    assert type(caught.value) is error
    assert caught.value.status == status
    assert words in str(caught.value)
    assert hint in (caught.value.hint or "")
    assert "survey: responses list" in str(caught.value)
    assert len(project.requests) == 1


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    ("status", "error"), [(408, VendorTrouble), (429, RateLimited), (500, VendorTrouble), (503, VendorTrouble)]
)
def test_what_passes_is_tried_again_for_a_minute(
    project: Project, reader: Reader, status: int, error: type[VendorError], body: str
) -> None:
    project.instead = [(status, BODIES[body][0])] * 20
    with pytest.raises(error) as caught:
        reader.pull()
    assert type(caught.value) is error
    assert len(project.requests) == 7
    assert project.clock.waited_s >= 60


def test_a_long_word_of_the_vendors_is_cut() -> None:
    content = b'{"errors": [{"title": "' + b"x" * 2000 + b'"}]}'
    answer = Answer(status=400, headers={}, content=content, url="/", label="responses list")
    assert len(sentence(answer)) < 520
    assert isinstance(explain(answer), RequestRefused)
