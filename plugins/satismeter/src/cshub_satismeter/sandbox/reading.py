"""The reading calls of version 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cshub.testing.sandbox import JSON, Response, json_response

from . import showing
from .call import Call
from .paging import page
from .records import Question
from .records import Response as Answered
from .refusals import not_found

#: How often a survey is shown for each response it gets.
DISPLAYS_PER_RESPONSE = 3


def project(call: Call) -> Response:
    """The project of the key."""
    shown: dict[str, JSON] = {"id": call.project.id, "name": "Our product"}
    is_bare = call.project.behaviour.project_answer == "bare"
    return json_response(shown if is_bare else {"data": shown})


def campaigns(call: Call) -> Response:
    """All surveys at once."""
    return json_response({"data": [showing.survey(one) for one in call.project.campaigns.values()]})


def campaign(call: Call) -> Response:
    """One survey."""
    found = call.campaign
    if found is None:
        raise not_found()
    return json_response({"data": showing.survey(found)})


def responses(call: Call) -> Response:
    """A page of the responses, of all surveys or of one."""
    shown, about = page(call, call.answered(hidden_window=True))
    return json_response({"data": [showing.response(call.project, one) for one in shown], "page": about})


def statistics(call: Call) -> Response:
    """Counts of one survey in a window, which carry no date of their own."""
    found, survey = call.answered(hidden_window=True), call.campaign
    displays = len(found) * DISPLAYS_PER_RESPONSE
    counts: dict[str, JSON] = {
        "responses": len(found),
        "displays": displays,
        "responseRate": len(found) / displays if displays else 0,
    }
    questions: list[JSON] = [_question(one, found) for one in survey.questions] if survey else []
    return json_response({"data": {"statistics": counts, "questions": questions}})


def _question(question: Question, found: Sequence[Answered]) -> JSON:
    given = [one.answers[question.id] for one in found if question.id in one.answers]
    numbers = [value for value in given if isinstance(value, int)]
    values: list[JSON] = [{"value": value, "answers": count} for value, count in sorted(Counter(numbers).items())]
    metric: JSON = {"type": question.metric, "value": _mean(question, numbers)} if question.metric and numbers else None
    counts: JSON = {"answers": len(given), "values": values or None, "metric": metric}
    return {"id": question.id, "label": question.label, "type": question.type, "statistics": counts}


def _mean(question: Question, numbers: Sequence[int]) -> float:
    if question.metric != "nps":
        return sum(numbers) / len(numbers)
    return sum(showing.SCORES[showing.category_of(number)] for number in numbers) / len(numbers)
