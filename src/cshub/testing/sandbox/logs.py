"""What a sandbox remembers of its own life: every request it got, every field somebody changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from .wire import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntry:
    """One request and how it was answered; `fault` names the fault that struck it, `status` is 0 after a reset."""

    at: datetime
    method: str
    path: str
    query: str
    status: int
    fault: str | None = None

    def as_json(self) -> dict[str, JSON]:
        """The entry as the control path shows it."""
        return {**asdict(self), "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteEntry:
    """One field somebody wrote. `by` is `api` or `human`; a write of the value that stood there has `old == new`."""

    at: datetime
    object: str
    id: str
    field: str
    old: str | None
    new: str | None
    by: str = "api"

    def as_json(self) -> dict[str, JSON]:
        """The entry as the control path shows it."""
        return {**asdict(self), "at": self.at.isoformat()}


class RequestLog:
    """Every request, oldest first."""

    def __init__(self) -> None:
        self._entries: list[RequestEntry] = []

    def add(self, entry: RequestEntry) -> None:
        """Remember a request."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all requests."""
        self._entries.clear()

    def count(self, path: str = "", *, method: str | None = None) -> int:
        """How many requests had `path` as a part of theirs."""
        return sum(path in entry.path and method in (None, entry.method) for entry in self._entries)

    def by_path(self) -> dict[str, int]:
        """Requests per method and path, most frequent first."""
        return dict(Counter(f"{entry.method} {entry.path}" for entry in self._entries).most_common())

    def __iter__(self) -> Iterator[RequestEntry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)


class WriteLog:
    """Every field written, oldest first: what a ledger must agree with."""

    def __init__(self) -> None:
        self._entries: list[WriteEntry] = []

    def add(self, entry: WriteEntry) -> None:
        """Remember a write."""
        self._entries.append(entry)

    def clear(self) -> None:
        """Forget all writes."""
        self._entries.clear()

    def by(self, who: str) -> list[WriteEntry]:
        """The writes of `api` or of `human`."""
        return [entry for entry in self._entries if entry.by == who]

    def changes(self) -> list[WriteEntry]:
        """The writes through the API that changed a value."""
        return [entry for entry in self._entries if entry.by == "api" and entry.old != entry.new]

    def __iter__(self) -> Iterator[WriteEntry]:
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)
