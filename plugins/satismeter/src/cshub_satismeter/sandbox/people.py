"""What people do in front of a survey and behind it: answer, go on, come back, close it, or have themselves deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .inserting import tell
from .project import Project
from .records import Campaign, Person, Value
from .surveys import new_id
from .times import parse

ABOUT_PERSON = ("userId", "anonymousId", "name", "email", "companyId")
ABOUT_RESPONSE = ("campaign", "created", "dismissed", "completed", "user")


def add_response(project: Project, values: Mapping[str, str]) -> str:
    """Somebody answers a survey.

    `campaign` is its id or one of `project.surveys` (the first metric's own, else `nps`); `nps`, `csat`, `ces`, `pmf`,
    `comment` or a question's id are answers; `userId`, `email`, `name` and `companyId` say who it is, nobody else an
    anonymous person; `user` is the id of somebody known; `created`, `dismissed` and `completed` are what they say.
    Raises ValueError for an answer to no question.
    """
    metric = next((name for name in ("nps", "csat", "ces", "pmf") if name in values), "nps")
    asked = values.get("campaign", metric)
    campaign = project.campaigns.get(asked) or project.surveys[asked]
    created = parse(values["created"]) if "created" in values else None
    answers = _answers(campaign, values)
    response = project.receive(campaign, _person(project, values), answers, created_ms=created)
    _close(project, response.id, values)
    return response.id


def edit_response(project: Project, response_id: str, values: Mapping[str, str]) -> None:
    """The person goes on or comes back: answers are added or changed, an empty one is taken back; `created` stays.

    Raises KeyError when there is no such response.
    """
    response = project.responses[response_id]
    campaign = project.campaigns[response.campaign]
    taken_back = {question.id for key in values if not values[key] and (question := campaign.question(key))}
    response.answers |= _answers(campaign, values)
    response.answers = {key: value for key, value in response.answers.items() if key not in taken_back}
    response.completed = all(question.id in response.answers for question in campaign.questions)
    _close(project, response_id, values)
    project.log("responses", response_id, values, "human")


def add_person(project: Project, values: Mapping[str, str]) -> str:
    """The customer's page tells of somebody."""
    return _person(project, values).id


def edit_person(project: Project, person_id: str, values: Mapping[str, str]) -> None:
    """The customer's page tells something else. Raises KeyError."""
    person = _living(project, person_id)
    _tell(person, values)
    project.log("users", person_id, values, "human")


def remove_person(project: Project, person_id: str) -> None:
    """Personal data go, responses stay. Raises KeyError."""
    _living(project, person_id).forget()


def add_campaign(project: Project, values: Mapping[str, str]) -> str:
    """A new survey without questions."""
    told = {"name": "Survey", "type": "custom", "state": "draft"} | dict(values)
    campaign = Campaign(
        id=new_id(project.random), name=told["name"], type=told["type"], state=told["state"], questions=()
    )
    project.campaigns[campaign.id] = campaign
    return campaign.id


def edit_campaign(project: Project, campaign_id: str, values: Mapping[str, str]) -> None:
    """Another name, type or state. Raises KeyError."""
    campaign = project.campaigns[campaign_id]
    campaign.name = values.get("name", campaign.name)
    campaign.type = values.get("type", campaign.type)
    campaign.state = values.get("state", campaign.state)
    project.log("campaigns", campaign_id, values, "human")


def remove_campaign(project: Project, campaign_id: str) -> None:
    """A survey is gone, and what was answered with it. Raises KeyError."""
    del project.campaigns[campaign_id]
    for number in [one.id for one in project.responses.values() if one.campaign == campaign_id]:
        project.drop(number)


ADD: dict[str, Callable[[Project, Mapping[str, str]], str]] = {
    "responses": add_response,
    "users": add_person,
    "campaigns": add_campaign,
}
EDIT: dict[str, Callable[[Project, str, Mapping[str, str]], None]] = {
    "responses": edit_response,
    "users": edit_person,
    "campaigns": edit_campaign,
}
REMOVE: dict[str, Callable[[Project, str], None]] = {
    "responses": Project.drop,
    "users": remove_person,
    "campaigns": remove_campaign,
}


def _answers(campaign: Campaign, values: Mapping[str, str]) -> dict[str, Value]:
    answers: dict[str, Value] = {}
    for key, text in values.items():
        if key in ABOUT_PERSON or key in ABOUT_RESPONSE or not text:
            continue
        question = campaign.question(key)
        if question is None:
            raise ValueError(f"survey {campaign.name} has no question {key!r}")
        answers[question.id] = _value(question.type, text)
    return answers


def _value(kind: str | None, text: str) -> Value:
    if kind in ("scale", "smiley"):
        return int(text)
    return text.split(";") if kind == "multiple-choice" else text


def _person(project: Project, values: Mapping[str, str]) -> Person:
    if "user" in values:
        return _living(project, values["user"])
    known = project.person_of(values.get("userId"), values.get("anonymousId"))
    is_known = any(name in values for name in ("userId", "email", "companyId"))
    stranger = None if is_known else values.get("anonymousId") or new_id(project.random)
    user_id = values.get("userId") or (values.get("email") if is_known else None)
    person = known or project.new_person(user_id=user_id, anonymous_id=stranger)
    _tell(person, values)
    return person


def _tell(person: Person, values: Mapping[str, str]) -> None:
    tell(person, {name: values[name] for name in ("name", "email", "companyId") if name in values})


def _living(project: Project, person_id: str) -> Person:
    person = project.people[person_id]
    if person.deleted:
        raise KeyError(person_id)
    return person


def _close(project: Project, response_id: str, values: Mapping[str, str]) -> None:
    response = project.responses[response_id]
    response.dismissed = values.get("dismissed", str(response.dismissed)).lower() == "true"
    if "completed" in values:
        response.completed = values["completed"].lower() == "true"
