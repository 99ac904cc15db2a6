"""Links between records: read for a page of rows that need their references, and as a list of their own.

HubSpot does not surely touch a record when its links change, so the list is read whole on its own schedule.
See https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cshub import ASSOCIATION, JSON, Answer, Page, Row, VendorTrouble, walk_cursor

from .api import Api, listed, next_after, results
from .cursor import Sweep
from .explain import errors, sentence, word
from .objects import LINK_LIMIT, OBJECTS, PRIMARY

#: Which links are read whole: from the object that belongs to the one it belongs to.
PAIRS: Mapping[str, tuple[str, ...]] = {
    "contacts": ("companies",),
    "deals": ("companies", "contacts"),
    "tickets": ("companies", "contacts"),
}
_NOTHING = ("NO_ASSOCIATIONS_FOUND", "OBJECT_NOT_FOUND")


@dataclass(frozen=True, slots=True)
class Link:
    """One record linked to another, however many association types say so."""

    id: str
    label: str | None
    is_primary: bool


def links(api: Api, from_type: str, to_type: str, ids: Sequence[str]) -> Mapping[str, tuple[Link, ...]]:
    """The links of these records, those of each sorted by id; records without any are left out.

    A part that cannot be read is a VendorTrouble: a row without its links would look like one that has none.
    """
    found: dict[str, dict[str, Link]] = {}
    due: list[JSON] = [{"id": id} for id in ids]
    while due:
        batch, due = due[:LINK_LIMIT], due[LINK_LIMIT:]
        answer = api.links(from_type, to_type, batch)
        _refuse_failures(answer)
        due += _read(answer, found)
    return {id: tuple(sorted(each.values(), key=lambda link: int(link.id))) for id, each in found.items()}


def reference(found: Sequence[Link]) -> str | None:
    """The one record a row belongs to: the primary, else the only one; several without a primary decide nothing."""
    primary = [link.id for link in found if link.is_primary]
    if len(primary) == 1:
        return primary[0]
    return found[0].id if len(found) == 1 else None


def references(api: Api, object_type: str, ids: Sequence[str]) -> Mapping[str, tuple[str | None, str | None]]:
    """(company, contact) of each of these records."""
    companies = links(api, object_type, "companies", ids)
    contacts = links(api, object_type, "contacts", ids)
    return {id: (reference(companies.get(id, ())), reference(contacts.get(id, ()))) for id in ids}


def pages(api: Api, start: Sweep) -> Iterator[Page]:
    """All links of all records, up to 1 000 records a page; the last page's cursor says that the list is done."""
    parts = list(PAIRS)
    begin = Sweep() if start.done else start
    for part in range(begin.part, len(parts)):
        after = begin.after if part == begin.part else None
        for ids, following_after in _ids(api, parts[part], after):
            rows = [row for to in PAIRS[parts[part]] for row in _rows(api, parts[part], to, ids)]
            last = following_after is None
            cursor = Sweep(part=part + last, after=following_after, done=last and part == len(parts) - 1)
            yield Page(rows=rows, cursor=cursor.dump())


def _ids(api: Api, object_type: str, after: str | None) -> Iterator[tuple[list[str], str | None]]:
    """Ids of the living records in lots as large as one call for their links takes, with where to go on."""
    lot: list[str] = []
    key = OBJECTS[object_type].changed
    walk = walk_cursor(lambda at: api.page(object_type, (key,), at), listed_ids, after)
    for ids, cursor in walk:
        lot += ids
        if cursor is None or len(lot) + len(ids) > LINK_LIMIT:
            yield lot, cursor
            lot = []


def listed_ids(answer: Answer) -> tuple[list[str], str | None]:
    """The ids of a list's page and where it goes on. One without an id spoils the page: absence is concluded from such lists."""
    items, after = listed(answer)
    found = [item.get("id") if isinstance(item, dict) else None for item in items]
    ids = [id for id in found if isinstance(id, str) and id.isascii() and id.isdigit()]
    if len(ids) < len(found):
        raise answer.error("listed a record without a usable id")
    return ids, after


def _rows(api: Api, from_type: str, to_type: str, ids: Sequence[str]) -> Iterator[Row]:
    from_kind, to_kind = OBJECTS[from_type].kind.name, OBJECTS[to_type].kind.name
    found = links(api, from_type, to_type, ids) if ids else {}
    for from_id, each in found.items():
        for link in each:
            yield ASSOCIATION.row(
                id=f"{from_kind}:{from_id}>{to_kind}:{link.id}",
                changed_at=None,
                from_kind=from_kind,
                from_id=from_id,
                to_kind=to_kind,
                to_id=link.id,
                label=link.label,
                is_primary=link.is_primary,
            )


def _read(answer: Answer, found: dict[str, dict[str, Link]]) -> list[JSON]:
    """Add the links of this answer to `found`; records that have more are asked again with their cursor."""
    more: list[JSON] = []
    for item in results(answer):
        origin = item.get("from") if isinstance(item, dict) else None
        targets = item.get("to") if isinstance(item, dict) else None
        if not isinstance(item, dict) or not isinstance(origin, dict) or not isinstance(targets, list):
            raise answer.error("answered with an association that links nothing")
        id = str(origin.get("id"))
        found.setdefault(id, {}).update((link.id, link) for link in (_link(target, answer) for target in targets))
        after = next_after(item, answer)
        if after is not None:
            more.append({"id": id, "after": after})
    return more


def _link(target: JSON, answer: Answer) -> Link:
    """One link; its id may come as number or text, and its types are several (279 plus the primary 1)."""
    id = target.get("toObjectId") if isinstance(target, dict) else None
    kinds = target.get("associationTypes") if isinstance(target, dict) else None
    if isinstance(id, bool) or not isinstance(id, str | int) or not str(id).isdigit() or not isinstance(kinds, list):
        raise answer.error("answered with a link that leads nowhere")
    types = [kind for kind in kinds if isinstance(kind, dict)]
    labels = sorted(label for label in (kind.get("label") for kind in types) if isinstance(label, str) and label)
    primary = any(kind.get("typeId") in PRIMARY and kind.get("category") == "HUBSPOT_DEFINED" for kind in types)
    return Link(str(id), labels[0] if labels else None, primary)


def _refuse_failures(answer: Answer) -> None:
    said = answer.object()
    for error in errors(said):
        about = f"{word(error, 'subCategory')} {word(error, 'category')}"
        if not any(nothing in about for nothing in _NOTHING):
            raise VendorTrouble(
                f"some links could not be read: {sentence(error) or about}",
                where=answer.where,
                hint="a later run tries again",
                status=answer.status,
            )
