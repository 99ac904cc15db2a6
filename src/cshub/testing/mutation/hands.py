"""The people in front of a vendor: they carry out moves, and remember what became of every record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ..clock import ManualClock
from ..sandbox import Restless, Sandbox
from .declared import Changing, Verb
from .history import Move


class Hands:
    """Moves made on one sandbox. `done` counts them by object and verb; those the vendor refused stand under `refused`."""

    def __init__(self, sandbox: Sandbox[Any], objects: Sequence[Changing], clock: ManualClock) -> None:
        self._sandbox = sandbox
        self._objects = objects
        self._clock = clock
        self._number = 0
        self._made_at: dict[tuple[str, str], datetime] = {}
        self.living = {one.object: [str(each["id"]) for each in sandbox.vendor.dump(one.object)] for one in objects}
        self.removed: dict[str, list[str]] = {one.object: [] for one in objects}
        #: By object, the ids that were brought back at some time.
        self.restored: dict[str, set[str]] = {one.object: set() for one in objects}
        #: By object, each id that was merged away, and the id it became.
        self.merged: dict[str, dict[str, str]] = {one.object: {} for one in objects}
        self.done: Counter[tuple[str, Verb]] = Counter()
        self.refused = 0

    def make(self, move: Move) -> None:
        """Carry out one move, then let its pause pass. Where there is no record for it, one is made."""
        one = self._objects[move.object % len(self._objects)]
        with self._sandbox.lock:
            self._number += 1
            try:
                verb = self._make(one, move)
            except ValueError:  # the vendor does not do this to these records
                self.refused += 1
            except KeyError as error:  # the record went along with another one
                if error.args[0] not in self.living[one.object]:
                    raise
                self.living[one.object].remove(str(error.args[0]))
                self.refused += 1
            else:
                self.done[one.object, verb] += 1
        self._clock.advance(move.pause_ms / 1000)

    def survivor(self, object_type: str, gone: str) -> str:
        """The last id that `gone` lives on as."""
        merged = self.merged[object_type]
        while gone in merged:
            gone = merged[gone]
        return gone

    def _make(self, one: Changing, move: Move) -> Verb:
        acts: dict[Verb, Callable[[Changing, Move], bool]] = {
            "edit": self._edit,
            "merge": self._merge,
            "remove": self._remove,
            "restore": self._restore,
        }
        act = acts.get(move.verb) if move.verb in one.verbs else None
        if act is not None and act(one, move):
            return move.verb
        self._create(one)
        return "create"

    def _create(self, one: Changing) -> None:
        made = self._sandbox.vendor.add(one.object, one.create(self._number, self.living))
        self.living[one.object].append(made)
        self._made_at[one.object, made] = self._clock.now()

    def _edit(self, one: Changing, move: Move) -> bool:
        found = self._young(one)
        if found:
            chosen = found[move.pick % len(found)]
            self._sandbox.vendor.edit(one.object, chosen, one.edit(self._number, self.living))
        return bool(found)

    def _remove(self, one: Changing, move: Move) -> bool:
        found = self._young(one)
        if found:
            chosen = found[move.pick % len(found)]
            self._sandbox.vendor.remove(one.object, chosen)
            self.living[one.object].remove(chosen)
            self.removed[one.object].append(chosen)
        return bool(found)

    def _restore(self, one: Changing, move: Move) -> bool:
        found, vendor = self.removed[one.object], self._sandbox.vendor
        if not found or not isinstance(vendor, Restless):
            return False
        chosen = found[move.pick % len(found)]
        try:
            vendor.restore(one.object, chosen)
        except KeyError:  # vendors keep what was deleted for a while only
            found.remove(chosen)
            raise ValueError(chosen) from None
        found.remove(chosen)
        self.living[one.object].append(chosen)
        self.restored[one.object].add(chosen)
        return True

    def _merge(self, one: Changing, move: Move) -> bool:
        found, vendor = self._young(one), self._sandbox.vendor
        if len(found) < 2 or not isinstance(vendor, Restless):
            return False
        place = move.pick % len(found)
        into, gone = found[place], found[(place + 1 + move.other % (len(found) - 1)) % len(found)]
        survivor = vendor.merge(one.object, gone, into)
        for old in {gone, into} - {survivor}:
            self.living[one.object].remove(old)
            self.merged[one.object][old] = survivor
        if survivor != into:
            self.living[one.object].append(survivor)
            self._made_at[one.object, survivor] = self._clock.now()
        return True

    def _young(self, one: Changing) -> Sequence[str]:
        living = self.living[one.object]
        if one.young is None:
            return living
        since = self._clock.now() - one.young
        return [id for id in living if (at := self._made_at.get((one.object, id))) and at >= since]
