"""Survey answers of accounts with Service Hub, read when the settings ask for them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cshub.testing.company import generate

from .conftest import NOW, Account, Open, Reader

SIZE = 60
STREAM = "feedback_submissions"


def surveyed(open_account: Open, **switches: object) -> Account:
    return open_account(customers=SIZE, surveys="all", tickets="none", **switches)


@pytest.mark.parametrize("generation", ["2026-09", "classic"])
def test_every_answer_becomes_a_response_of_its_contact_and_company(open_account: Open, generation: str) -> None:
    account = surveyed(open_account, generation=generation)
    reader = Reader(account, STREAM, settings={"surveys": True, "responses": {"comment": "hs_content"}})
    reader.pull()
    ids = account.sandbox.vendor.ids
    said = generate(now=NOW, customers=SIZE).responses
    assert len(reader.rows) == len(said)
    for one in said:
        id = ids[one.key]
        assert (reader.column("metric", id), reader.column("value", id)) == (one.metric, one.value)
        assert reader.column("contact_id", id) == ids[one.contact]
        assert reader.column("account_id", id) == (ids[one.account] if "external_id" in one.carries else None)
        assert reader.rows[id][-1] == {"comment": one.comment}


def test_new_answers_and_changed_ones_are_found(open_account: Open) -> None:
    account = surveyed(open_account)
    reader = Reader(account, STREAM, settings={"surveys": True})
    reader.pull()
    account.tick(minutes=20)
    new = account.add(STREAM, hs_survey_type="CES", hs_value="3", hs_submission_timestamp="2026-09-15T09:00:00Z")
    asked_else = account.add(STREAM, hs_survey_type="CUSTOM")
    account.tick(minutes=20)
    reader.pull()
    assert (reader.column("metric", new), reader.column("value", new)) == ("ces", 3)
    assert (reader.column("metric", asked_else), reader.column("value", asked_else)) == (None, None)


def test_the_mark_may_stand_in_another_property(open_account: Open) -> None:
    account = surveyed(open_account)
    reader = Reader(account, STREAM, settings={"surveys": True, "responses": {"value": "hs_survey_id"}})
    id = account.add(STREAM, hs_survey_type="NPS", hs_value="1", hs_survey_id="9")
    reader.pull()
    assert reader.column("value", id) == 9


def test_nobody_is_asked_for_surveys_unless_the_settings_want_them(account: Account) -> None:
    for given, wanted in (({}, False), ({"surveys": True}, True)):
        account.forget()
        account.connect(**given).check()
        assert any(STREAM in path for path in account.paths) is wanted
    with pytest.raises(ValidationError, match="surveys: true"):
        account.settings(responses={"value": "hs_value"})


def test_an_account_without_the_right_is_told_so(open_account: Open) -> None:
    scopes = ["crm.objects.companies.read", "crm.objects.contacts.read", "crm.objects.deals.read", "tickets"]
    account = open_account(scopes=[*scopes, "crm.objects.owners.read"])
    found = account.connect(surveys=True).check()
    assert found.missing_scopes == {STREAM: ("crm.objects.feedback_submissions.read",)}
