"""What a project holds when it is made."""

from __future__ import annotations

from cshub.testing.company import generate
from cshub.testing.sandbox import SandboxClock, Vendor, find_sandbox
from cshub_satismeter.sandbox import create

from .conftest import NOW

SIZE = 60


def metrics(row: dict[str, object]) -> dict[str, object]:
    answers = row["answers"]
    assert isinstance(answers, list)
    return {one["metric"]: one["value"] for one in answers if one.get("metric")}


def test_equal_seeds_make_equal_projects() -> None:
    one, two, other = (create(clock=SandboxClock(NOW, ticking=False), customers=SIZE, seed=seed) for seed in (7, 7, 8))
    assert one.vendor.dump("responses") == two.vendor.dump("responses") != other.vendor.dump("responses")
    assert one.credentials == two.credentials != other.credentials
    assert len(one.writes) == 0


def test_an_empty_project_has_its_surveys_alone(clock: SandboxClock) -> None:
    assert create(clock=clock, empty=True).vendor.objects() == {"responses": 0, "users": 0, "campaigns": 6}


def test_every_answer_of_the_company_stands_here_with_what_it_carries(clock: SandboxClock) -> None:
    vendor = create(clock=clock, customers=SIZE).vendor
    company = generate(now=NOW, customers=SIZE)
    accounts = {account.key: account for account in company.accounts}
    contacts = {contact.key: contact for contact in company.contacts}
    rows = {row["id"]: row for row in vendor.dump("responses")}
    for said in company.responses:
        row = rows[vendor.ids[said.key]]
        user = row["user"]
        assert isinstance(user, dict)
        assert metrics(dict(row))[said.metric] == said.value
        external = accounts[said.account].external_id if "external_id" in said.carries else None
        email = contacts[said.contact].email if "email" in said.carries else None
        assert user["groups"] == ({"company": external} if external else {})
        assert (user["traits"].get("companyId"), user["email"], user["traits"].get("email")) == (external, email, email)
        assert (user["userId"] is None) is (not said.carries)


def test_some_hold_several_metrics_some_none_and_some_are_closed_or_not_finished(clock: SandboxClock) -> None:
    vendor = create(clock=clock, customers=200).vendor
    sizes = {len(metrics(dict(row))) for row in vendor.dump("responses")}
    assert sizes == {0, 1, 3}
    responses = vendor.project.responses.values()
    assert {(one.dismissed, one.completed) for one in responses} == {(False, True), (True, False), (False, False)}
    assert any(str(value).endswith("\n") for one in responses for value in one.answers.values())


def test_the_sandbox_is_found_by_its_name_and_is_a_vendor(clock: SandboxClock) -> None:
    vendor: Vendor = find_sandbox("satismeter")(clock=clock, customers=2).vendor
    assert vendor.objects()["campaigns"] == 6


def test_people_add_change_and_remove_things(clock: SandboxClock) -> None:
    vendor = create(clock=clock, empty=True).vendor
    person = vendor.add("users", {"userId": "u", "name": "Ada"})
    vendor.edit("users", person, {"name": "Eva"})
    response = vendor.add("responses", {"ces": "4", "user": person})
    vendor.edit("responses", response, {"ces": ""})
    survey = vendor.add("campaigns", {"name": "New"})
    vendor.edit("campaigns", survey, {"state": "paused"})
    assert vendor.objects() == {"responses": 1, "users": 1, "campaigns": 7}
    assert vendor.dump("responses")[0]["answers"] == []
    assert [entry.by for entry in vendor.writes] == ["human"] * 3
    vendor.remove("users", person)
    vendor.remove("responses", response)
    vendor.remove("campaigns", survey)
    assert vendor.objects() == {"responses": 0, "users": 0, "campaigns": 6}
