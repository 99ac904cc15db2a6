"""Bulk API 2.0: a large result prepared as CSV files in the background. Reading changes is not for it.

Types come from describe alone: an empty cell is no value, `007` stays a text. Rows are the same as over REST.
See https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/queries.htm.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from cshub import JSON, Answer, Clock, PermissionMissing, RequestRefused, VendorTrouble, walk_cursor

from .api import Api
from .explain import word
from .objects import BULK_PAGE
from .values import typed

#: A job is looked after this often at first, then less and less; waiting itself comes in steps, so that a run can be stopped.
_FIRST_S, _SLOWEST_S, _STEP_S = 2.0, 30.0, 5.0
_PATIENCE_S = 2 * 3600.0
_RUNNING = ("UploadComplete", "InProgress", "Open")
_END = "null"


class JobFailed(Exception):
    """The job came to nothing. `unsupported`: the Bulk API does not know this object or function at all."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.unsupported = "not supported" in why.lower() or "unsupported" in why.lower()


def begin(api: Api, soql: str) -> tuple[str, Answer] | None:
    """A new job's id and the answer that told it; None where the Bulk API takes no such query, or none at all: REST can read it."""
    try:
        answer = api.begin_job(soql)
    except (RequestRefused, PermissionMissing):
        return None
    id = word(answer.object(), "id")
    if not id:
        raise answer.error("began a job without naming it")
    return id, answer


def until_done(api: Api, clock: Clock, job: str) -> Iterator[None]:
    """Waits for a job, giving control now and then. Raises JobFailed, and VendorTrouble when it takes hours."""
    pause_s, waited_s = _FIRST_S, 0.0
    while not _is_done(api, job):
        if waited_s > _PATIENCE_S:
            raise VendorTrouble(f"the bulk query {job} is not done after {waited_s:.0f} s", hint="the next run goes on")
        left_s = pause_s
        while left_s > 0:
            clock.sleep(min(left_s, _STEP_S))
            left_s -= _STEP_S
            yield
        waited_s += pause_s
        pause_s = min(pause_s * 2, _SLOWEST_S)


def rows(
    api: Api, job: str, locator: str | None, types: Mapping[str, str], given: int
) -> Iterator[tuple[Sequence[JSON], str | None]]:
    """The rows behind `locator` as REST would give them, with the locator behind each lot. `given` rows went before.

    Raises JobFailed where the result is no longer kept.
    """
    count = given
    walk = walk_cursor(
        lambda at: _asked(api, job, at), lambda answer: (_parsed(answer, types), _next(answer)), start=locator
    )
    for lot, following in walk:
        count += len(lot)
        if following is None:
            _compare(api, job, count)
        yield lot, following


def _asked(api: Api, job: str, locator: str | None) -> Answer:
    try:
        return api.job_rows(job, locator, BULK_PAGE)
    except RequestRefused as error:
        raise JobFailed(f"its result cannot be had: {error.message}") from error


def _is_done(api: Api, job: str) -> bool:
    try:
        answer = api.job(job)
    except RequestRefused as error:  # results are kept for seven days, and belong to one API version
        raise JobFailed(f"it is not known any more: {error.message}") from error
    said = answer.object()
    state = word(said, "state")
    if state in ("Failed", "Aborted"):
        raise JobFailed(f"it ended as {state}: {word(said, 'errorMessage') or 'no reason given'}")
    if state != "JobComplete" and state not in _RUNNING:
        raise answer.error("told a state of the job that its documentation does not know")
    return state == "JobComplete"


def _compare(api: Api, job: str, count: int) -> None:
    """AnswerError unless the job processed as many records as it gave."""
    answer = api.job(job)
    processed = answer.object().get("numberRecordsProcessed")
    if isinstance(processed, int) and processed != count:
        raise answer.error(f"gave {count} of the {processed} records of a bulk query")


def _next(answer: Answer) -> str | None:
    """At the end the locator is the word `null`, or missing."""
    found = answer.headers.get("Sforce-Locator", "").strip()
    return None if found in ("", _END) else found


def _parsed(answer: Answer, types: Mapping[str, str]) -> list[JSON]:
    """The lines of this part. Fewer than the header says, or other columns than asked for, are an AnswerError."""
    try:
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise answer.error(f"gave a CSV that cannot be read: {error}") from error
    if not lines or set(lines[0]) != set(types):
        raise answer.error("gave a CSV with other columns than asked for")
    columns = lines[0]
    if any(len(line) != len(columns) for line in lines):
        raise answer.error("gave a CSV with a line that is too short or too long")
    told = answer.headers.get("Sforce-NumberOfRecords", "")
    if told.isdigit() and int(told) != len(lines) - 1:
        raise answer.error(f"gave {len(lines) - 1} of the {told} records it told of")
    return [_item(dict(zip(columns, line, strict=True)), types) for line in lines[1:]]


def _item(cells: Mapping[str, str], types: Mapping[str, str]) -> JSON:
    """A line as REST would give it; a cell that does not fit its type stays text, and the mapping will say so."""
    found: dict[str, JSON] = {}
    for name, text in cells.items():
        try:
            found[name] = typed(text, types[name])
        except ValueError:
            found[name] = text
    return found
