"""A run under way: what it is about, what its stages have done so far, and the lease each of them takes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from ..store import Lease
from .hub import Hub
from .options import Options


@dataclass(slots=True)
class Work:
    """A run under way: what it is about, and what its stages have done so far. `troubles` are sentences by stage."""

    hub: Hub
    options: Options
    run: int
    as_of: datetime
    stages: dict[str, dict[str, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    troubles: dict[str, list[str]] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """Everything that went wrong, in the order of the stages."""
        return [sentence for found in self.troubles.values() for sentence in found]

    def lease(self, name: str) -> AbstractContextManager[Lease]:
        """The lease of a stage, waited for as long as the options say."""
        around = self.hub.surroundings
        return self.hub.store.leases.take(
            name,
            wait_s=self.options.wait_s,
            clock=around.clock,
            takeover=self.options.takeover,
            stopping=around.stopping,
        )
