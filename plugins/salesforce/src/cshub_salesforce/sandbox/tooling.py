"""New fields: made in the Tooling API, and seen by nobody until a permission set says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .fields import Choice, Field, flag, long_text, number, picklist, plain, text
from .ids import full_id
from .records import Record, Table
from .refusals import Refused, bad, not_found, refused
from .rows import made

_NAME = re.compile(r"([A-Za-z]\w*)\.([A-Za-z]\w*__c)")
Metadata = Mapping[str, JSON]


def create_field(call: Call) -> Response:
    """A custom field; 201 with its id."""
    _need_setup_rights(call)
    body = call.body()
    table, name = _place(call, body.get("FullName"))
    if table.type.field_named(name):
        raise bad(
            "DUPLICATE_DEVELOPER_NAME", f"There is already a field named {name.removesuffix('__c')} on {table.name}."
        )
    metadata = body.get("Metadata")
    if not isinstance(metadata, dict) or not metadata.get("label"):
        raise bad("REQUIRED_FIELD_MISSING", "Required fields are missing: [label]", ("Metadata",))
    table.type.add(_field(name, metadata))
    call.org.schema_ms = call.org.now_ms
    return json_response({**made(_remember(call, table, name)), "warnings": [], "infos": []}, 201)


def read_field(call: Call) -> Response:
    """A custom field by its id."""
    record = _known(call)
    return json_response({key: value for key, value in record.values.items() if not key.endswith("Date")})


def delete_field(call: Call) -> Response:
    """Take a custom field away with all its values."""
    _need_setup_rights(call)
    record = _known(call)
    table = call.org.tables[str(record.values["TableEnumOrId"])]
    del table.type.fields[f"{record.values['DeveloperName']}__c"]
    call.org.tooling["CustomField"].drop(record.id)
    call.org.schema_ms = call.org.now_ms
    return Response(status=204)


def _need_setup_rights(call: Call) -> None:
    if not call.org.behaviour.setup_rights:
        raise refused(403, "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id")


def _known(call: Call) -> Record:
    record = call.org.tooling["CustomField"].get(full_id(call.params["id"]))
    if record is None:
        raise not_found()
    return record


def _place(call: Call, given: JSON) -> tuple[Table, str]:
    found = _NAME.fullmatch(str(given))
    if not found:
        raise bad("INVALID_FIELD", f"FullName: must look like Account.Some_Field__c, not {given}", ("FullName",))
    # Fields of tasks and events are made on the object both of them are.
    table = call.sight.table("Task" if found.group(1) == "Activity" else found.group(1))
    if table is None:
        raise bad("INVALID_CROSS_REFERENCE_KEY", f"Entity of type {found.group(1)} is not available")
    return table, found.group(2)


def _field(name: str, metadata: Metadata) -> Field:
    kind = str(metadata.get("type"))
    if kind not in _MAKERS:
        raise bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", f"Type: bad value for restricted picklist field: {kind}")
    return _MAKERS[kind](name, metadata)


def _text(name: str, metadata: Metadata) -> Field:
    unique, external = metadata.get("unique") is True, metadata.get("externalId") is True
    length = _whole(metadata, "length", 1, 255)
    required = metadata.get("required") is True
    return text(
        name, str(metadata["label"]), length, unique=unique, external_id=external, id_lookup=external,
        is_required=required, by_profile=required, help_text=_help(metadata),
    )  # fmt: skip


def _number(type: str) -> Callable[[str, Metadata], Field]:
    def make(name: str, metadata: Metadata) -> Field:
        precision, scale = _whole(metadata, "precision", 1, 18), _whole(metadata, "scale", 0, 17)
        external, required = metadata.get("externalId") is True, metadata.get("required") is True
        return number(
            name, str(metadata["label"]), precision, scale, type, external_id=external, id_lookup=external,
            unique=metadata.get("unique") is True, is_required=required, by_profile=required, help_text=_help(metadata),
        )  # fmt: skip

    return make


def _plain(type: str) -> Callable[[str, Metadata], Field]:
    return lambda name, metadata: plain(name, str(metadata["label"]), type, by_profile=False, help_text=_help(metadata))


def _flag(name: str, metadata: Metadata) -> Field:
    if metadata.get("defaultValue") in (None, ""):
        raise _incomplete("defaultValue")
    default = str(metadata["defaultValue"]).lower() == "true"
    return flag(name, str(metadata["label"]), default=default, by_profile=False, help_text=_help(metadata))


def _long(name: str, metadata: Metadata) -> Field:
    _whole(metadata, "visibleLines", 2, 100)
    length = _whole(metadata, "length", 256, 131_072)
    return long_text(name, str(metadata["label"]), length, by_profile=False, help_text=_help(metadata))


def _picklist(name: str, metadata: Metadata) -> Field:
    values = metadata.get("valueSet")
    definition = values.get("valueSetDefinition") if isinstance(values, dict) else None
    listed = definition.get("value") if isinstance(definition, dict) else None
    if not isinstance(values, dict) or not isinstance(listed, list) or not listed:
        raise _incomplete("valueSet")
    choices = tuple(_choice(each) for each in listed if isinstance(each, dict))
    restricted, label = values.get("restricted") is True, str(metadata["label"])
    return picklist(
        name, label, (), choices=choices, restricted=restricted, by_profile=False, help_text=_help(metadata)
    )


def _choice(given: Mapping[str, JSON]) -> Choice:
    name = str(given.get("fullName"))
    return Choice(value=name, label=str(given.get("label", name)), is_default=given.get("default") is True)


def _help(metadata: Metadata) -> str | None:
    found = metadata.get("inlineHelpText")
    return str(found) if found else None


def _whole(metadata: Metadata, key: str, least: int, most: int) -> int:
    value = metadata.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise _incomplete(key)
    return value


def _incomplete(key: str) -> Refused:
    return bad("FIELD_INTEGRITY_EXCEPTION", f"Custom field metadata: {key} must be specified, and in its range", (key,))


def _remember(call: Call, table: Table, name: str) -> str:
    org = call.org
    record_id, now, user = org.new_id("CustomField"), org.now_ms, org.integration_user
    names = {"DeveloperName": name.removesuffix("__c"), "TableEnumOrId": table.name, "FullName": f"{table.name}.{name}"}
    stamps = {"CreatedDate": now, "LastModifiedDate": now, "SystemModstamp": now}
    people = {"CreatedById": user, "LastModifiedById": user}
    values = {"Id": record_id, **names, "NamespacePrefix": None, "ManageableState": "unmanaged", **stamps, **people}
    org.tooling["CustomField"].add(Record(record_id, dict(values)))
    return record_id


_MAKERS: dict[str, Callable[[str, Metadata], Field]] = {
    "Text": _text,
    "Number": _number("double"),
    "Percent": _number("percent"),
    "Currency": _number("currency"),
    "DateTime": _plain("datetime"),
    "Date": _plain("date"),
    "Checkbox": _flag,
    "LongTextArea": _long,
    "Picklist": _picklist,
    "Url": lambda name, metadata: replace(_plain("url")(name, metadata), length=255),
}
