"""What a response means: a row for each answer that measures something. Pure; no request, no clock.

SatisMeter's v3 has no rating at the top of a response: the number stands in the answer whose `metric` is `nps`, `csat` or `ces`,
and one survey may ask for several. A row's id is the response's and the answer's, and never holds the rating.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from cshub import JSON, RESPONSE, Reject, Row, Scalar, Type

from .records import Object, Response, Unmappable, at, identifier, is_blank, reject, response
from .settings import SatisMeterSettings
from .values import number, parsed, time

#: Part of a stream's shape: raised when the same response gives another row.
VERSION = 1

_ANSWERED_AT = 2 + RESPONSE.names.index("answered_at")
_METRICS = frozenset(RESPONSE.column("metric").values)
#: The only documented scale; a rating outside would make another NPS of the whole.
_NPS = frozenset(range(11))


class Mapped(NamedTuple):
    """What became of one response: `measured` are the ids of its answers that belong in rows, readable or not.

    `id` is None where not even that can be read, `created` where that is unreadable.
    """

    id: str | None
    rows: Sequence[Row]
    rejects: Sequence[Reject]
    measured: Sequence[str] = ()
    created: datetime | None = None


class Mapper:
    """Rows of responses under given settings."""

    def __init__(self, settings: SatisMeterSettings) -> None:
        self._questions = settings.questions
        self._campaigns = settings.campaigns
        self._account = settings.account_external_id
        self._extras = settings.extras()

    def mapped(self, item: JSON) -> Mapped:
        """The rows of a response, none where nothing measured was answered (yet), and what cannot be read of it."""
        try:
            found = response(item)
            measured = self._measured(found)
        except Unmappable as error:
            id = item.get("id") if isinstance(item, dict) else None
            return Mapped(None, (), [reject(item, str(id) if id else None, str(error))])
        rows: list[Row] = []
        rejects: list[Reject] = []
        for id, answer in measured.items():
            try:
                rows.append(self._row(found, id, answer))
            except Unmappable as error:
                rejects.append(reject(item, row_id(found.id, id), str(error)))
        created = next((row[_ANSWERED_AT] for row in rows), None)
        return Mapped(found.id, rows, rejects, [*measured], created if isinstance(created, datetime) else None)

    def ids(self, item: JSON) -> Iterator[str]:
        """The ids of a response's rows, those that cannot be read included: they are not gone. Raises Unmappable."""
        found = response(item)
        return (row_id(found.id, id) for id in self._measured(found))

    def references(self, item: JSON) -> tuple[bool, bool]:
        """Whether a response names its account as declared, and its person by e-mail."""
        try:
            found = response(item)
            return self._account_of(found) is not None, _email(found) is not None
        except Unmappable:
            return False, False

    def _measured(self, found: Response) -> dict[str, Object]:
        """The answers that hold a value of a metric we know, by their ids; the last of several with one id."""
        if self._campaigns is not None and str(found.item.get("campaign")) not in self._campaigns:
            return {}
        kept = (each for each in found.answers if self._metric(each) and not is_blank(each.get("value")))
        return {identifier(each, "answer"): each for each in kept}

    def _metric(self, answer: Object) -> str | None:
        """What an answer measures: as YAML says of its question, else as SatisMeter does. `pmf` is no rating."""
        metric = self._questions.get(str(answer.get("id"))) or answer.get("metric")
        return metric if isinstance(metric, str) and metric in _METRICS else None

    def _row(self, found: Response, id: str, answer: Object) -> Row:
        metric = self._metric(answer)
        return RESPONSE.row(
            id=row_id(found.id, id),
            changed_at=None,  # `created` is all there is, and does not move when an answer is edited
            metric=metric,
            value=_value(answer.get("value"), metric),
            answered_at=_created(found),
            account_external_id=self._account_of(found),
            contact_email=_email(found),
            extra=self._extra(found, answer),
        )

    def _account_of(self, found: Response) -> str | None:
        """The account's external id. It is kept of deleted people too, where it is still there: it names no person."""
        if self._account is None or (found.forgotten and self._account == "user_id"):
            return None
        value = _typed(_told(found, self._account), Type.TEXT, self._account)
        return str(value).strip() or None if value is not None else None

    def _extra(self, found: Response, answer: Object) -> dict[str, Scalar] | None:
        """The declared extra fields; nothing else of a response is kept."""
        if not self._extras:
            return None
        return {name: _typed(_part(found, answer, path), type, path) for name, (path, type) in self._extras.items()}


def row_id(response: str, answer: str) -> str:
    """The id of an answer's row."""
    return f"{response}:{answer}"


def _value(value: JSON, metric: str | None) -> int | float:
    """The rating on its own scale. Anything but a number is no rating, whatever its metric says."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unmappable(f"the {metric} answer is a {type(value).__name__}, not a number")
    if metric == "nps" and value not in _NPS:
        raise Unmappable(f"the nps answer is {value}, not a whole number from 0 to 10")
    try:
        return number(value)
    except ValueError as error:
        raise Unmappable(f"the {metric} answer {error}") from error


def _created(found: Response) -> datetime:
    try:
        return time(found.item.get("created"))
    except ValueError as error:
        raise Unmappable(f"created: {error}") from error


def _email(found: Response) -> str | None:
    """The person's address: beside the traits in webhooks and exports, and among them where the page sent it as one."""
    if found.forgotten:
        return None
    for value in (found.user.get("email"), at(found.user, "traits.email")):
        if isinstance(value, str) and value.strip():
            return value.strip().lower()
    return None


def _part(found: Response, answer: Object, path: str) -> JSON:
    """What stands under a declared path; of a deleted person, nothing."""
    if path == "comment":
        return _comment(found)
    if path == "question":
        return answer.get("label")
    if path in ("campaign", "method", "language"):
        return found.item.get(path)
    return None if found.forgotten else _told(found, path)


def _told(found: Response, path: str) -> JSON:
    return found.user.get("userId") if path == "user_id" else at(found.user, path)


def _comment(found: Response) -> str | None:
    """All free text of the response, as it was written."""
    texts = (
        each.get("value")
        for each in found.answers
        if each.get("type") == "long-text" or each.get("name") == "SM_comment"
    )
    return "\n\n".join(text for text in texts if isinstance(text, str) and text.strip()) or None


def _typed(value: JSON, type: Type, path: str) -> Scalar:
    try:
        return parsed(value, type)
    except ValueError as error:
        raise Unmappable(f"{path}: {error}") from error
