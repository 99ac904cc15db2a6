"""Reading records by id: as they are this moment, and what became of those that are gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cshub import JSON, Value

from .api import Api, listed
from .catalog import SObject
from .ids import full, is_id
from .objects import DELETED, ID_LIMIT, MASTER
from .records import Record, Unmappable, record
from .soql import one_of, select
from .values import canonical

#: Records can be merged again and again; a longer chain than this is a circle.
_CHAIN = 10


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a record: whether it is alive, else the one it was merged into, as far as that is alive."""

    alive: bool
    survivor: str | None = None


def everything(api: Api, soql: str, *, deleted: bool = False, label: str = "query") -> Iterator[JSON]:
    """All records of a query, page by page."""
    answer = api.query(soql, deleted=deleted, label=label)
    while True:
        items, link = listed(answer)
        yield from items
        if link is None:
            return
        answer = api.more(link)


def present(api: Api, sobject: SObject, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
    """The values of these fields in canonical text, by the id that was asked for; what is gone is left out."""
    asked = {full(id): id for id in ids if is_id(id)}
    known = [name for name in fields if name in sobject.fields]
    found: dict[str, Mapping[str, Value]] = {}
    for each in _records(api, sobject.name, list(asked), known, deleted=False):
        if each.id in asked:
            values = {name: canonical(each.values.get(name), sobject.type_of(name)) for name in known}
            found[asked[each.id]] = {**dict.fromkeys(fields), **values}
    return found


def fates(api: Api, sobject: SObject, ids: Sequence[str]) -> Mapping[str, Fate]:
    """What became of these records, by their long id; those Salesforce knows nothing of any more are left out."""
    fields = [name for name in (DELETED, MASTER) if name in sobject.fields]
    known: dict[str, Record] = {}
    due = [full(id) for id in ids]
    for _ in range(_CHAIN):
        known |= {each.id: each for each in _records(api, sobject.name, due, fields, deleted=True)}
        masters = [each.master for each in known.values() if each.deleted and each.master]
        due = [id for id in dict.fromkeys(masters) if id not in known]
        if not due:
            break
    return {id: _fate(id, known) for id in map(full, ids) if id in known}


def _fate(id: str, known: Mapping[str, Record]) -> Fate:
    at: str | None = id
    for _ in range(_CHAIN):
        found = known.get(at or "")
        if found is None:
            return Fate(alive=False)
        if not found.deleted:
            return Fate(alive=found.id == id, survivor=None if found.id == id else found.id)
        at = found.master
    return Fate(alive=False)


def _records(api: Api, sobject: str, ids: Sequence[str], fields: Iterable[str], *, deleted: bool) -> Iterator[Record]:
    """The records with these ids, some at a time; elements that are no records are left out."""
    asked = tuple(dict.fromkeys(("Id", *fields)))
    for start in range(0, len(ids), ID_LIMIT):
        soql = select(asked, sobject, one_of("Id", ids[start : start + ID_LIMIT]))
        for item in everything(api, soql, deleted=deleted, label="read"):
            try:
                yield record(item, None)
            except Unmappable:
                continue
