"""Failures of plugins while customers are scored, told in few words however many customers they concern."""

from __future__ import annotations


class Troubles:
    """Counts failures by what failed and keeps the first message of each."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, int]] = {}

    def add(self, what: str, message: str) -> None:
        """One more failure of `what`."""
        first, count = self._found.get(what, (message, 0))
        self._found[what] = (first, count + 1)

    def told(self) -> list[str]:
        """A sentence for each thing that failed."""
        return [
            first if count == 1 else f"{first} (and {count - 1} more like it)" for first, count in self._found.values()
        ]
