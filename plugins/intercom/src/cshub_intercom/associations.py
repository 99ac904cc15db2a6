"""Which contacts belong to which companies, as a list of its own: a link can change without either record saying so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cshub import ASSOCIATION, JSON, Answer, Page, Row

from .cursor import Whole
from .lists import Lists
from .parts import Gone, Parts
from .records import Unmappable, id_of, record
from .whole import everything


def pages(lists: Lists, parts: Parts, start: Whole, now: datetime, overlap: timedelta) -> Iterator[Page]:
    """All links of all contacts; the last page's cursor says that the list is done."""
    for items, place, answer in everything(lists, start, now, overlap):
        yield Page(rows=list(_rows(parts, items, answer)), cursor=place.dump())


def _rows(parts: Parts, items: list[JSON], answer: Answer) -> Iterator[Row]:
    """The links of these contacts; a contact that is gone by now has none."""
    for item in items:
        try:
            contact = record(item)
            ids = [id_of(stub) for stub in parts.companies(contact)]
        except Gone:
            continue
        except Unmappable as error:
            raise answer.error(f"listed a contact whose companies cannot be read: {error}") from error
        if None in ids:
            raise answer.error("listed a contact with a company without an id")
        yield from (_row(str(id_of(contact)), str(id)) for id in dict.fromkeys(ids))


def _row(contact: str, company: str) -> Row:
    """Intercom knows no main company."""
    return ASSOCIATION.row(
        id=f"contact:{contact}>account:{company}",
        changed_at=None,
        from_kind="contact",
        from_id=contact,
        to_kind="account",
        to_id=company,
        is_primary=False,
    )
