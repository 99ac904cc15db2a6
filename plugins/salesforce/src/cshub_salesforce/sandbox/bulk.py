"""Bulk API 2.0 queries: a job, its state, and its result as CSV in pages."""

from __future__ import annotations

import base64

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .fields import Row
from .jobs import Job
from .queries import selected_rows
from .refusals import Refused, bad, not_found
from .showing import csv_shown
from .soql import Query, Selection, parse

DELIMITERS = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}
OPERATIONS = ("query", "queryAll")
PAGE_RECORDS = 50_000
END = "null"


def create_job(call: Call) -> Response:
    """A new job; what it cannot do is refused at once."""
    body = call.body()
    operation = str(body.get("operation"))
    delimiter, ending = str(body.get("columnDelimiter", "COMMA")), str(body.get("lineEnding", "LF"))
    if operation not in OPERATIONS or delimiter not in DELIMITERS or ending not in LINE_ENDINGS:
        raise bad("INVALIDJOB", "operation, columnDelimiter or lineEnding has a value that is not known")
    if body.get("contentType", "CSV") != "CSV":
        raise bad("INVALIDJOB", "contentType must be CSV")
    parsed = parse(str(body.get("query", "")))
    _check_able(call, parsed)
    selection, rows = selected_rows(call.sight, parsed, everything=operation == "queryAll")
    if any(chain.field.is_compound for chain in selection.chains):
        raise bad("API_ERROR", "Selecting compound data not supported in Bulk Query")
    call.site.meter.count_job()
    job = _job(call, operation, delimiter, ending, selection, rows)
    call.site.jobs.add(job)
    return json_response(call.site.jobs.shown(job))


def list_jobs(call: Call) -> Response:
    """Every job."""
    records: list[JSON] = call.site.jobs.listed()
    return json_response({"done": True, "records": records, "nextRecordsUrl": None})


def read_job(call: Call) -> Response:
    """How far a job has come."""
    return json_response(call.site.jobs.shown(_job_of(call), fully=True))


def change_job(call: Call) -> Response:
    """Abort a job; nothing else can be changed."""
    if call.body().get("state") != "Aborted":
        raise bad("INVALIDJOBSTATE", "a query job's state can be set to Aborted only")
    job = _job_of(call)
    call.site.jobs.abort(job)
    return json_response(call.site.jobs.shown(job))


def delete_job(call: Call) -> Response:
    """Forget a job and its result."""
    call.site.jobs.drop(_job_of(call))
    return Response(status=204)


def results(call: Call) -> Response:
    """A page of the result; its locator leads to the next one and is the text `null` at the end."""
    job = _complete(call)
    start = _start(call.request.arg("locator"))
    end = start + _most(call.request.arg("maxRecords"))
    lines = job.lines[start:end]
    ending = LINE_ENDINGS[job.line_ending]
    body = "".join(line + ending for line in (job.header, *lines))
    locator = _locator(end) if end < len(job.lines) else END
    headers = (
        ("Content-Type", "text/csv; charset=UTF-8"),
        ("Sforce-NumberOfRecords", str(len(lines))),
        ("Sforce-Locator", locator),
    )
    return Response(headers=headers, body=body.encode())


def result_pages(call: Call) -> Response:
    """The addresses of up to five pages, for reading them side by side."""
    job = _complete(call)
    starts = range(_start(call.request.arg("locator")), max(1, len(job.lines)), PAGE_RECORDS)
    pages: list[JSON] = [{"resultUrl": f"{call.base}/jobs/query/{job.id}/results?locator={_locator(start)}"} for start in starts[:5]]  # fmt: skip
    return json_response({"resultPages": pages, "nextRecordsUrl": None, "done": len(starts) <= 5})


def _check_able(call: Call, parsed: Query) -> None:
    if parsed.is_count or parsed.offset:
        raise bad("API_ERROR", "Aggregate queries and OFFSET are not supported in Bulk Query")
    if parsed.object in call.org.behaviour.not_in_bulk:
        raise bad("API_ERROR", f"Entity '{parsed.object}' is not supported by the Bulk API.")


def _job(call: Call, operation: str, delimiter: str, ending: str, selection: Selection, rows: list[Row]) -> Job:
    now, behaviour = call.org.clock.now_ms(), call.org.behaviour
    separator = DELIMITERS[delimiter]
    lines = [
        separator.join(quoted(csv_shown(chain.field, chain.get(row))) for chain in selection.chains) for row in rows
    ]
    return Job(
        id=call.site.jobs.new_id(),
        operation=operation,
        object=selection.object_type,
        version=call.version,
        delimiter=delimiter,
        line_ending=ending,
        created_ms=now,
        complete_ms=now + round(behaviour.bulk_work_s * 1000),
        lines=lines,
        header=separator.join(quoted(".".join(chain.names)) for chain in selection.chains),
        failure=behaviour.bulk_failure,
    )


def quoted(text: str) -> str:
    """A cell of CSV, always in quotes."""
    return '"' + text.replace('"', '""') + '"'


def _job_of(call: Call) -> Job:
    return call.site.jobs.find(call.params["job"], call.version)


def _complete(call: Call) -> Job:
    job = _job_of(call)
    if call.site.jobs.state(job) != "JobComplete":
        raise not_found(f"results of a job that is {call.site.jobs.state(job)} are not there")
    return job


def _most(text: str | None) -> int:
    if text is None:
        return PAGE_RECORDS
    if not text.isdigit() or int(text) < 1:
        raise bad("API_ERROR", f"maxRecords must be a positive number, not {text}")
    return int(text)


def _locator(start: int) -> str:
    return base64.urlsafe_b64encode(f"row {start}".encode()).decode().rstrip("=")


def _start(locator: str | None) -> int:
    if not locator:
        return 0
    try:
        word, _, number = base64.urlsafe_b64decode(locator + "=" * (-len(locator) % 4)).decode().partition(" ")
    except ValueError:
        raise _unknown(locator) from None
    if word != "row" or not number.isdigit():
        raise _unknown(locator)
    return int(number)


def _unknown(locator: str) -> Refused:
    return bad("API_ERROR", f"invalid locator: {locator}")
