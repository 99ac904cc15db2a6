"""Writing fields: batches of a hundred, one outcome per record whatever HubSpot answers. Isolating bad rows is `isolate.py`'s part.

See https://developers.hubspot.com/docs/api-reference/crm-companies-v3/batch/post-crm-v3-objects-companies-batch-update.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from cshub import (
    JSON,
    Answer,
    Outcome,
    RateLimited,
    RecordWrite,
    RequestRefused,
    VendorTrouble,
    WriteBatch,
    WriteState,
)

from .api import Api, results
from .batch import id_of
from .explain import body, context, errors, explain, sentence, word
from .isolate import Refusal, narrow
from .objects import BATCH_LIMIT
from .values import time, wire

_REFUSALS = (400, 404, 409)
#: The complaint is about the property itself, so every row that carries it is refused for good.
_HOPELESS = ("PROPERTY_DOESNT_EXIST", "READ_ONLY_VALUE")
_FOR_GOOD = ("VALIDATION_ERROR", "CONFLICT")
_MISSING = "OBJECT_NOT_FOUND"


class Writer:
    """Writes one batch. `flying` holds the ids of the call under way, whose fate nobody knows if it breaks."""

    def __init__(self, api: Api, target: str) -> None:
        self._api = api
        self._target = target
        self._flying: frozenset[str] = frozenset()

    def outcomes(self, batch: WriteBatch) -> Iterator[Outcome]:
        """Exactly one outcome per record, each as soon as it is known. Raises CredentialsError and PermissionMissing.

        When HubSpot or the network fails, the call under way ends unknown and everything after it failed.
        """
        trouble: VendorTrouble | None = None
        for chunk in chunks(batch.records):
            due = dict.fromkeys(row.id for row in chunk)
            if trouble is None:
                try:
                    for outcome in self._chunk(chunk):
                        due.pop(outcome.id, None)
                        yield outcome
                except VendorTrouble as error:
                    trouble = error
            for id in due if trouble else ():
                yield self._broken(id, trouble)
            self._flying = frozenset()

    def _chunk(self, rows: Sequence[RecordWrite]) -> Iterator[Outcome]:
        answer = self._send(rows)
        if not isinstance(answer, Refusal):
            yield from answer
            return
        hopeless = [row for row in rows if answer.fields & row.values.keys()]
        if not hopeless:
            yield from narrow(rows, answer, self._send, self._reject)
            return
        yield from (self._reject(row, answer) for row in hopeless)
        rest = [row for row in rows if not answer.fields & row.values.keys()]
        if rest:
            yield from self._chunk(rest)

    def _send(self, rows: Sequence[RecordWrite]) -> Sequence[Outcome] | Refusal:
        self._flying = frozenset(row.id for row in rows)
        answer = self._api.batch_update(self._target, [_input(row) for row in rows], accept=_REFUSALS)
        if answer.status in _REFUSALS:
            return _refusal(answer)
        found = _outcomes(answer, [row.id for row in rows])
        return [self._resolved(each) if each.state is WriteState.GONE else each for each in found]

    def _reject(self, row: RecordWrite, why: Refusal) -> Outcome:
        state = WriteState.GONE if why.code == _MISSING else WriteState.REJECTED
        found = Outcome(id=row.id, state=state, code=why.code, message=why.message, request_id=why.request_id)
        return self._resolved(found) if state is WriteState.GONE else found

    def _resolved(self, outcome: Outcome) -> Outcome:
        """The same with the record it lives on as: a merged id still reads as its survivor, though it cannot be written."""
        try:
            answer = self._api.record(self._target, outcome.id, ("hs_object_id",))
        except (VendorTrouble, RequestRefused):
            return outcome
        survivor = id_of(answer.object()) if answer.status == 200 else None
        if survivor == outcome.id:
            return Outcome(id=outcome.id, state=WriteState.FAILED, code=outcome.code, message=outcome.message)
        return Outcome(
            id=outcome.id,
            state=WriteState.GONE,
            code=outcome.code,
            message=outcome.message,
            request_id=outcome.request_id,
            survivor=survivor,
        )

    def _broken(self, id: str, trouble: VendorTrouble | None) -> Outcome:
        sent = id in self._flying and not isinstance(trouble, RateLimited)
        return Outcome(
            id=id,
            state=WriteState.UNKNOWN if sent else WriteState.FAILED,
            code=trouble.code if trouble else None,
            message=trouble.message if trouble else None,
            request_id=trouble.request_id if trouble else None,
        )


def chunks(records: Sequence[RecordWrite]) -> Iterator[list[RecordWrite]]:
    """Calls of at most a hundred records in which no id comes twice; a second write of a record follows the first."""
    rounds: list[list[RecordWrite]] = []
    seen: defaultdict[str, int] = defaultdict(int)
    for row in records:
        if seen[row.id] == len(rounds):
            rounds.append([])
        rounds[seen[row.id]].append(row)
        seen[row.id] += 1
    for rows in rounds:
        yield from (rows[start : start + BATCH_LIMIT] for start in range(0, len(rows), BATCH_LIMIT))


def _input(row: RecordWrite) -> JSON:
    """The trace id lets HubSpot name this row when it takes the others."""
    values: dict[str, JSON] = {name: wire(value) for name, value in row.values.items()}
    return {"id": row.id, "properties": values, "objectWriteTraceId": row.id}


def _outcomes(answer: Answer, ids: Sequence[str]) -> list[Outcome]:
    """One outcome per id of an accepted call; an answer without a word about anything means that nothing was written."""
    found: dict[str, Outcome] = {}
    said = answer.object()
    for item in results(answer):
        id = id_of(item)
        if id is not None and id in ids and isinstance(item, dict):
            found[id] = _written(id, item, answer)
    for error in errors(said):
        for id in {*context(error, "ids"), *context(error, "objectWriteTraceId")} & set(ids):
            found[id] = _failed(id, error, answer)
    return [found.get(id) or _silence(id, answer, said_something=bool(found)) for id in ids]


def _written(id: str, item: dict[str, JSON], answer: Answer) -> Outcome:
    stamp = item.get("updatedAt")
    changed_at = time(stamp) if isinstance(stamp, str) else None
    return Outcome(id=id, state=WriteState.WRITTEN, request_id=answer.request_id, changed_at=changed_at)


def _failed(id: str, error: dict[str, JSON], answer: Answer) -> Outcome:
    category = word(error, "category")
    states = {_MISSING: WriteState.GONE, **dict.fromkeys(_FOR_GOOD, WriteState.REJECTED)}
    return Outcome(
        id=id,
        state=states.get(category, WriteState.FAILED),
        code=category or None,
        message=sentence(error) or None,
        request_id=answer.request_id,
    )


def _silence(id: str, answer: Answer, *, said_something: bool) -> Outcome:
    if said_something:
        state, code, message = WriteState.UNKNOWN, "NOT_MENTIONED", "HubSpot answered without a word about this record"
    else:
        state, code, message = WriteState.FAILED, "NOTHING_WRITTEN", "HubSpot took the call but wrote nothing"
    return Outcome(id=id, state=state, code=code, message=message, request_id=answer.request_id)


def _refusal(answer: Answer) -> Refusal:
    """Raises what `explain` says for a 404 that is about the path, not about a record."""
    said = body(answer)
    code = word(said, "category") or "VALIDATION_ERROR"
    if answer.status == 404 and code != _MISSING:
        error = explain(answer)
        raise error if isinstance(error, RequestRefused) else answer.error("does not know the address")
    return Refusal(
        code=code,
        message=sentence(said) or answer.excerpt(),
        request_id=answer.request_id,
        fields=hopeless_fields(word(said, "message")),
    )


def hopeless_fields(message: str) -> frozenset[str]:
    """The properties a refusal says nobody can write; HubSpot puts them as JSON into its message."""
    start = message.find("[{")
    try:
        found, _ = json.JSONDecoder().raw_decode(message[start:]) if start >= 0 else ([], 0)
    except ValueError:
        return frozenset()
    complaints = [each for each in found if isinstance(each, dict)]
    return frozenset(str(each.get("name")) for each in complaints if each.get("error") in _HOPELESS)
