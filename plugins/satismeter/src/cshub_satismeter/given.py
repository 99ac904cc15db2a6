"""Which answers of the re-read window were given as rows, so that one that vanished from its response can be told.

SatisMeter tells nothing of an answer that was taken back; the response just comes without it. The memory is bounded: what does not
fit into the cursor, the oldest first, is left to the sweep, which finds it by its absence.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from .cursor import Given

#: Leaves room for the rest of the cursor, of which 64 KiB may be kept.
_BYTES = 56_000


class Memory:
    """Response id → (day it was recorded, ids of the answers given)."""

    def __init__(self, before: Given) -> None:
        self._known = {
            id: (day, tuple(answers.split()))
            for day, groups in before.items()
            for answers, ids in groups.items()
            for id in ids
        }

    def vanished(self, id: str, answers: Iterable[str]) -> list[str]:
        """The answers that were given of this response and are no longer among these."""
        _, before = self._known.get(id, ("", ()))
        return sorted(set(before) - set(answers))

    def note(self, id: str, created: datetime | None, answers: Iterable[str]) -> None:
        """These answers of the response are given now; None keeps the day it is known to be recorded on."""
        day = created.date().isoformat() if created else self._known.get(id, ("", ()))[0]
        if given := tuple(sorted(set(answers))):
            self._known[id] = (day, given)
        else:
            self._known.pop(id, None)

    def forget_before(self, day: str) -> None:
        """Responses recorded before this day are not read again."""
        self._known = {id: known for id, known in self._known.items() if known[0] >= day}

    @property
    def kept(self) -> Given:
        """What the cursor has to carry, the newest that fit."""
        kept: Given = {}
        spent = 0
        for day, answers, id in sorted(
            ((day, answers, id) for id, (day, answers) in self._known.items()), reverse=True
        ):
            text = " ".join(answers)
            group = kept.get(day, {}).get(text)
            spent += len(id) + 3 + (0 if group else len(text) + len(day) + 12)
            if spent > _BYTES:
                break
            kept.setdefault(day, {}).setdefault(text, []).append(id)
        return kept
