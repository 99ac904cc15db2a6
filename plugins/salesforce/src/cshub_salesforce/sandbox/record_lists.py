"""Lists of up to 200 records in one call: the answer is always 200, and each record has its own outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .ids import full_id
from .org import RolledBack
from .records import Record, Table, object_of
from .refusals import Problem, Refused, bad, refused
from .rows import DUPLICATE_HEADER, asked_field, key_field, made, matching, refuse_key_in_body
from .showing import whole_row
from .writing import create, delete, existing, update

MOST_RECORDS = 200
MOST_RUNS = 10
ROLLED_BACK = Problem(
    code="ALL_OR_NONE_OPERATION_ROLLED_BACK",
    message="Record rolled back because not all records were valid and the request was using AllOrNone header",
)
UNTYPED = "Nested object for polymorphic foreign key must have an attributes field before any other fields."

Write = Callable[[], dict[str, JSON]]


def read_list(call: Call) -> Response:
    """Records of one object by their ids, in the order asked for, null where there is none."""
    is_posted = call.request.method == "POST"
    ids, names = (_texts(call.body().get(key)) if is_posted else call.request.args(key) for key in ("ids", "fields"))
    table = call.table()
    fields = [asked_field(call, table, name) for name in names]
    rows: list[JSON] = []
    for text in ids:
        record = table.get(full_id(text))
        rows.append(whole_row(call.sight, table.name, record.values, fields, call.version) if record else None)
    return json_response(rows)


def update_list(call: Call) -> Response:
    """Change records by their ids."""
    records = _records(call)
    twice = _ids_twice(call, [record.get("id", record.get("Id")) for record in records])
    return _carried_out(call, [_updating(call, record, twice) for record in records], all_or_none=_all_or_none(call))


def create_list(call: Call) -> Response:
    """Make records."""
    return _carried_out(call, [_creating(call, record) for record in _records(call)], all_or_none=_all_or_none(call))


def upsert_list(call: Call) -> Response:
    """Change or make records of one object by an external id that each of them holds."""
    table = call.table()
    field = key_field(call, table)

    def writing(record: dict[str, JSON]) -> Write:
        def write() -> dict[str, JSON]:
            if _type_of(call, record) != table:
                raise bad("INVALID_TYPE", f"records must be of the type {table.name}")
            value = record.get(field.name)
            if value is None:
                raise bad("MISSING_ARGUMENT", f"{field.name} not specified")
            matches = matching(table, field, value)
            if len(matches) > 1:
                raise bad("DUPLICATE_EXTERNAL_ID", f"{field.name}: more than one record found for external id field")
            rest = {name: each for name, each in record.items() if name not in (field.name, "attributes")}
            refuse_key_in_body(field, rest)
            if matches:
                update(call.sight, table, matches[0], rest)
                return {**made(matches[0].id), "created": False}
            return {**made(create(call.sight, table, {**rest, field.name: value}).id), "created": True}

        return write

    return _carried_out(call, [writing(record) for record in _records(call)], all_or_none=_all_or_none(call))


def delete_list(call: Call) -> Response:
    """Delete records by their ids."""
    ids = call.request.args("ids")
    _check_size(len(ids))
    twice = _ids_twice(call, ids)

    def deleting(text: str) -> Write:
        def write() -> dict[str, JSON]:
            table, record = _target(call, text, twice)
            delete(call.org, table, record)
            return made(record.id)

        return write

    return _carried_out(call, [deleting(text) for text in ids], all_or_none=call.request.flag("allOrNone"))


def _updating(call: Call, record: dict[str, JSON], twice: frozenset[str]) -> Write:
    def write() -> dict[str, JSON]:
        table = _type_of(call, record)
        given = record.get("id", record.get("Id"))
        if given is None:
            raise bad("MISSING_ARGUMENT", "Id not specified in an update call")
        found, target = _target(call, given, twice)
        if found != table:
            raise bad("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        update(call.sight, table, target, {name: value for name, value in record.items() if name.lower() != "id"})
        return made(target.id)

    return write


def _creating(call: Call, record: dict[str, JSON]) -> Write:
    insists = call.header_says(DUPLICATE_HEADER, "allowSave=true")

    def write() -> dict[str, JSON]:
        return made(create(call.sight, _type_of(call, record), record, allow_duplicates=insists).id)

    return write


def _carried_out(call: Call, writes: Sequence[Write], *, all_or_none: bool) -> Response:
    outcomes: list[dict[str, JSON]] = []
    with call.org.transaction():
        outcomes = [_outcome(write) for write in writes]
        if all_or_none and not all(outcome["success"] for outcome in outcomes):
            outcomes = [_failed([ROLLED_BACK]) if outcome["success"] else outcome for outcome in outcomes]
            raise RolledBack
    return json_response(outcomes)


def _outcome(write: Write) -> dict[str, JSON]:
    try:
        return write()
    except Refused as refused_:
        return _failed(refused_.problems)


def _failed(problems: Sequence[Problem]) -> dict[str, JSON]:
    """A record that was not written; it carries no id."""
    return {"success": False, "errors": [problem.as_item() for problem in problems]}


def _records(call: Call) -> list[dict[str, JSON]]:
    records = call.body().get("records")
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise bad("JSON_PARSER_ERROR", "records must be a list of objects at [line:1, column:1]")
    _check_size(len(records))
    listed = [record for record in records if isinstance(record, dict)]
    runs = sum(1 for _ in groupby(listed, key=_type_name))
    if runs > MOST_RUNS:
        raise bad("INVALID_INPUT", f"the records change their type more than {MOST_RUNS} times: sort them by type")
    return listed


def _texts(given: JSON) -> list[str]:
    return [str(each) for each in given] if isinstance(given, list) else []


def _check_size(count: int) -> None:
    if count > MOST_RECORDS:
        raise bad("LIMIT_EXCEEDED", f"The number of records exceeds the limit of {MOST_RECORDS}: {count}")


def _all_or_none(call: Call) -> bool:
    return call.body().get("allOrNone") is True


def _type_name(record: dict[str, JSON]) -> str:
    attributes = record.get("attributes")
    return str(attributes.get("type", "")) if isinstance(attributes, dict) else ""


def _type_of(call: Call, record: dict[str, JSON]) -> Table:
    """The table that a record's `attributes` name, which must be its first key. Raises Refused."""
    if next(iter(record), "") != "attributes" or not _type_name(record):
        raise bad("JSON_PARSER_ERROR", UNTYPED)
    table = call.sight.table(_type_name(record))
    if table is None:
        raise bad("INVALID_TYPE", f"sObject type '{_type_name(record)}' is not supported.")
    call.sight.may_write(table)
    return table


def _target(call: Call, given: JSON, twice: frozenset[str]) -> tuple[Table, Record]:
    record_id = full_id(given)
    if record_id is None:
        raise bad("MALFORMED_ID", f"malformed id {given}")
    if record_id in twice:
        raise bad("DUPLICATE_VALUE", f"Duplicate id specified: {record_id}")
    table = call.sight.table(object_of(record_id) or "")
    if table is None:
        raise refused(404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    call.sight.may_write(table)
    return table, existing(table, record_id)


def _ids_twice(call: Call, given: Sequence[JSON]) -> frozenset[str]:
    if call.org.behaviour.same_id_twice == "allowed":
        return frozenset()
    counts = Counter(full_id(text) for text in given)
    return frozenset(key for key, count in counts.items() if key and count > 1)
