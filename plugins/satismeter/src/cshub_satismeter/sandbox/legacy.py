"""The older calls: the export of responses, the list of people, and the statistics of version 2."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

from cshub.testing.sandbox import JSON, Response, json_response

from . import showing
from .call import Call
from .records import Response as Answered
from .refusals import Refused, bad_request, not_found

CSV_COLUMNS = ("id", "project", "campaign", "created", "rating", "score", "category", "feedback", "method")


def export(call: Call) -> Response:
    """The responses of a project: all, or a page where an old client asks for one."""
    check_project(call)
    found = _page(call, call.answered(hidden_window=False))
    shown: list[JSON] = [showing.old_response(call.project, one) for one in reversed(found)]
    how = call.request.arg("format") or "json"
    if how == "csv":
        return _csv(shown)
    if how != "json":
        raise Refused(406, "Not Acceptable")
    return json_response({"responses": shown})


def exported(call: Call) -> Response:
    """One response."""
    found = call.project.responses.get(call.params["id"])
    if found is None:
        raise not_found()
    return json_response(showing.old_response(call.project, found))


def people(call: Call) -> Response:
    """Everybody who was not deleted, or the one the customer's page calls `userId`."""
    check_project(call)
    wanted = call.request.arg("userId")
    found = [one for one in call.project.people.values() if not one.deleted and wanted in (None, one.user_id)]
    return json_response({"users": [showing.old_user(call.project, one) for one in found]})


def statistics(call: Call) -> Response:
    """Counts of all surveys in a window; `nps` is not rounded."""
    check_project(call)
    return json_response({"data": [{"attributes": _counts(call, call.answered(hidden_window=False))}]})


def check_project(call: Call) -> None:
    """Raise Refused unless `project` names the project of the key."""
    asked = call.request.arg("project")
    if not asked:
        raise bad_request("project is required")
    if asked != call.project.id:
        raise not_found()


def _page(call: Call, found: Sequence[Answered]) -> Sequence[Answered]:
    size, number = (call.request.arg(f"page[{name}]") or "" for name in ("size", "number"))
    if not size.isdigit() or not int(size):
        return found
    start = (max(1, int(number)) - 1) * int(size) if number.isdigit() else 0
    newest_first = list(reversed(found))
    return list(reversed(newest_first[start : start + int(size)]))


def _csv(rows: Sequence[JSON]) -> Response:
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(row for row in rows if isinstance(row, dict))
    return Response(headers=(("Content-Type", "text/csv; charset=utf-8"),), body=text.getvalue().encode())


def _counts(call: Call, found: Sequence[Answered]) -> JSON:
    ratings = [rating for one in found if (rating := showing.rating_of(call.project, one)) is not None]
    kinds = Counter(showing.category_of(rating) for rating in ratings)
    frequency = Counter(ratings)
    return {
        "responses": len(found),
        "displays": len(found) * 3,
        "dismissed": sum(one.dismissed for one in found),
        "pending": sum(one.pending for one in found),
        "commented": sum(any(isinstance(value, str) for value in one.answers.values()) for one in found),
        "promoters": kinds["promoter"],
        "passives": kinds["passive"],
        "detractors": kinds["detractor"],
        "nps": 100 * (kinds["promoter"] - kinds["detractor"]) / len(ratings) if ratings else 0.0,
        "frequency": [frequency[rating] for rating in range(11)],
    }
