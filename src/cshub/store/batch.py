"""Pages that wait to be landed, folded into one entry per id, and the verdict on each entry beside what is stored. Pure.

The order of pages decides between a row and a tombstone; the vendor's time of change decides between two rows, and where it
does not tell, the later one wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..connector import OwnedValue, Page, Reject
from .encode import Encoded, Encoder
from .versions import Stored, Version


class Entry(NamedTuple):
    """What a batch says about one id: its newest row, if any; whether it is gone in the end, or was in between; by how many records."""

    row: Encoded | None
    is_gone: bool
    was_gone: bool
    records: int


@dataclass(slots=True, kw_only=True)
class Batch:
    """All that a few pages say."""

    entries: dict[str, Entry] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    merges: list[tuple[str, str]] = field(default_factory=list)
    owned: list[OwnedValue] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the records of a batch; each is counted once."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0

    @property
    def extracted(self) -> int:
        """All of them."""
        return self.new + self.changed + self.unchanged + self.deleted + self.rejected

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            new=self.new + other.new,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            deleted=self.deleted + other.deleted,
            rejected=self.rejected + other.rejected,
        )


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What is to be written for a batch. `revived` are ids that had been merged away and are back."""

    new: list[Version] = field(default_factory=list)
    newer: list[Version] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    revived: list[str] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)


def gather(encoder: Encoder, pages: Iterable[Page]) -> Batch:
    """Fold pages, in order."""
    batch = Batch()
    for page in pages:
        rows, unfit = encoder.encode(page.rows)
        batch.rejects += (*unfit, *page.rejects)
        batch.merges += page.merges
        batch.owned += page.owned
        _add_rows(batch.entries, rows)
        for id in (*page.tombstones, *(gone for gone, _ in page.merges)):
            before = batch.entries.get(id, _NOTHING)
            batch.entries[id] = Entry(before.row, True, True, before.records + 1)
    return batch


_NOTHING = Entry(None, False, False, 0)


def _add_rows(entries: dict[str, Entry], rows: Sequence[Encoded]) -> None:
    for row in rows:
        before = entries.get(row.id)
        if before is None:
            entries[row.id] = Entry(row, False, False, 1)
        elif before.row is not None and is_older(row.changed_at, before.row.changed_at):
            entries[row.id] = before._replace(records=before.records + 1)
        else:
            entries[row.id] = Entry(row, False, before.was_gone, before.records + 1)


def is_older(changed_at: int | None, other: int | None) -> bool:
    """True when both times are known and the first is before the other."""
    return changed_at is not None and other is not None and changed_at < other


def judge(entries: Mapping[str, Entry], known: Mapping[str, Stored], merged: Mapping[str, int]) -> Verdict:
    """What to write. `merged` tells when an id was seen to live on as another: an older row of it is a late echo."""
    verdict = Verdict()
    for id, entry in entries.items():
        stored = known.get(id)
        if entry.row is None or _is_late(entry.row, stored, merged.get(id)):
            if entry.was_gone and stored is not None and not stored.is_deleted:
                verdict.gone.append(id)
            continue
        _judge_row(verdict, entry.row, stored, is_gone=entry.is_gone)
        if id in merged and not entry.is_gone:
            verdict.revived.append(id)
    verdict.counts = _counts(verdict, sum(entry.records for entry in entries.values()))
    return verdict


def _is_late(row: Encoded, stored: Stored | None, merged_at: int | None) -> bool:
    """True for a row that is behind what is stored, or behind the merge that ended it."""
    return is_older(row.changed_at, merged_at) or (stored is not None and is_older(row.changed_at, stored.changed_at))


def _judge_row(verdict: Verdict, row: Encoded, stored: Stored | None, *, is_gone: bool) -> None:
    if stored is None:
        verdict.new.append(Version(row, is_gone))
    elif row.hash != stored.hash:
        verdict.newer.append(Version(row, is_gone))
    elif is_gone and not stored.is_deleted:
        verdict.gone.append(row.id)
    elif stored.is_deleted and not is_gone:
        verdict.newer.append(Version(row, False))


def _counts(verdict: Verdict, records: int) -> Counts:
    new = sum(not version.is_deleted for version in verdict.new)
    changed = sum(not version.is_deleted for version in verdict.newer)
    deleted = len(verdict.new) - new + len(verdict.newer) - changed + len(verdict.gone)
    return Counts(new=new, changed=changed, deleted=deleted, unchanged=records - new - changed - deleted)
