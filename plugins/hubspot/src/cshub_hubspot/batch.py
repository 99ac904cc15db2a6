"""Reading records by id: current to the moment, past the search index, with as many properties as wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cshub import JSON, Answer, VendorTrouble

from .api import Api, results
from .explain import context, errors, sentence, word
from .objects import BATCH_LIMIT


@dataclass(frozen=True, slots=True)
class Lot:
    """What became of some ids: the elements HubSpot gave, and the ids it does not know any more."""

    items: list[JSON]
    gone: list[str]


def read(api: Api, object_type: str, ids: Sequence[str], properties: Sequence[str]) -> Lot:
    """The records with these ids. Every id is either there or gone; anything else is an error, never a silent hole.

    Raises VendorTrouble for a part that failed.
    See https://developers.hubspot.com/docs/api-reference/crm-companies-v3/batch/post-crm-v3-objects-companies-batch-read.
    """
    items: list[JSON] = []
    gone: list[str] = []
    for lot in lots(ids):
        answer = api.batch_read(object_type, lot, properties)
        found = results(answer)
        lost = _gone(answer)
        _account_for(answer, lot, found, lost)
        items += found
        gone += lost
    return Lot(items, gone)


def lots(ids: Sequence[str]) -> Iterator[list[str]]:
    """The ids, each once, a hundred at a time: HubSpot refuses a call that names one twice."""
    once = list(dict.fromkeys(ids))
    for start in range(0, len(once), BATCH_LIMIT):
        yield once[start : start + BATCH_LIMIT]


def id_of(item: JSON) -> str | None:
    """The id of an element, None when it has none."""
    id = item.get("id") if isinstance(item, dict) else None
    return id if isinstance(id, str) else None


def _gone(answer: Answer) -> list[str]:
    """The ids HubSpot says it does not know. Any other complaint means that something was not read."""
    gone: list[str] = []
    for error in errors(answer.object()):
        if word(error, "category") != "OBJECT_NOT_FOUND":
            raise VendorTrouble(
                f"some records could not be read: {sentence(error)}",
                where=answer.where,
                hint="a later run tries again",
                status=answer.status,
            )
        gone += context(error, "ids")
    return gone


def _account_for(answer: Answer, asked: list[str], found: list[JSON], gone: list[str]) -> None:
    """AnswerError when an id is neither there nor gone. A merged one may come back under the id it lives on as."""
    there = {id_of(item) for item in found}
    missing = [id for id in asked if id not in there and id not in gone]
    others = sum(id not in asked for id in there)
    if len(missing) > others:
        raise answer.error(f"said nothing about {len(missing)} of {len(asked)} records, {missing[0]} among them")
