"""Batch calls: up to 100 inputs, each with an outcome; 207 when some failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cshub.testing.sandbox import JSON, Response, json_response

from . import writing
from .call import Call
from .objects import archive, create_from, find_by
from .records import Record
from .refusals import Refused, bad_request
from .showing import show
from .times import iso

BATCH_LIMIT = 100
Input = Mapping[str, JSON]


@dataclass(slots=True)
class Outcome:
    """What came of a batch: the results, and the errors in HubSpot's standard form."""

    results: list[JSON] = field(default_factory=list)
    errors: list[JSON] = field(default_factory=list)

    def fail(self, category: str, message: str, context: dict[str, JSON], *, details: list[JSON] | None = None) -> None:
        """Note an error about one or more inputs."""
        error: dict[str, JSON] = {"status": "error", "category": category, "message": message, "context": context}
        self.errors.append(error | {"errors": details or [], "links": {}})


def answer(call: Call, outcome: Outcome, status: int = 200) -> Response:
    """The answer of a batch call: `status` when everything went well, else 207.

    The 2026-09 files know no 207, so it falls under their `default` answer, whose schema wants three keys more: a
    partial answer of that generation carries both shapes.
    """
    now = iso(call.portal.clock.now_ms())
    body: dict[str, JSON] = {"status": "COMPLETE", "results": outcome.results, "startedAt": now, "completedAt": now}
    if not outcome.errors:
        return json_response(body, status)
    body |= {"numErrors": len(outcome.errors), "errors": outcome.errors}
    if not call.generation.knows_207 and call.portal.behaviour.answers == "official":
        message = f"{len(outcome.errors)} of the inputs failed"
        body |= {"category": "MULTI_STATUS", "message": message, "correlationId": call.portal.correlation_id()}
    return json_response(body, 207)


def read(call: Call) -> Response:
    """Records by id or by a unique property; those missing are listed in one error."""
    body, table = call.body(), call.table
    inputs = call.inputs(BATCH_LIMIT)
    wanted = list(dict.fromkeys(str(item.get("id")) for item in inputs))
    asked, history = _names(body.get("properties")), _names(body.get("propertiesWithHistory"))
    pool = table.archived if call.request.flag("archived") else None
    id_property = body.get("idProperty")
    outcome, missing = Outcome(), []
    for text in wanted:
        if pool is not None:
            record = pool.get(int(text)) if text.isdigit() else None
        else:
            record = find_by(table, str(id_property) if id_property else None, text)
        if record is None:
            missing.append(text)
        else:
            outcome.results.append(show(call.portal, table, record, asked, history))
    if missing:
        _not_found(outcome, missing)
    return answer(call, outcome)


def create(call: Call) -> Response:
    """New records."""
    return _write(call, 201, _create_one)


def update(call: Call) -> Response:
    """New values for records; ids that were merged away are not found here."""
    _refuse_twice(call)
    return _write(call, 200, _update_one)


def upsert(call: Call) -> Response:
    """Change the record with this unique value, or make it; the result tells which."""
    _refuse_twice(call)
    return _write(call, 200, _upsert_one)


def archive_many(call: Call) -> Response:
    """Archive records; unknown ids are no error."""
    for item in call.inputs(BATCH_LIMIT):
        archive(call, item.get("id"))
    return Response(status=204)


def _write(call: Call, status: int, one: Callable[[Call, Input], dict[str, JSON] | None]) -> Response:
    inputs = call.inputs(BATCH_LIMIT)
    if not _may_fail_apart(call, inputs):
        _check_all(call, inputs)
    outcome, missing = Outcome(), []
    for item in inputs:
        # HubSpot passes over an input it cannot make sense of, without a word: 2xx and nothing written.
        if not isinstance(item.get("properties"), dict):
            continue
        try:
            result = one(call, item)
        except Refused as refused:
            trace = item.get("objectWriteTraceId")
            if trace is None or call.portal.behaviour.batch_errors == "whole":
                raise
            outcome.fail(refused.category, refused.message, {"objectWriteTraceId": [str(trace)]})
            continue
        if result is None:
            missing.append(str(item.get("id")))
        else:
            outcome.results.append(_traced(item, result))
    if missing:
        _not_found(outcome, missing)
    return answer(call, outcome, status)


def _may_fail_apart(call: Call, inputs: list[dict[str, JSON]]) -> bool:
    return call.portal.behaviour.batch_errors == "partial" and all("objectWriteTraceId" in item for item in inputs)


def _check_all(call: Call, inputs: list[dict[str, JSON]]) -> None:
    """One bad input fails the whole call, so all are checked before the first is written."""
    for item in inputs:
        values = item.get("properties")
        if isinstance(values, dict):
            record = _target(call, item) if "id" in item else None
            clean = writing.checked(call.portal, call.table, values, record, "api")
            if "id" not in item:
                writing.require(call.table, clean)


def _create_one(call: Call, item: Input) -> dict[str, JSON] | None:
    record = create_from(call, dict(item))
    return _shown(call, record, item)


def _update_one(call: Call, item: Input) -> dict[str, JSON] | None:
    record = _target(call, item)
    if record is None:
        return None
    writing.update(call.portal, call.table, record, _values(item))
    return _shown(call, record, item)


def _upsert_one(call: Call, item: Input) -> dict[str, JSON] | None:
    name = str(item.get("idProperty") or "")
    if not name or name == "hs_object_id":
        raise bad_request("An upsert needs idProperty: the name of a property with unique values")
    record = _target(call, item)
    is_new = record is None
    values = {name: item.get("id")} | _values(item)
    if record is None:
        record = writing.create(call.portal, call.table, values)
    else:
        writing.update(call.portal, call.table, record, values)
    return _shown(call, record, item) | {"new": is_new}


def _target(call: Call, item: Input) -> Record | None:
    name = item.get("idProperty")
    if name == "hs_object_id":
        type_id = call.params["type"]
        raise bad_request(f"Unable to update {type_id} by non-unique {type_id} property hs_object_id")
    return find_by(call.table, str(name) if name else None, str(item.get("id")))


def _refuse_twice(call: Call) -> None:
    ids = [str(item.get("id")) for item in call.inputs(BATCH_LIMIT) if "id" in item]
    twice = list(dict.fromkeys(text for text in ids if ids.count(text) > 1))
    if twice:
        raise bad_request(f"Duplicate IDs found in batch input: [{', '.join(twice)}]. IDs must be unique")


def _values(item: Input) -> dict[str, JSON]:
    values = item.get("properties")
    return dict(values) if isinstance(values, dict) else {}


def _shown(call: Call, record: Record, item: Input) -> dict[str, JSON]:
    return show(call.portal, call.table, record, tuple(_values(item)))


def _traced(item: Input, result: dict[str, JSON]) -> dict[str, JSON]:
    trace = item.get("objectWriteTraceId")
    return result if trace is None else result | {"objectWriteTraceId": str(trace)}


def _not_found(outcome: Outcome, missing: list[str]) -> None:
    ids: list[JSON] = [*missing]
    outcome.fail("OBJECT_NOT_FOUND", "Could not get some records, they may be deleted or not exist", {"ids": ids})


def _names(value: JSON) -> list[str]:
    return [str(name) for name in value] if isinstance(value, list) else []
