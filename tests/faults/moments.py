"""Where in a run an event happened, told by the call stack: the stage that runs a statement or sends a request."""

from __future__ import annotations

import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import FrameType

STAGES = ("pull", "link", "score", "act", "deliver", "plan", "apply")
#: What happens around the stages: a run is opened, closed, told of.
BETWEEN = "between"
#: Modules of the engine's steps, and functions of them and of publishing, under which everything belongs to one stage; the innermost decides.
_STEPS = {"pull": "pull", "link": "link", "score": "score", "act": "act", "publish": "plan"}
_FUNCTIONS = {"_deliver": "deliver", "apply_plan": "apply", "read_back": "apply"}


def stage_here() -> str | None:
    """The stage whose work the calling thread is doing, None between stages."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        path, name = frame.f_code.co_filename, frame.f_code.co_name
        if "/stages/pull/" in path:
            return "pull"
        if name in _FUNCTIONS and ("/engine/" in path or "/stages/publish/" in path):
            return _FUNCTIONS[name]
        if "/engine/steps/" in path and name == "carry_out" and (step := Path(path).stem) in _STEPS:
            return _STEPS[step]
        frame = frame.f_back
    return None


class Moments:
    """Counts events by stage, and strikes at the `number`-th event of `stage`, right before it happens.

    With a `word` in place of a number: at the first event that has it.
    `outside` counts only the moments at which no other thread of the process can be in the middle of a transaction.
    """

    def __init__(
        self,
        strike: Callable[[str], None] | None = None,
        *,
        stage: str = "",
        number: int = 0,
        word: str | None = None,
        outside: bool = False,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._strike = strike
        self._stage = stage
        self._number = number
        self._word = word
        self._outside = outside
        self._lock = threading.Lock()

    def statement(self, text: str) -> None:
        """An observer of the store."""
        if not self._outside or text == "begin immediate":
            self._happens(text)

    def request(self, label: str) -> None:
        """An observer of the vendors' clients."""
        if not self._outside or stage_here() == "apply":
            self._happens(f"HTTP {label}")

    def _happens(self, text: str) -> None:
        stage = stage_here() or BETWEEN
        with self._lock:
            self.counts[stage] += 1
            hit = stage == self._stage and (self.counts[stage] == self._number or self._has_word(text))
        if hit and self._strike is not None:
            self._strike(f"{stage}: {' '.join(text.split())[:70]}")

    def _has_word(self, text: str) -> bool:
        if self._word is None or self._word not in text:
            return False
        self._word = None
        return True
