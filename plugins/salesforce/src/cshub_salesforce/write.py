"""Writing fields: collections of two hundred, one outcome per record whatever Salesforce answers.

See https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from cshub import (
    JSON,
    Answer,
    Clock,
    Outcome,
    PermissionMissing,
    RateLimited,
    RecordWrite,
    RequestRefused,
    VendorTrouble,
    WriteBatch,
    WriteState,
)

from .api import Api
from .catalog import Catalog, SObject
from .explain import Complaint, body, complaints, complaints_in
from .ids import full, is_id
from .lookup import Fate, fates
from .objects import WRITE_LIMIT
from .values import wire

#: How long to leave a locked record alone before each further try.
_LOCK_PAUSES_S = (1.0, 3.0, 9.0)
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND", "MALFORMED_ID"})
#: These pass by themselves; everything else that Salesforce says about a record stays true as long as the values are the same.
_PASSING = frozenset(
    {
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "PROCESSING_HALTED",
        "QUERY_TIMEOUT",
        "REQUEST_LIMIT_EXCEEDED",
        "REQUEST_RUNNING_TOO_LONG",
        "SERVER_UNAVAILABLE",
        "STORAGE_LIMIT_EXCEEDED",
        "UNKNOWN_EXCEPTION",
    }
)
_NO_COLUMN = re.compile(r"No such column '(?P<field>[A-Za-z0-9_]+)'")

#: A record of a call with its outcome, None when somebody else holds it at the moment.
_Told: TypeAlias = tuple[RecordWrite, Outcome | None]


class Writer:
    """Writes one batch. `flying` holds the ids of the call under way, whose fate nobody knows if it breaks."""

    def __init__(self, api: Api, catalog: Catalog, target: str, clock: Clock) -> None:
        self._api = api
        self._catalog = catalog
        self._target = target
        self._clock = clock
        self._flying: frozenset[str] = frozenset()

    def outcomes(self, batch: WriteBatch) -> Iterator[Outcome]:
        """Exactly one outcome per record, each as soon as it is known. Raises CredentialsError and PermissionMissing.

        When Salesforce or the network fails, the call under way ends unknown and everything after it failed.
        """
        yield from (_no_id(row) for row in batch.records if not is_id(row.id))
        trouble: VendorTrouble | None = None
        for chunk in chunks([row for row in batch.records if is_id(row.id)]):
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
        """Outcomes of one call; rows that are locked are tried again alone, some times."""
        sobject = self._catalog.object(self._target)
        for pause_s in (*_LOCK_PAUSES_S, None):
            told = self._sent(rows, sobject)
            yield from self._resolved([outcome for _, outcome in told if outcome], sobject)
            rows = [row for row, outcome in told if outcome is None]
            if not rows:
                return
            if pause_s is not None:
                self._clock.sleep(pause_s)
        message = "somebody else held the record at each try"
        yield from (
            Outcome(id=row.id, state=WriteState.FAILED, code="UNABLE_TO_LOCK_ROW", message=message) for row in rows
        )

    def _sent(self, rows: Sequence[RecordWrite], sobject: SObject) -> list[_Told]:
        self._flying = frozenset(row.id for row in rows)
        answer = self._api.update([_input(row, sobject) for row in rows])
        if answer.status == 400:
            self._flying = frozenset()
            return self._refused(rows, answer, sobject)
        said = body(answer)
        if not isinstance(said, list) or len(said) != len(rows):
            return [(row, _silence(row)) for row in rows]
        return [(row, _outcome(row, item)) for row, item in zip(rows, said, strict=True)]

    def _refused(self, rows: Sequence[RecordWrite], answer: Answer, sobject: SObject) -> list[_Told]:
        """The whole call was refused and nothing of it done: rows with a field that is not there are bad, else halves tell."""
        said = next(iter(complaints(answer)), Complaint(code="", message=answer.excerpt()))
        if said.is_lock:
            return [(row, None) for row in rows]
        named = _NO_COLUMN.search(said.message)
        bad = [row for row in rows if named and named["field"] in row.values] or (rows if len(rows) == 1 else [])
        told: list[_Told] = [(row, _failed(row, said)) for row in bad]
        rest = [row for row in rows if row not in bad]
        middle = len(rest) if bad else (len(rest) + 1) // 2
        for part in (rest[:middle], rest[middle:]):
            told += self._sent(part, sobject) if part else []
        return told

    def _resolved(self, outcomes: Sequence[Outcome], sobject: SObject) -> list[Outcome]:
        """The same, with the record that a merged one lives on as."""
        gone = [each.id for each in outcomes if each.state is WriteState.GONE]
        if not gone:
            return list(outcomes)
        try:
            known = fates(self._api, sobject, gone)
        except (VendorTrouble, RequestRefused, PermissionMissing):
            return list(outcomes)
        return [_with_fate(each, known.get(full(each.id))) for each in outcomes]

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
    """Calls of at most two hundred records in which no id comes twice; a second write of a record follows the first.

    In the order of ids, so that two writers meet the same records in the same order and wait for each other less.
    """
    rounds: list[list[RecordWrite]] = []
    seen: defaultdict[str, int] = defaultdict(int)
    for row in records:
        id = full(row.id)
        if seen[id] == len(rounds):
            rounds.append([])
        rounds[seen[id]].append(row)
        seen[id] += 1
    for rows in rounds:
        rows.sort(key=lambda row: full(row.id))
        yield from (rows[start : start + WRITE_LIMIT] for start in range(0, len(rows), WRITE_LIMIT))


def _input(row: RecordWrite, sobject: SObject) -> JSON:
    """`attributes` must be the first key, or Salesforce cannot tell what the others mean."""
    values = {name: wire(value, sobject.type_of(name)) for name, value in row.values.items()}
    return {"attributes": {"type": sobject.name}, "id": full(row.id), **values}


def _outcome(row: RecordWrite, item: JSON) -> Outcome | None:
    """What an element of the answer says of its record; None when it is locked."""
    if not isinstance(item, dict) or not isinstance(item.get("success"), bool):
        return _silence(row)
    if item["success"]:
        return Outcome(id=row.id, state=WriteState.WRITTEN)
    found = list(complaints_in(item.get("errors")))
    if any(each.is_lock for each in found):
        return None
    return _failed(row, found[0] if found else Complaint(code="", message="refused without a reason"))


def _failed(row: RecordWrite, said: Complaint) -> Outcome:
    about = f" ({', '.join(said.fields)})" if said.fields else ""
    return Outcome(id=row.id, state=_state(said.code), code=said.code or None, message=f"{said.message}{about}" or None)


def _state(code: str) -> WriteState:
    if code in _GONE:
        return WriteState.GONE
    return WriteState.FAILED if code in _PASSING else WriteState.REJECTED


def _with_fate(outcome: Outcome, fate: Fate | None) -> Outcome:
    """A record that is said to be gone but is there all the same cannot be written for another reason."""
    if outcome.state is not WriteState.GONE or fate is None:
        return outcome
    return replace(outcome, state=WriteState.FAILED if fate.alive else WriteState.GONE, survivor=fate.survivor)


def _no_id(row: RecordWrite) -> Outcome:
    message = f"{row.id[:40]!r} is not a Salesforce id, so there is no such record"
    return Outcome(id=row.id, state=WriteState.GONE, code="MALFORMED_ID", message=message)


def _silence(row: RecordWrite) -> Outcome:
    message = "Salesforce answered without a word about this record"
    return Outcome(id=row.id, state=WriteState.UNKNOWN, code="NOT_MENTIONED", message=message)
