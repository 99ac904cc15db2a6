"""Records one by one and in lists: read, make, change, archive, merge."""

from __future__ import annotations

from cshub.testing.sandbox import JSON, Response, json_response

from . import life, writing
from .association_types import default_type
from .call import Call, plural, record_id
from .merging import merge_records
from .records import Record, Table
from .refusals import bad_request, not_found
from .showing import show, show_links

LIST_LIMIT, HISTORY_LIMIT = 100, 50


def list_records(call: Call) -> Response:
    """A page of records, ordered by id."""
    table, request = call.table, call.request
    archived = request.flag("archived")
    limit = page_limit(call, HISTORY_LIMIT if request.args("propertiesWithHistory") else LIST_LIMIT)
    after = request.arg("after") or "0"
    if not after.isdigit():
        raise bad_request(f"Invalid value for after: {after}")
    found = table.page(int(after), limit + 1, archived=archived)
    body: dict[str, JSON] = {"results": [_shown(call, record) for record in found[:limit]]}
    if len(found) > limit:
        body["paging"] = _next(call, str(found[limit].id))
    return json_response(body)


def get_record(call: Call) -> Response:
    """One record by id or by a unique property; a merged-away id answers with the winner."""
    return json_response(_shown(call, _find(call, archived=call.request.flag("archived"))))


def create_record(call: Call) -> Response:
    """A new record, with associations where asked for."""
    body = call.body()
    record = create_from(call, body)
    return json_response(show(call.portal, call.table, record, tuple(_properties(body))), 201)


def create_from(call: Call, body: dict[str, JSON]) -> Record:
    """A record from `{"properties", "associations"?}`. Raises Refused before anything is made."""
    table = call.table
    ends = _association_ends(call, body)
    record = writing.create(call.portal, table, _properties(body))
    for target, target_id, kinds in ends:
        call.portal.links.add(table.name, record.id, target, target_id, kinds)
    return record


def update_record(call: Call) -> Response:
    """New values for one record; a merged-away id changes the winner."""
    values = _properties(call.body())
    record = _find(call)
    writing.update(call.portal, call.table, record, values)
    return json_response(show(call.portal, call.table, record, tuple(values)))


def archive_record(call: Call) -> Response:
    """Archive a record; an unknown id is no error."""
    archive(call, call.params["id"])
    return Response(status=204)


def archive(call: Call, text: object) -> None:
    """Move a record to the archived ones and end its associations."""
    number = int(text) if isinstance(text, str) and text.isdigit() else -1
    if number in call.table.live:
        life.archive(call.portal, call.table.name, number)


def merge(call: Call) -> Response:
    """Merge one record into another."""
    body = call.body()
    primary, other = record_id(body.get("primaryObjectId")), record_id(body.get("objectIdToMerge"))
    record = merge_records(call.portal, call.table, primary, other)
    return json_response(show(call.portal, call.table, record, ("hs_merged_object_ids",)))


def gdpr_delete(call: Call) -> Response:
    """Remove a contact for good; an unknown e-mail address is no error."""
    body, table = call.body(), call.table
    text = str(body.get("objectId"))
    found = table.holder("email", text.lower()) if body.get("idProperty") == "email" else record_id(text)
    if found is not None:
        table.forget(found)
        call.portal.links.drop(table.name, found)
    return Response(status=204)


def page_limit(call: Call, most: int) -> int:
    """The page size asked for. Raises Refused beyond `most`."""
    text = call.request.arg("limit") or "10"
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise bad_request(f"Invalid limit {text}: it must be between 1 and {most}")
    return int(text)


def find_by(table: Table, id_property: str | None, text: str) -> Record | None:
    """A live record by id, or by the value of a unique property. Raises Refused for a property that is not unique."""
    if not id_property:
        return table.live.get(int(text)) if text.isdigit() else None
    prop = table.schema.properties.get(id_property)
    if prop is None or not prop.unique:
        raise bad_request(f"Cannot look up {table.name} by non-unique property {id_property}")
    found = table.holder(id_property, text.lower() if id_property == "email" else text)
    return None if found is None else table.live[found]


def _find(call: Call, *, archived: bool = False) -> Record:
    table, text = call.table, call.params["id"]
    if id_property := call.request.arg("idProperty"):
        record = find_by(table, id_property, text)
    else:
        number = record_id(text)
        record = table.archived.get(number) if archived else table.resolve(number)
    if record is None:
        raise not_found(text)
    return record


def _shown(call: Call, record: Record) -> dict[str, JSON]:
    request, portal = call.request, call.portal
    body = show(portal, call.table, record, request.args("properties"), request.args("propertiesWithHistory"))
    asked = request.args("associations")
    links = show_links(portal.links, call.table, record, asked, portal.behaviour.inline_page) if asked else {}
    return body | {"associations": links} if links else body


def _next(call: Call, after: str) -> dict[str, JSON]:
    kept = "&".join(part for part in call.request.query_string.split("&") if part and not part.startswith("after="))
    link = f"https://api.hubapi.com{call.request.path}?{kept}&after={after}"
    return {"next": {"after": after, "link": link}}


def _properties(body: dict[str, JSON]) -> dict[str, JSON]:
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise bad_request("Invalid input JSON: properties is required")
    return properties


def _association_ends(call: Call, body: dict[str, JSON]) -> list[tuple[str, int, list[int]]]:
    listed = body.get("associations") or []
    if not isinstance(listed, list):
        raise bad_request("Invalid input JSON: associations must be a list")
    return [_association_end(call, item) for item in listed if isinstance(item, dict)]


def _association_end(call: Call, item: dict[str, JSON]) -> tuple[str, int, list[int]]:
    to, types = item.get("to"), item.get("types")
    if not isinstance(to, dict) or not isinstance(types, list):
        raise bad_request("Invalid input JSON: an association needs to and types")
    numbers = [kind.get("associationTypeId") for kind in types if isinstance(kind, dict)]
    target_id = record_id(to.get("id"))
    for target, table in call.portal.tables.items():
        if target_id in table.live and default_type(call.object_type, plural(target)):
            return target, target_id, [number for number in numbers if isinstance(number, int)]
    raise not_found(str(target_id))
