"""Queries that were answered in part: what their next page is, as long as their locator lives."""

from __future__ import annotations

from dataclasses import dataclass

from .ids import ALPHABET
from .org import Org
from .refusals import Refused, bad
from .soql import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A query with the ids it found, its page size, and whether it looks at the tooling objects or at deleted rows."""

    selection: Selection
    ids: tuple[str, ...]
    page_rows: int
    version: str
    expires_ms: int
    everything: bool = False
    tooling: bool = False


class Locators:
    """The open locators; a locator names a query and the row its next page begins with."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, Answered] = {}

    def keep(self, answered: Answered) -> str:
        """A new locator for a query; a page's is `<locator>-<row>`."""
        name = "0r8WX" + "".join(self._org.random.choices(ALPHABET, k=10)) + "AA"
        self._open[name] = answered
        return name

    def find(self, locator: str) -> tuple[str, Answered, int]:
        """The query of a page's locator and its first row. Raises Refused with INVALID_QUERY_LOCATOR."""
        name, _, row = locator.rpartition("-")
        answered = self._open.get(name)
        if answered is None or not row.isdigit() or answered.expires_ms <= self._org.clock.now_ms():
            raise dead()
        return name, answered, int(row)

    def forget(self) -> None:
        """Let every locator die."""
        self._open.clear()


def dead() -> Refused:
    """400: begin the window anew."""
    return bad("INVALID_QUERY_LOCATOR", "invalid query locator")
