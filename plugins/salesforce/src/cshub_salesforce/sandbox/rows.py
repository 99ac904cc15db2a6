"""Single records: read, make, change, delete, and write by an external id."""

from __future__ import annotations

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .fields import Field
from .ids import full_id
from .records import Record, Table
from .refusals import Refused, bad, not_found
from .showing import whole_row
from .values import Unfit, stored
from .writing import create, delete, update

DUPLICATE_HEADER = "sforce-duplicate-rule-header"
#: From this version on an upsert that changes a record says so with 200; before it was 204 without a body.
TALKATIVE_UPSERT = 46.0


def read_row(call: Call) -> Response:
    """One record with all its fields, or those asked for."""
    return _shown(call, _there(call))


def create_row(call: Call) -> Response:
    """A new record."""
    call.sight.may_write(call.table())
    insists = call.header_says(DUPLICATE_HEADER, "allowSave=true")
    record = create(call.sight, call.table(), call.body(), allow_duplicates=insists)
    _note_schema(call, call.table())
    return json_response(made(record.id), 201)


def update_row(call: Call) -> Response:
    """Change a record."""
    table, record = call.table(), _known(call)
    call.sight.may_write(table)
    body = call.body()
    refuse_key_in_body(table.type.fields["Id"], body)
    update(call.sight, table, record, body)
    _note_schema(call, table)
    return Response(status=204)


def delete_row(call: Call) -> Response:
    """Put a record into the recycle bin."""
    table, record = call.table(), _known(call)
    call.sight.may_write(table)
    delete(call.org, table, record)
    _note_schema(call, table)
    return Response(status=204)


def read_by_key(call: Call) -> Response:
    """One record by an external id."""
    matches = matching(call.table(), key_field(call, call.table()), call.params["value"])
    if not matches:
        raise not_found()
    return _shown(call, _single(call, matches))


def upsert(call: Call) -> Response:
    """Change the record with this external id, or make it."""
    table = call.table()
    call.sight.may_write(table)
    field, body = key_field(call, table), call.body()
    refuse_key_in_body(field, body)
    matches = matching(table, field, call.params["value"])
    if not matches and call.request.flag("updateOnly"):
        raise not_found()
    if not matches:
        record = create(call.sight, table, {**body, field.name: call.params["value"]})
        return json_response({**made(record.id), "created": True}, 201)
    record = _single(call, matches)
    update(call.sight, table, record, body)
    if float(call.version) < TALKATIVE_UPSERT:
        return Response(status=204)
    return json_response({**made(record.id), "created": False})


def made(record_id: str) -> dict[str, JSON]:
    """What a write that went well answers."""
    return {"id": record_id, "success": True, "errors": []}


def key_field(call: Call, table: Table) -> Field:
    """The field of the path by which records are looked up. Raises Refused with 404."""
    name = call.params["field"]
    field = call.sight.field(table.name, name)
    if field is None or not (field.external_id or field.id_lookup):
        raise not_found(f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def refuse_key_in_body(field: Field, body: dict[str, JSON]) -> None:
    """Raise Refused where the body holds the key that the path holds."""
    if field.name.lower() in (name.lower() for name in body):
        message = f"The {field.name} field should not be specified in the sobject data."
        raise bad("INVALID_FIELD", message)


def matching(table: Table, field: Field, value: JSON) -> list[Record]:
    """The live records with this key."""
    try:
        return table.with_value(field.name, stored(field, value))
    except Unfit:
        return []


def _single(call: Call, matches: list[Record]) -> Record:
    if len(matches) == 1:
        return matches[0]
    urls: list[JSON] = [f"{call.base}/sobjects/{call.params['type']}/{record.id}" for record in matches]
    raise Refused(300, (), (), urls)


def _known(call: Call) -> Record:
    """The record of the path, perhaps a deleted one. Raises Refused with 404."""
    record = call.table().records.get(full_id(call.params["id"]) or "")
    if record is None:
        raise not_found()
    return record


def _there(call: Call) -> Record:
    record = _known(call)
    if record.is_deleted:
        raise not_found()
    return record


def _shown(call: Call, record: Record) -> Response:
    table = call.table()
    fields = call.sight.fields(table.name)
    if asked := call.request.args("fields"):
        fields = [asked_field(call, table, name) for name in asked]
    return json_response(whole_row(call.sight, table.name, record.values, fields, call.version))


def asked_field(call: Call, table: Table, name: str) -> Field:
    """A field that a reader names. Raises Refused with INVALID_FIELD."""
    field = call.sight.field(table.name, name)
    if field is None:
        raise bad("INVALID_FIELD", f"No such column '{name}' on sobject of type {table.name}")
    return field


def _note_schema(call: Call, table: Table) -> None:
    """A write of permissions changes what describes say."""
    if table.name.startswith(("FieldPermissions", "PermissionSet")):
        call.org.schema_ms = call.org.now_ms
