"""A configuration at work: its store, its connections, and what they share. Open it, use it, close it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self

from ..config import Config
from ..errors import ConfigError
from ..http import SYSTEM_CLOCK
from ..store import Store, open_store
from .connections import Connections, Surroundings
from .posting import Posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Everything a run needs. Use it as a context manager."""

    config: Config
    store: Store
    connections: Connections
    surroundings: Surroundings

    def now(self) -> datetime:
        """The time of the clock that runs this hub."""
        return self.surroundings.clock.now()

    def posting(self) -> Posting:
        """HTTP for actions and notices."""
        return Posting(surroundings=self.surroundings)

    def customer(self, text: str) -> str:
        """The id of the customer a person means by id, alias, name, domain or external id. Raises ConfigError for none or several."""
        found = self.store.links.find_customer(text)
        if len(found) == 1:
            return found[0].id
        if not found:
            raise ConfigError(f"no customer is called {text!r}", hint="try an id, a name, a domain or an external id")
        names = "; ".join(f"{one.id} ({one.name})" for one in found[:5])
        raise ConfigError(f"{text!r} may be {len(found)} customers: {names}", hint="say which by its id")

    def close(self) -> None:
        """Let go of the vendors and the store."""
        self.connections.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_hub(
    config: Config, surroundings: Surroundings | None = None, *, observer: Callable[[str], None] | None = None
) -> Hub:
    """Put a configuration to work; `observer` is told each statement of the store. Touches no network. Raises StoreError."""
    around = surroundings or Surroundings(clock=SYSTEM_CLOCK)
    store = open_store(config.store, folder=config.folder, observer=observer)
    return Hub(
        config=config, store=store, connections=Connections(config=config, surroundings=around), surroundings=around
    )


def hour(now: datetime) -> datetime:
    """The instant a score made at `now` is about: cut to the hour, so that a second run in it finds nothing to do."""
    return now.replace(minute=0, second=0, microsecond=0)
