"""The writing calls: a response with the public write key, and people made, changed, followed and deleted."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.sandbox import JSON, Response, json_response

from . import showing
from .call import Call
from .project import Project
from .records import Campaign, Person, Value
from .refusals import bad_request, not_found


def insert(call: Call) -> Response:
    """Take a response. It needs no key but the public one in its body; rules of targeting forbid a second one."""
    body, project = call.body(), call.project
    if body.get("writeKey") != project.write_key:
        raise bad_request("Invalid writeKey")
    campaign = project.campaigns.get(str(body.get("campaign")))
    if campaign is None or campaign.state != "live":
        raise bad_request("Invalid campaign")
    person = _respondent(project, body)
    if not body.get("forceSurvey") and _has_answered(project, campaign, person):
        raise bad_request("Duplicate response")
    method = str(body.get("method") or "Form")
    taken = project.receive(campaign, person, _answers(campaign, body), method=method)
    project.log("responses", taken.id, taken.answers, "api")
    return json_response(showing.old_response(project, taken), 201)


def put_person(call: Call) -> Response:
    """Make a person or change one, and note an event when the body names one."""
    body, project = call.body(), call.project
    user_id = body.get("userId")
    if not isinstance(user_id, str) or not user_id:
        raise bad_request("userId is required")
    if body.get("project") != project.id:
        raise not_found()
    person = project.person_of(user_id) or project.new_person(user_id=user_id)
    traits = body.get("traits")
    tell(person, traits if isinstance(traits, dict) else {})
    if body.get("event"):
        person.events.append({"name": body["event"], "created": project.clock.now().isoformat()})
    project.log("users", person.id, traits if isinstance(traits, dict) else {}, "api")
    return json_response(showing.old_user(project, person))


def delete_person(call: Call) -> Response:
    """Remove what is known of a person; what they answered stays."""
    person = call.project.people.get(call.params["id"])
    if person is None or person.deleted:
        raise not_found()
    person.forget()
    return Response(status=204)


def tell(person: Person, traits: Mapping[str, JSON]) -> None:
    """What the customer's page says about a person: name and address are traits like others."""
    person.traits = person.traits | dict(traits)
    name, email, company = (person.traits.get(key) for key in ("name", "email", "companyId"))
    person.name = name if isinstance(name, str) else person.name
    person.email = email if isinstance(email, str) else person.email
    if isinstance(company, str):
        person.groups = person.groups | {"company": company}


def _respondent(project: Project, body: Mapping[str, JSON]) -> Person:
    user_id, anonymous_id = (_text(body.get(name)) for name in ("userId", "anonymousId"))
    if not user_id and not anonymous_id:
        raise bad_request("userId or anonymousId is required")
    person = project.person_of(user_id, anonymous_id)
    person = person or project.new_person(user_id=user_id, anonymous_id=None if user_id else anonymous_id)
    traits = body.get("traits")
    tell(person, traits if isinstance(traits, dict) else {})
    return person


def _text(value: JSON) -> str | None:
    return value if isinstance(value, str) and value else None


def _has_answered(project: Project, campaign: Campaign, person: Person) -> bool:
    return any(one.campaign == campaign.id and one.person == person.id for one in project.responses.values())


def _answers(campaign: Campaign, body: Mapping[str, JSON]) -> dict[str, Value]:
    listed = body.get("answers")
    given = (
        {str(one.get("id")): one.get("value") for one in listed if isinstance(one, dict)}
        if isinstance(listed, list)
        else {}
    )
    rating = campaign.question("SM_rating")
    if rating and body.get("rating") is not None:
        given[rating.id] = body["rating"]
    known = {question.id for question in campaign.questions}
    if not given or set(given) - known:
        raise bad_request("Invalid answers")
    return {key: value for key, value in given.items() if isinstance(value, int | str)} | {
        key: [str(part) for part in value] for key, value in given.items() if isinstance(value, list)
    }
