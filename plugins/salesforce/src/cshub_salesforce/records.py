"""Salesforce records as they arrive: what must be there, and what became of them. What they mean is `mapping.py`'s part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from cshub import JSON, Reject

from .ids import full, is_id
from .objects import DELETED, MASTER
from .values import flag, time


class Unmappable(Exception):
    """This record cannot become a row; the text says why, for people."""


class Record(NamedTuple):
    """One well-formed record; a tuple, because there is one for every row. `changed_at` is None where nothing tells changes."""

    id: str
    values: Mapping[str, JSON]
    changed_at: datetime | None
    deleted: bool
    master: str | None


def record(item: JSON, stamp: str | None) -> Record:
    """The record in this element of an answer, its time of change in the field `stamp`. Raises Unmappable."""
    if not isinstance(item, dict):
        raise Unmappable("the record is not an object")
    id = item.get("Id")
    if not is_id(id) or not isinstance(id, str):
        raise Unmappable(f"the record's Id is {str(id)[:40]!r}" if id else "the record has no Id")
    try:
        changed_at = None if stamp is None else time(item.get(stamp))
        deleted = item.get(DELETED) is not None and flag(item[DELETED])
    except ValueError as error:
        raise Unmappable(f"{stamp}: {error}") from error
    master = item.get(MASTER)
    return Record(
        full(id), item, changed_at, deleted, full(master) if isinstance(master, str) and is_id(master) else None
    )


def reject(item: JSON, reason: str) -> Reject:
    """What is left of an element that cannot become a row, for the list of rejects."""
    id = item.get("Id") if isinstance(item, dict) else None
    return Reject(id=str(id) if id else None, reason=reason, payload=json.dumps(item, ensure_ascii=False))
