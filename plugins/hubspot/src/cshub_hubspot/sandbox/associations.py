"""Association calls: read in batches with paging per record, make, end, and the labels between two types."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

from cshub.testing.sandbox import JSON, Response, json_response

from .association_types import (
    CHILD_TO_PARENT,
    PARENT_TO_CHILD,
    TYPES,
    AssociationType,
    default_type,
    types_between,
)
from .batch import Outcome, answer
from .call import Call, plural, record_id
from .generations import SINGULAR, TYPE_ID
from .refusals import bad_request, not_found

READ_LIMIT, WRITE_LIMIT = 1_000, 2_000
NONE_FOUND = "crm.associations.NO_ASSOCIATIONS_FOUND"
End = tuple[str, int]


def read(call: Call) -> Response:
    """The associations of up to 1,000 records; a record with many has its own paging."""
    source, target = _pair(call)
    outcome = Outcome()
    for item in call.inputs(READ_LIMIT):
        number, after = record_id(item.get("id")), str(item.get("after") or "0")
        block = _block(call, source, number, target, int(after) if after.isdigit() else 0)
        if block is not None:
            outcome.results.append(block)
        elif call.portal.behaviour.no_associations == "errors":
            _none(call, outcome, source, number, target)
    return answer(call, outcome)


def of_record(call: Call) -> Response:
    """The associations of one record."""
    source, target, number = call.object_type, plural(call.params["to"]), record_id(call.params["id"])
    limit = min(int(call.request.arg("limit") or 500), 500)
    after = int(call.request.arg("after") or 0)
    block = _block(call, source, number, target, after, limit) or {"to": []}
    body: dict[str, JSON] = {"results": block["to"]}
    if "paging" in block:
        body["paging"] = block["paging"]
    return json_response(body)


def put_default(call: Call) -> Response:
    """Associate two records in the default way; the answer shows both directions."""
    (source, source_id), (target, target_id) = _ends(call)
    types = _associate(call, (source, source_id), (target, target_id), [])
    return answer(call, Outcome(results=list(_both(types, source_id, target_id))))


def put_labelled(call: Call) -> Response:
    """Associate two records with the types in the body."""
    try:
        kinds = call.request.json()
    except ValueError:
        kinds = None
    source, target = _ends(call)
    types = _associate(call, source, target, _numbers(kinds))
    return json_response(_pair_body(source, target, types), 201)


def delete(call: Call) -> Response:
    """End every association between two records; none is no error."""
    (source, source_id), (target, target_id) = _ends(call)
    call.portal.links.remove(source, source_id, target, target_id)
    return Response(status=204)


def create_many(call: Call) -> Response:
    """Associate up to 2,000 pairs with the types given for each."""
    results = _each_pair(call, lambda s, t, types: [_pair_body(s, t, types)], with_types=True)
    return answer(call, Outcome(results=results), call.generation.created)


def create_many_default(call: Call) -> Response:
    """Associate up to 2,000 pairs in the default way."""
    results = _each_pair(call, lambda s, t, types: list(_both(types, s[1], t[1])), with_types=False)
    return answer(call, Outcome(results=results))


def archive_many(call: Call) -> Response:
    """End associations; 204 in the classic generation, an empty batch answer in the others."""
    source, target = _pair(call)
    for item in call.inputs(WRITE_LIMIT):
        to = item.get("to")
        for other in to if isinstance(to, list) else []:
            call.portal.links.remove(source, _id_of(item.get("from")), target, _id_of(other))
    return Response(status=204) if call.generation.is_classic else answer(call, Outcome())


def labels(call: Call) -> Response:
    """The association types between two object types."""
    source, target = _pair(call)
    return json_response({"results": [_spec(call, kind) for kind in types_between(source, target)]})


def _block(call: Call, source: str, number: int, target: str, after: int, limit: int = 0) -> dict[str, JSON] | None:
    page = limit or call.portal.behaviour.association_page
    found = call.portal.links.of(source, number, target)
    if not found:
        return None
    shown = list(islice(((other, kinds) for other, kinds in found.items() if other >= after), page + 1))
    to: list[JSON] = [_other(call, other, kinds) for other, kinds in shown[:page]]
    block: dict[str, JSON] = {"from": {"id": str(number)}, "to": to}
    if len(shown) > page:
        next_id = str(shown[page][0])
        link = f"https://api.hubapi.com{call.generation.links}/{source}/{number}/associations/{target}?after={next_id}"
        block["paging"] = {"next": {"after": next_id, "link": link}}
    return block


def _other(call: Call, other: int, kinds: Iterable[int]) -> dict[str, JSON]:
    # Real v4 answers hold a number here, the official file says text.
    is_number = call.portal.behaviour.answers == "recorded" and call.generation.is_classic
    specs: list[JSON] = [_spec(call, TYPES[kind]) for kind in sorted(kinds)]
    return {"toObjectId": other if is_number else str(other), "associationTypes": specs}


def _spec(call: Call, kind: AssociationType) -> dict[str, JSON]:
    spec: dict[str, JSON] = {"category": "HUBSPOT_DEFINED", "typeId": kind.id}
    # Real answers hold null where there is no label, the official files know text only.
    if kind.label is not None or call.portal.behaviour.answers == "recorded":
        spec["label"] = kind.label
    return spec


def _none(call: Call, outcome: Outcome, source: str, number: int, target: str) -> None:
    message = f"No {SINGULAR[target]} is associated with {SINGULAR[source]} {number}."
    context: dict[str, JSON] = {
        "fromObjectId": [str(number)],
        "fromObjectType": [SINGULAR[source]],
        "toObjectType": [SINGULAR[target]],
    }
    outcome.fail("OBJECT_NOT_FOUND", message, context, details=[{"message": message, "subCategory": NONE_FOUND}])
    if call.portal.behaviour.answers == "recorded":
        outcome.errors[-1] |= {"subCategory": NONE_FOUND, "errors": []}  # type: ignore[operator]  # made above as an object


def _pair(call: Call) -> tuple[str, str]:
    return call.object_type, plural(call.params["to"])


def _ends(call: Call) -> tuple[End, End]:
    source, target = _pair(call)
    return (source, record_id(call.params["id"])), (target, record_id(call.params["to_id"]))


def _id_of(data: JSON) -> int:
    return record_id(data.get("id") if isinstance(data, dict) else None)


def _numbers(kinds: JSON) -> list[int]:
    if not isinstance(kinds, list) or not kinds:
        raise bad_request("Invalid input JSON: a list of association types is required")
    numbers = [kind.get("associationTypeId") for kind in kinds if isinstance(kind, dict)]
    return [number for number in numbers if isinstance(number, int)]


def _associate(call: Call, source: End, target: End, numbers: list[int]) -> list[AssociationType]:
    portal = call.portal
    for name, number in (source, target):
        if number not in portal.tables[name].live:
            raise not_found(str(number))
    if default_type(source[0], target[0]) is None:
        raise bad_request(f"There is no association from {source[0]} to {target[0]}")
    known = {kind.id for kind in types_between(source[0], target[0])}
    if set(numbers) - known:
        raise bad_request(f"Invalid association types {sorted(set(numbers) - known)}")
    added = portal.links.add(*source, *target, numbers)
    _follow(call, source, target, added)
    return [TYPES[number] for number in sorted(added)]


def _follow(call: Call, source: End, target: End, added: set[int]) -> None:
    """Some associations also stand in a property; that moves no stamp."""
    contact = next((end for end in (source, target) if end[0] == "contacts"), None)
    if contact:
        company = call.portal.links.primary("contacts", contact[1], "companies")
        _quietly(call, contact, "associatedcompanyid", company)
    if added & {PARENT_TO_CHILD, CHILD_TO_PARENT}:
        parent, child = (source, target) if PARENT_TO_CHILD in added else (target, source)
        _quietly(call, child, "hs_parent_company_id", parent[1])


def _quietly(call: Call, end: End, name: str, value: int | None) -> None:
    table = call.portal.tables[end[0]]
    record = table.live[end[1]]
    if value is not None and record.values.get(name) != str(value):
        record.values = record.values | {name: str(value)}
        call.portal.publish(table, record)


def _both(types: Iterable[AssociationType], source_id: int, target_id: int) -> Iterable[JSON]:
    for kind in types:
        for number, first, second in ((kind.id, source_id, target_id), (kind.mirror, target_id, source_id)):
            yield {
                "from": {"id": str(first)},
                "to": {"id": str(second)},
                "associationSpec": {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number},
            }


def _pair_body(source: End, target: End, types: Iterable[AssociationType]) -> dict[str, JSON]:
    return {
        "fromObjectTypeId": TYPE_ID[source[0]],
        "fromObjectId": str(source[1]),
        "toObjectTypeId": TYPE_ID[target[0]],
        "toObjectId": str(target[1]),
        "labels": [kind.label for kind in types if kind.label],
    }


def _each_pair(
    call: Call, shown: Callable[[End, End, list[AssociationType]], list[JSON]], *, with_types: bool
) -> list[JSON]:
    source, target = _pair(call)
    results: list[JSON] = []
    for item in call.inputs(WRITE_LIMIT):
        ends = (source, _id_of(item.get("from"))), (target, _id_of(item.get("to")))
        numbers = _numbers(item.get("types")) if with_types else []
        results += shown(*ends, _associate(call, *ends, numbers))
    return results
