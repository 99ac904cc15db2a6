"""Looking around: which project, which surveys, and whether responses say whose they are."""

from __future__ import annotations

import pytest

from cshub import AnswerError, CredentialsError, Finding, PermissionMissing, RequestRefused, VendorTrouble

from .conftest import KEY, PROJECT, Project, Reader, hex24, nps


def finding(reader: Reader, name: str) -> Finding:
    return next(each for each in reader.source().check().findings if each.check == name)


def test_a_project_is_named_with_its_surveys(project: Project, reader: Reader) -> None:
    found = reader.source().check()
    assert (found.org, found.account) == (PROJECT, "SatisMeter Acme")
    assert all(each.ok for each in found.findings)
    assert finding(reader, "surveys").message == "NPS (nps, live)"
    assert {request.method for request in project.requests} == {"GET"}


@pytest.mark.parametrize("body", [{"data": {"id": PROJECT, "name": "Bare"}}, {"id": PROJECT, "name": "Bare"}])
def test_a_project_may_come_bare(project: Project, reader: Reader, body: object) -> None:
    project.instead = [(200, body)]
    assert reader.source().check().account == "SatisMeter Bare"


def test_a_wrong_key_is_told(project: Project, reader: Reader) -> None:
    reader.settings = {"token": "wrong"}
    with pytest.raises(CredentialsError, match="does not accept the API key: Unauthorized"):
        reader.source().check()


@pytest.mark.parametrize(("status", "error"), [(403, PermissionMissing), (404, RequestRefused), (503, VendorTrouble)])
def test_what_else_is_wrong_is_told_apart(
    project: Project, reader: Reader, status: int, error: type[Exception]
) -> None:
    project.instead = [(status, None)] * 10
    with pytest.raises(error, match="survey: project"):
        reader.source().check()


@pytest.mark.parametrize("body", [[], "x", {"data": []}])
def test_a_project_that_is_none_is_an_error(project: Project, reader: Reader, body: object) -> None:
    project.instead = [(200, body)]
    with pytest.raises(AnswerError, match="survey: project"):
        reader.source().check()


def test_a_survey_that_is_not_there_is_named(reader: Reader) -> None:
    reader.settings = {"campaigns": [hex24(500), hex24(501)]}
    found = finding(reader, "surveys")
    assert not found.ok
    assert hex24(501) in found.message
    assert hex24(500) not in found.message


def test_surveys_that_are_no_list_are_an_error(project: Project, reader: Reader) -> None:
    project.instead = [None, None, (200, {"data": "none"})]
    with pytest.raises(AnswerError, match="without a list of surveys"):
        reader.source().check()


@pytest.mark.parametrize(
    ("traits", "settings", "ok", "message"),
    [
        ({"email": "a@x.example"}, {}, True, "of 1 responses, 1 name an e-mail address"),
        ({}, {}, False, "of 1 responses, 0 name an e-mail address"),
        (
            {"companyId": 7},
            {"account_external_id": "traits.companyId"},
            True,
            "0 name an e-mail address, 1 traits.companyId",
        ),
        ({"email": "a@x.example"}, {"account_external_id": "traits.companyId"}, False, "0 traits.companyId"),
        ({"companyId": {}}, {"account_external_id": "traits.companyId"}, False, "0 traits.companyId"),
    ],
)
def test_responses_that_name_no_customer_are_told(
    project: Project,
    reader: Reader,
    traits: dict[str, object],
    settings: dict[str, object],
    ok: bool,
    message: str,
) -> None:
    project.add(nps(9), user={"deleted": False, "traits": traits})
    reader.settings = settings
    found = finding(reader, "references")
    assert found.ok is ok
    assert message in found.message
    assert (found.fix is None) is ok


def test_no_response_yet_is_well(reader: Reader) -> None:
    reader.settings = {"account_external_id": "traits.companyId"}
    assert finding(reader, "references").ok


def test_nothing_shows_the_key(project: Project, reader: Reader) -> None:
    project.instead = [(400, {"errors": [{"title": f"bad header Bearer {KEY}"}]})]
    with pytest.raises(RequestRefused) as caught:
        reader.source().check()
    assert KEY not in f"{caught.value!s} {caught.value!r} {reader.declared()!r}"
