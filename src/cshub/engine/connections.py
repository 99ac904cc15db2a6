"""Open connections: each configured connector with an HTTP client factory that shares budgets and knows what to redact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Lock

from pydantic import SecretStr

from ..config import Config, Connection
from ..connector import Context, Destination, Source
from ..errors import ConfigError, CshubError, PluginError
from ..http import Answer, Auth, Budget, Client, Clock, Explain, Redactor, Retry, Transport, Window

#: How long a request may take, headers and body together, where a connector says nothing else, in seconds.
DEADLINE_S = 60.0
_before_sending: ContextVar[Callable[[], None] | None] = ContextVar("before_sending", default=None)


@contextmanager
def asking_first(may_send: Callable[[], None]) -> Iterator[None]:
    """While the block runs, each request of this thread is preceded by `may_send`, whose exception keeps it from being sent."""
    before = _before_sending.set(may_send)
    try:
        yield
    finally:
        _before_sending.reset(before)


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What every connection of a process shares: the clock, the stop signal, and, in tests, the transport and an observer of calls."""

    clock: Clock
    stopping: Callable[[], bool] = lambda: False
    transport: Callable[[str], Transport | None] = lambda connection: None
    observer: Callable[[str], None] | None = None


class Factory:
    """Makes the HTTP clients of one connection and counts what they send, by the first word of the label."""

    def __init__(self, connection: str, surroundings: Surroundings, secrets: Sequence[SecretStr]) -> None:
        self._connection = connection
        self._surroundings = surroundings
        self._secrets = tuple(secrets)
        self._budgets: dict[str, Budget] = {}
        self._clients: list[Client] = []
        self._calls: Counter[str] = Counter()
        self._lock = Lock()

    def __call__(
        self,
        *,
        origin: str,
        auth: Auth | None = None,
        budget: Mapping[str, Sequence[Window]] | None = None,
        account: str = "default",
        explain: Explain | None = None,
        retry: Retry | None = None,
        deadline_s: float = DEADLINE_S,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[SecretStr] = (),
        request_id_of: Callable[[Answer], str | None] | None = None,
    ) -> Client:
        around = self._surroundings
        shared = self._budgets.setdefault(account, Budget(budget, clock=around.clock))
        client = Client(
            name=self._connection,
            origin=origin,
            auth=auth,
            budget=shared,
            explain=explain,
            retry=retry or Retry(),
            deadline_s=deadline_s,
            transport=around.transport(self._connection),
            clock=around.clock,
            secrets=(*self._secrets, *secrets),
            headers=headers,
            stopping=around.stopping,
            observer=self._sent,
            request_id_of=request_id_of,
        )
        self._clients.append(client)
        return client

    def calls(self) -> dict[str, int]:
        """Requests sent so far by the first word of their label (the stream's name, where a stream sent it)."""
        with self._lock:
            return dict(self._calls)

    def close(self) -> None:
        """Close every client."""
        for client in self._clients:
            client.close()

    def _sent(self, label: str) -> None:
        with self._lock:
            self._calls[label.split(" ", 1)[0]] += 1
        if self._surroundings.observer is not None:
            self._surroundings.observer(f"{self._connection} {label}")
        if (may_send := _before_sending.get()) is not None:
            may_send()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConnection:
    """A connection at work. `adapter` is a Source, a Destination or both."""

    connection: Connection
    adapter: Source | Destination
    factory: Factory

    @property
    def name(self) -> str:
        """The connection's name in the configuration."""
        return self.connection.name

    def source(self) -> Source:
        """The adapter as a source. Raises ConfigError when it is none."""
        if isinstance(self.adapter, Source):
            return self.adapter
        raise ConfigError(f"{self.connection.connector.name} gives no rows", where=f"connections.{self.name}")

    def destination(self) -> Destination:
        """The adapter as a destination. Raises ConfigError when it is none."""
        if isinstance(self.adapter, Destination):
            return self.adapter
        raise ConfigError(f"{self.connection.connector.name} cannot be written to", where=f"publish.{self.name}")

    def close(self) -> None:
        """Let go of the vendor."""
        if isinstance(self.adapter, Source):
            self.adapter.close()
        self.factory.close()


@dataclass(slots=True, kw_only=True)
class Connections:
    """The connections of a configuration, opened when first asked for, once for all threads; opening touches no network.

    `known_orgs` are those whose vendor account has been looked at.
    """

    config: Config
    surroundings: Surroundings
    known_orgs: set[str] = field(default_factory=set)
    _open: dict[str, OpenConnection] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, name: str) -> OpenConnection:
        """The open connection of that name. Raises ConfigError for a name the configuration does not have."""
        with self._lock:
            if name not in self._open:
                if name not in self.config.connections:
                    known = ", ".join(sorted(self.config.connections)) or "none"
                    raise ConfigError(
                        f"there is no connection {name!r}", where="connections", hint=f"there are: {known}"
                    )
                self._open[name] = self._opened(self.config.connections[name])
            return self._open[name]

    def all(self) -> list[OpenConnection]:
        """Every connection, in configuration order."""
        return [self.get(name) for name in self.config.connections]

    def close(self) -> None:
        """Close those that were opened, each whatever happens to the others."""
        with ExitStack() as stack:
            for connection in self._open.values():
                stack.callback(connection.close)
            self._open.clear()

    def _opened(self, connection: Connection) -> OpenConnection:
        factory = Factory(connection.name, self.surroundings, self.config.secrets)
        context = Context(
            connection=connection.name,
            client=factory,
            clock=self.surroundings.clock,
            owned=owned_fields(self.config, connection),
            folder=str(self.config.folder),
        )
        try:
            adapter = connection.connector.open(connection.settings, context)
        except CshubError:
            raise
        except Exception as error:
            text = Redactor(self.config.secrets).clean(f"{type(error).__name__}: {error}")
            hint = "tell the connector's author"
            raise PluginError(f"it cannot be opened: {text}", where=connection.name, hint=hint) from error
        return OpenConnection(connection=connection, adapter=adapter, factory=factory)


def owned_fields(config: Config, connection: Connection) -> dict[str, tuple[str, ...]]:
    """The vendor fields cshub writes to a connection, by target; none where it publishes nothing."""
    publish = config.publish.get(connection.name)
    if publish is None:
        return {}
    named = connection.connector.field_name
    return {publish.object: tuple(field.vendor or named(field.standard) for field in publish.fields)}
