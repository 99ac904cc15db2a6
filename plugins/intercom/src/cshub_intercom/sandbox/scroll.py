"""The one scroll over companies a workspace may have: a picture of their ids, handed out page by page, that dies of rest."""

from __future__ import annotations

from dataclasses import dataclass

LIFE_MS = 60_000
#: What the fault "same cursor" puts into an answer. A real scroll keeps its parameter from page to page, so a list that
#: gets nowhere can only show itself by its rows: with this parameter the scroll hands out its first page again.
STUCK = "1"


@dataclass(slots=True)
class Scroll:
    """An open scroll. `failed` ones answer nothing any more, and one that is `held` keeps others out until it expires."""

    param: str
    ids: list[str]
    used_ms: int
    place: int = 0
    failed: bool = False

    def expired(self, now_ms: int) -> bool:
        """Whether it was not used for a minute."""
        return now_ms - self.used_ms >= LIFE_MS

    def take(self, count: int, now_ms: int) -> list[str]:
        """The next ids. They are handed out once: a repeated call gets the following ones."""
        self.used_ms = now_ms
        taken = self.ids[self.place : self.place + count]
        self.place += count
        return taken
