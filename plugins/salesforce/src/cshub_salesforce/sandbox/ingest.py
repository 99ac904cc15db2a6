"""Bulk API 2.0 ingest: a job, its CSV, the word that it is complete, and what became of every row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from cshub.testing.sandbox import JSON, Response, json_response

from .bulk import DELIMITERS, LINE_ENDINGS, quoted
from .call import Call
from .fields import Field
from .ids import full_id
from .ingest_jobs import CsvRow, IngestJob
from .records import Record, Table
from .refusals import Problem, Refused, bad, refused
from .rows import matching
from .writing import create, delete, existing, update

OPERATIONS = ("insert", "update", "upsert", "delete", "hardDelete")
NULL = "#N/A"
MOST_BYTES = 100_000_000


def create_job(call: Call) -> Response:
    """A new job, open for its data."""
    body = call.body()
    operation, key = str(body.get("operation")), str(body.get("externalIdFieldName") or "")
    delimiter, ending = str(body.get("columnDelimiter", "COMMA")), str(body.get("lineEnding", "LF"))
    if operation not in OPERATIONS or delimiter not in DELIMITERS or ending not in LINE_ENDINGS:
        raise bad("INVALIDJOB", "operation, columnDelimiter or lineEnding has a value that is not known")
    table = call.sight.table(str(body.get("object")))
    if table is None:
        raise bad("INVALIDENTITY", f"{body.get('object')} is not supported by the Bulk API.")
    call.sight.may_write(table)
    if operation == "upsert":
        _key_field(call, table, key)
    jobs = call.site.ingest
    job = IngestJob(
        id=jobs.new_id(),
        operation=operation,
        object=table.name,
        key=key,
        version=call.version,
        delimiter=delimiter,
        line_ending=ending,
        created_ms=call.org.clock.now_ms(),
    )
    jobs.add(job)
    return json_response(jobs.shown(job))


def list_jobs(call: Call) -> Response:
    """Every job."""
    records: list[JSON] = call.site.ingest.listed()
    return json_response({"done": True, "records": records, "nextRecordsUrl": None})


def read_job(call: Call) -> Response:
    """How far a job has come."""
    return json_response(call.site.ingest.shown(_job_of(call), fully=True))


def upload(call: Call) -> Response:
    """The data of an open job, once."""
    job = _job_of(call)
    if call.request.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/csv":
        raise refused(415, "UNSUPPORTED_MEDIA_TYPE", "Content type is not supported: send text/csv")
    if call.site.ingest.state(job) != "Open" or job.rows is not None:
        raise bad("INVALIDJOBSTATE", "data can be uploaded once, to an open job")
    if len(call.request.body) > MOST_BYTES:
        raise bad("EXCEEDED_QUOTA", "the data is larger than 150 MB after encoding")
    reader = csv.DictReader(io.StringIO(call.request.body.decode()), delimiter=DELIMITERS[job.delimiter])
    job.rows = [{name: value or "" for name, value in row.items() if name} for row in reader]
    job.names = list(reader.fieldnames or ())
    return Response(status=201)


def change_job(call: Call) -> Response:
    """Say that the upload is complete, upon which the rows are written; or abort."""
    job, state = _job_of(call), call.body().get("state")
    if state not in ("UploadComplete", "Aborted") or call.site.ingest.state(job) != "Open":
        raise bad("INVALIDJOBSTATE", f"a job that is {call.site.ingest.state(job)} cannot become {state}")
    if state == "Aborted":
        job.aborted = True
    else:
        job.complete_ms = call.org.clock.now_ms() + round(call.org.behaviour.bulk_work_s * 1000)
        for row in job.rows or ():
            _write(call, job, row)
        # Rows are told in another order than they came in.
        call.org.random.shuffle(job.done)
        call.org.random.shuffle(job.failed)
    return json_response(call.site.ingest.shown(job))


def delete_job(call: Call) -> Response:
    """Forget a job."""
    call.site.ingest.drop(_job_of(call))
    return Response(status=204)


def successful(call: Call) -> Response:
    """The rows that were written, with their ids and whether they were new."""
    job = _job_of(call)
    rows = ((key, str(new).lower(), *row.values()) for key, new, row in _told(call, job.done))
    return _csv(job, ("sf__Id", "sf__Created", *job.names), rows)


def failed(call: Call) -> Response:
    """The rows that were not, with the reason."""
    job = _job_of(call)
    rows = ((key, reason, *row.values()) for key, reason, row in _told(call, job.failed))
    return _csv(job, ("sf__Id", "sf__Error", *job.names), rows)


def unprocessed(call: Call) -> Response:
    """The rows nobody looked at, because the job was aborted."""
    job = _job_of(call)
    rows = [tuple(row.values()) for row in job.rows or ()] if job.aborted else []
    return _csv(job, job.names, rows)


def _told(
    call: Call, rows: list[tuple[str, bool, CsvRow]] | list[tuple[str, str, CsvRow]]
) -> Iterable[tuple[str, object, CsvRow]]:
    return rows if call.site.ingest.state(_job_of(call)) == "JobComplete" else ()


def _write(call: Call, job: IngestJob, row: CsvRow) -> None:
    try:
        record, is_new = _written(call, job, row)
        job.done.append((record.id, is_new, row))
    except Refused as refusal:
        job.failed.append((row.get("Id", ""), _reason(refusal.problems[0]), row))


def _written(call: Call, job: IngestJob, row: CsvRow) -> tuple[Record, bool]:
    table = call.org.tables[job.object]
    values = {name: value for name, value in _values(call, table, row).items() if name.lower() != "id"}
    if job.operation == "insert":
        return create(call.sight, table, values), True
    if job.operation == "upsert":
        return _upserted(call, job, table, values)
    record = existing(table, full_id(row.get("Id")))
    if job.operation == "update":
        update(call.sight, table, record, values)
    else:
        delete(call.org, table, record)
    if job.operation == "hardDelete":
        table.drop(record.id)
    return record, False


def _upserted(call: Call, job: IngestJob, table: Table, values: dict[str, JSON]) -> tuple[Record, bool]:
    field = _key_field(call, table, job.key)
    matches = matching(table, field, values.get(field.name))
    if len(matches) > 1:
        raise bad("DUPLICATE_EXTERNAL_ID", f"{field.name}: more than one record found for external id field")
    if not matches:
        return create(call.sight, table, values), True
    update(call.sight, table, matches[0], {name: value for name, value in values.items() if name != field.name})
    return matches[0], False


def _values(call: Call, table: Table, row: CsvRow) -> dict[str, JSON]:
    """What a row says: an empty cell nothing, `#N/A` null, `Owner.Key__c` the record with that key."""
    values: dict[str, JSON] = {}
    for name, cell in row.items():
        if cell == "":
            continue
        relationship, _, key = name.partition(".")
        if key:
            values.update(_related(call, table, relationship, key, cell))
        else:
            values[name] = None if cell == NULL else cell
    return values


def _related(call: Call, table: Table, relationship: str, key: str, cell: str) -> dict[str, JSON]:
    for field in call.sight.fields(table.name):
        if field.relationship != relationship:
            continue
        other = call.sight.table(field.refers[0])
        matches = matching(other, _key_field(call, other, key), cell) if other else []
        if len(matches) != 1:
            raise bad(
                "INVALID_FIELD",
                f"Foreign key external ID: {cell} not found for field {key} in entity {field.refers[0]}",
            )
        return {field.name: matches[0].id}
    raise bad("INVALID_FIELD", f"No such relationship '{relationship}' on sobject of type {table.name}")


def _key_field(call: Call, table: Table, name: str) -> Field:
    field = call.sight.field(table.name, name)
    if field is None or not (field.external_id or field.id_lookup):
        raise bad("INVALIDJOB", f"Field name provided, {name} does not match an External ID for {table.name}")
    return field


def _reason(problem: Problem) -> str:
    return f"{problem.code}:{problem.message}:{','.join(problem.fields)}--"


def _job_of(call: Call) -> IngestJob:
    return call.site.ingest.find(call.params["job"])


def _csv(job: IngestJob, names: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    separator, ending = DELIMITERS[job.delimiter], LINE_ENDINGS[job.line_ending]
    lines = [separator.join(quoted(str(cell)) for cell in row) + ending for row in (names, *rows)]
    return Response(headers=(("Content-Type", "text/csv; charset=UTF-8"),), body="".join(lines).encode())
