"""The seeded company's answers as this project got them."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.company import Account, Company, Contact
from cshub.testing.company import Response as Said

from .inserting import tell
from .project import Project
from .records import Campaign, Person, Response, Value
from .times import to_ms

#: Of the NPS answers, one in so many came from the survey that asks several things at once.
SEVERAL_EVERY = 12
#: One in so many people closes a survey without an answer.
CLOSED_EVERY = 40
NEWLINE_EVERY = 7
METHODS = ("In-app", "In-app", "Email", "Form", "Mobile", "Reminder")


def seed_company(project: Project, company: Company) -> dict[str, str]:
    """Fill the project; keys of responses and of contacts who answered → the ids they got here.

    Surveys have the keys `survey-nps`, `survey-csat` and so on.
    """
    accounts = {account.key: account for account in company.accounts}
    contacts = {contact.key: contact for contact in company.contacts}
    ids = {f"survey-{key}": survey.id for key, survey in project.surveys.items()}
    for place, said in enumerate(company.responses, start=1):
        person = _person(project, said, accounts[said.account], contacts[said.contact])
        ids[said.contact] = person.id
        ids[said.key] = _response(project, said, person, place).id
        if place % CLOSED_EVERY == 0:
            _closed(project, said)
    return ids


def _person(project: Project, said: Said, account: Account, contact: Contact) -> Person:
    created = to_ms(said.answered_at)
    if not said.carries:
        return project.new_person(anonymous_id=f"anon-{said.key}", created_ms=created)
    person = project.new_person(user_id=f"u-{contact.key}", created_ms=created)
    if "external_id" in said.carries and account.external_id:
        tell(person, {"companyId": account.external_id})
    if "email" in said.carries and contact.email:
        tell(person, {"name": f"{contact.first_name} {contact.last_name}", "email": contact.email})
    # Traits may be nested: the customer's page sends what it likes.
    tell(person, {"custom": {"plan": "pro", "seats": 5}})
    return person


def _response(project: Project, said: Said, person: Person, place: int) -> Response:
    has_several = said.metric == "nps" and place % SEVERAL_EVERY == 0
    campaign = project.surveys["relationship" if has_several else said.metric]
    answers = _answers(campaign, said, _marks(said) if has_several else {said.metric: said.value}, place)
    method = METHODS[place % len(METHODS)]
    response = project.receive(campaign, person, answers, created_ms=to_ms(said.answered_at), method=method)
    # Without a comment it was closed after the mark, or the person may still go on.
    response.dismissed = not response.completed and place % 2 == 0
    return response


def _marks(said: Said) -> dict[str, int]:
    of_five = 1 + said.value * 4 // 10
    return {"nps": said.value, "csat": of_five, "ces": of_five}


def _answers(campaign: Campaign, said: Said, marks: Mapping[str, int], place: int) -> dict[str, Value]:
    values: dict[str, Value] = dict(marks)
    if said.comment:
        values["comment"] = said.comment + ("\n" if place % NEWLINE_EVERY == 0 else "")
    answers = {question.id: value for key, value in values.items() if (question := campaign.question(key))}
    if len(marks) > 1:
        answers |= _others(campaign)
    return answers


def _others(campaign: Campaign) -> dict[str, Value]:
    given: dict[str | None, Value] = {
        "scale": 4,
        "single-choice": "Support",
        "multiple-choice": ["Reports", "Export"],
        None: "A spreadsheet",
    }
    return {one.id: given[one.type] for one in campaign.questions if not one.metric and one.type in given}


def _closed(project: Project, said: Said) -> None:
    person = project.new_person(anonymous_id=f"anon-closed-{said.key}", created_ms=to_ms(said.answered_at))
    response = project.receive(project.surveys["nps"], person, {}, created_ms=to_ms(said.answered_at))
    response.dismissed = True
