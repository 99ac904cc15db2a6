"""How surveys, people and responses look: in version 3, in the old export and in a webhook, which differ."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.sandbox import JSON

from .project import Project
from .records import Campaign, Person, Question, Response, Value
from .times import iso

#: Question ids are hexadecimal: half of them sort before this.
HALF_WAY = "8"


def survey(campaign: Campaign) -> dict[str, JSON]:
    """A survey as version 3 lists it."""
    return {"id": campaign.id, "name": campaign.name, "type": campaign.type, "state": campaign.state}


def response(project: Project, response: Response, *, full_user: bool | None = None) -> dict[str, JSON]:
    """A response of version 3: no rating, score, category or feedback at its top, and places as objects."""
    about = response.about
    is_full = project.behaviour.v3_user == "full" if full_user is None else full_user
    return {
        "id": response.id,
        "project": project.id,
        "campaign": response.campaign,
        "created": iso(response.created_ms),
        "answers": answers(project, response),
        "user": user(project.people[response.person], full=is_full),
        "ip": about["ip"],
        "location": _places(about),
        "referrer": about["referrer"],
        "language": about["language"],
        "method": response.method,
        "device": {"type": about["type"], "os": about["os"]},
    }


def old_response(project: Project, response: Response) -> dict[str, JSON]:
    """A response of the old export: the NPS rating stands at the top, its place is plain text."""
    about = response.about
    return {
        "id": response.id,
        "project": project.id,
        "campaign": response.campaign,
        "created": iso(response.created_ms),
        **_judged(project, response),
        "answers": answers(project, response),
        "dismissed": response.dismissed,
        "pending": response.pending,
        "method": response.method,
        "referrer": about["referrer"],
        "device": {"os": about["os"], "type": about["type"]},
        "location": _place_texts(about),
        "user": user(project.people[response.person], full=True) | {"createdAt": iso(response.created_ms)},
    }


def delivery(project: Project, response: Response) -> dict[str, JSON]:
    """What SatisMeter posts to a webhook: unsigned; nothing before the survey is completed or closed.

    Raises ValueError for a pending one.
    """
    if response.pending:
        raise ValueError(f"response {response.id} is neither completed nor dismissed")
    body = old_response(project, response) | {"language": response.about["language"]}
    campaign = project.campaigns[response.campaign]
    return {
        "event": "completed" if response.completed else "dismissed",
        "response": body,
        "campaign": {"id": campaign.id, "name": campaign.name},
        "traits": dict(project.people[response.person].traits),
    }


def answers(project: Project, response: Response) -> list[JSON]:
    """What was answered so far, in the order of the questions."""
    questions = project.campaigns[response.campaign].questions
    return [
        _answer(project, question, response.answers[question.id])
        for question in questions
        if question.id in response.answers
    ]


def user(person: Person, *, full: bool) -> dict[str, JSON]:
    """A respondent; the documented fields of version 3 alone, or those of a webhook too."""
    shown: dict[str, JSON] = {
        "id": person.id,
        "deleted": person.deleted,
        "userId": person.user_id,
        "anonymousId": person.anonymous_id,
        "traits": dict(person.traits),
    }
    return shown | {"name": person.name, "email": person.email, "groups": dict(person.groups)} if full else shown


def old_user(project: Project, person: Person) -> dict[str, JSON]:
    """A person as the list of people shows them."""
    return {
        "id": person.id,
        "userId": person.user_id,
        "email": person.email,
        "name": person.name,
        "project": project.id,
        "created": iso(person.created_ms),
        "lastSeen": iso(person.created_ms),
        "traits": dict(person.traits),
        "events": list(person.events),
    }


def rating_of(project: Project, response: Response) -> int | None:
    """The NPS of a response, None when it has none."""
    question = project.campaigns[response.campaign].question("nps")
    value = response.answers.get(question.id) if question else None
    return value if isinstance(value, int) else None


def category_of(rating: int) -> str:
    """0–6 detractor, 7–8 passive, 9–10 promoter."""
    return "promoter" if rating >= 9 else "passive" if rating >= 7 else "detractor"


SCORES = {"promoter": 100, "passive": 0, "detractor": -100}


def _judged(project: Project, response: Response) -> dict[str, JSON]:
    rating = rating_of(project, response)
    category = None if rating is None else category_of(rating)
    question = project.campaigns[response.campaign].question("comment")
    feedback = response.answers.get(question.id) if question else None
    return {
        "rating": rating,
        "score": SCORES[category] if category else None,
        "category": category,
        "feedback": feedback if isinstance(feedback, str) else None,
    }


def _answer(project: Project, question: Question, value: Value) -> dict[str, JSON]:
    shown: dict[str, JSON] = {
        "id": question.id,
        "label": question.label,
        "value": [*value] if isinstance(value, list) else value,
        "type": question.type,
    }
    if not _left_out(project, question, question.metric):
        shown["metric"] = question.metric
    if not _left_out(project, question, question.name):
        shown["name"] = question.name
    return shown


def _left_out(project: Project, question: Question, value: str | None) -> bool:
    """Recorded answers say nothing in two ways: null, or no key at all."""
    how = project.behaviour.no_metric
    return value is None and (how == "missing" or (how == "both" and question.id < HALF_WAY))


def _places(about: Mapping[str, JSON]) -> dict[str, JSON]:
    region = about["region"]
    return {
        "country": {"code": about["code"], "name": about["country"]},
        "region": {"code": None, "name": region} if region else None,
        "city": region or "",
    }


def _place_texts(about: Mapping[str, JSON]) -> dict[str, JSON]:
    return {
        "country": about["code"],
        "countryName": about["country"],
        "region": about["region"],
        "regionName": about["region"],
        "city": about["region"],
        "short": about["country"],
        "long": f"{about['region']}, {about['country']}",
    }
