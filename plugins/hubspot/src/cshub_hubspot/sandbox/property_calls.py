"""Property and group calls: read, make, change, archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from cshub.testing.sandbox import JSON, Response, json_response

from .batch import Outcome, answer
from .call import Call
from .refusals import Refused, bad_request, conflict, not_found
from .schema import PAIRS, UNIQUE_LIMIT, Option, Property, Schema

NAME = re.compile(r"[a-z][a-z0-9_]*")
REQUIRED = ("fieldType", "groupName", "label", "name", "type")
BATCH_LIMIT = 100


def list_properties(call: Call) -> Response:
    """Every property of a type, live or archived ones."""
    schema = call.table.schema
    pool = schema.archived if call.request.flag("archived") else schema.properties
    return json_response({"results": [prop.as_json() for prop in pool.values()]})


def get_property(call: Call) -> Response:
    """One property."""
    return json_response(_property(call).as_json())


def create_property(call: Call) -> Response:
    """A new property; one that exists is a conflict."""
    return json_response(_create(call, call.body()).as_json(), 201)


def create_properties(call: Call) -> Response:
    """Up to 100 new properties; those that exist or do not fit are listed as errors."""
    outcome = Outcome()
    for item in call.inputs(BATCH_LIMIT):
        try:
            outcome.results.append(_create(call, item).as_json())
        except Refused as refused:
            outcome.fail(refused.category, refused.message, {"name": [str(item.get("name"))]})
    return answer(call, outcome, call.generation.created)


def read_properties(call: Call) -> Response:
    """Properties by name."""
    outcome = Outcome()
    for item in call.inputs(BATCH_LIMIT):
        prop = call.table.schema.properties.get(str(item.get("name")))
        if prop:
            outcome.results.append(prop.as_json())
        else:
            outcome.fail("OBJECT_NOT_FOUND", "Property does not exist", {"name": [str(item.get("name"))]})
    return answer(call, outcome)


def update_property(call: Call) -> Response:
    """Another label, group, description or other options."""
    body, prop = call.body(), _property(call)
    if not prop.own:
        raise bad_request(f"The definition of {prop.name} is read only")
    changed = replace(
        prop,
        label=str(body.get("label", prop.label)),
        description=str(body.get("description", prop.description)),
        group=str(body.get("groupName", prop.group)),
        field_type=str(body.get("fieldType", prop.field_type)),
        options=_options(body) if "options" in body else prop.options,
    )
    call.table.schema.add([changed])
    return json_response(changed.as_json())


def archive_property(call: Call) -> Response:
    """Delete a property of the account's own."""
    prop = _property(call)
    if not prop.own:
        raise bad_request(f"{prop.name} cannot be archived")
    call.table.schema.archive(prop.name, call.portal.clock.now_ms())
    return Response(status=204)


def archive_properties(call: Call) -> Response:
    """Delete properties of the account's own; unknown names are no error."""
    schema = call.table.schema
    for item in call.inputs(BATCH_LIMIT):
        prop = schema.properties.get(str(item.get("name")))
        if prop and prop.own:
            schema.archive(prop.name, call.portal.clock.now_ms())
    return Response(status=204)


def list_groups(call: Call) -> Response:
    """Every property group of a type."""
    groups = call.table.schema.groups
    return json_response({"results": [_group_json(name, label) for name, label in groups.items()]})


def get_group(call: Call) -> Response:
    """One group."""
    name = call.params["name"]
    if name not in call.table.schema.groups:
        raise not_found(name)
    return json_response(_group_json(name, call.table.schema.groups[name]))


def create_group(call: Call) -> Response:
    """A new group; one that exists is a conflict."""
    body, groups = call.body(), call.table.schema.groups
    name, label = str(body.get("name") or ""), str(body.get("label") or "")
    if not name or not label:
        raise bad_request("Invalid input JSON: name and label are required")
    if name in groups:
        raise conflict(f"A property group named '{name}' already exists.", category="OBJECT_ALREADY_EXISTS")
    groups[name] = label
    return json_response(_group_json(name, label), 201)


def _create(call: Call, body: Mapping[str, JSON]) -> Property:
    schema = call.table.schema
    missing = [key for key in REQUIRED if not body.get(key)]
    if missing:
        raise bad_request(f"Invalid input JSON: {', '.join(missing)} required")
    prop = Property(
        name=str(body["name"]),
        label=str(body["label"]),
        type=str(body["type"]),
        field_type=str(body["fieldType"]),
        group=str(body["groupName"]),
        options=_options(body),
        description=str(body.get("description") or ""),
        unique=body.get("hasUniqueValue") is True,
        hidden=body.get("hidden") is True,
        own=True,
        created_ms=call.portal.clock.now_ms(),
    )
    _check(schema, prop)
    schema.add([prop])
    return prop


def _check(schema: Schema, prop: Property) -> None:
    if not NAME.fullmatch(prop.name) or prop.name.startswith("hs_"):
        raise bad_request(f"Invalid property name '{prop.name}'")
    if prop.name in schema.properties:
        raise conflict(f"A property named '{prop.name}' already exists.", category="OBJECT_ALREADY_EXISTS")
    if prop.field_type not in PAIRS.get(prop.type, frozenset()):
        raise bad_request(f"Invalid property: type {prop.type} does not go with fieldType {prop.field_type}")
    if prop.group not in schema.groups:
        raise bad_request(f"Property group '{prop.group}' does not exist.")
    if prop.type == "enumeration" and not prop.options:
        raise bad_request(f"Property '{prop.name}' needs options")
    if prop.unique and len(schema.unique_names()) >= UNIQUE_LIMIT:
        raise bad_request(f"An object has at most {UNIQUE_LIMIT} properties with unique values")


def _options(body: Mapping[str, JSON]) -> tuple[Option, ...]:
    listed = body.get("options") or []
    if not isinstance(listed, list):
        raise bad_request("Invalid input JSON: options must be a list")
    return tuple(_option(item) for item in listed)


def _option(item: JSON) -> Option:
    if not isinstance(item, dict) or {"label", "value", "displayOrder", "hidden"} - set(item):
        raise bad_request("Invalid input JSON: an option needs label, value, displayOrder and hidden")
    order = item["displayOrder"]
    return Option(
        label=str(item["label"]),
        value=str(item["value"]),
        order=order if isinstance(order, int) else 0,
        hidden=item["hidden"] is True,
    )


def _property(call: Call) -> Property:
    name, schema = call.params["name"], call.table.schema
    pool = schema.archived if call.request.flag("archived") else schema.properties
    if name not in pool:
        raise not_found(name)
    return pool[name]


def _group_json(name: str, label: str) -> dict[str, JSON]:
    return {"name": name, "label": label, "displayOrder": -1, "archived": False}
