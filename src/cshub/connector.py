"""The shapes of a vendor adapter: what a plugin gives cshub to pull from and write to a vendor.

Types only. A connector is plain functions and generators; threads, retries, budgets and storage are the core's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import import_module
from typing import Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from pydantic import BaseModel, SecretStr

from .http import Answer, Auth, Client, Clock, Explain, Retry, Window
from .model import (
    FieldSpec,
    Kind,
    Outcome,
    Provisioned,
    Row,
    TargetField,
    Type,
    Value,
    WriteBatch,
)

Settings = TypeVar("Settings", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incremental:
    """A list read from where the last pull ended, by the vendor's time of change.

    `shape` is any text that changes when the meaning of stored rows does (fields asked for, mapping version, filter): the
    core then reads the stream in full again. `extras` declares the extra fields of its rows with their types.
    `scopes` are the vendor rights it needs. `sweeps` says that `Source.ids` can list every living id. `columns` are those of the kind that
    its rows can fill under these settings (None: the connector does not tell), so that a metric over another one is found offline.
    """

    name: str
    kind: Kind
    shape: str
    extras: Mapping[str, Type] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    sweeps: bool = False
    columns: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A list that can only be read whole. Rows of the last complete reading that are absent from a complete new one are gone.

    `every` is the pause between two readings unless the configuration says otherwise (None: at each pull). `columns` is as in `Incremental`.
    """

    name: str
    kind: Kind
    shape: str
    extras: Mapping[str, Type] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    every: timedelta | None = None
    columns: frozenset[str] | None = None


Stream: TypeAlias = Incremental | Snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A record that could not become a row: the reason for people, and the vendor's object as text (redacted and cut by the core)."""

    id: str | None
    reason: str
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedValue:
    """The present value, in canonical text, of a CRM field that cshub writes, read along with its record."""

    target: str
    id: str
    field: str
    value: Value
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a stream and the cursor after it.

    `rows` are made by `Kind.row`; `tombstones` are ids the vendor says are gone, `merges` pairs (gone id, surviving id). `cursor` is
    opaque, at most 64 KiB, and resumes after this page; in an incremental stream the last page's cursor is where the next
    pull begins (already set back by the overlap). Each vendor record of the page is in exactly one of rows, tombstones, merges and rejects.
    """

    rows: Sequence[Row]
    cursor: bytes
    tombstones: Sequence[str] = ()
    merges: Sequence[tuple[str, str]] = ()
    rejects: Sequence[Reject] = ()
    owned: Sequence[OwnedValue] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of `doctor` about a connection: what was checked, whether it is well, and the fix when it is not."""

    check: str
    ok: bool
    message: str
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a live check of the credentials found. `org` is the vendor's own id of the account (HubSpot portalId).

    `missing_scopes` maps a stream to the rights it lacks; `excess_scopes` is None where the vendor does not tell.
    """

    org: str
    account: str
    findings: tuple[Finding, ...] = ()
    missing_scopes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excess_scopes: tuple[str, ...] | None = None


@runtime_checkable
class Source(Protocol):
    """Something rows come from."""

    def check(self) -> Check:
        """Log in and look around, without changing anything. Raises CredentialsError, PermissionMissing or VendorTrouble."""
        ...

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        """The pages of `stream` after `cursor` (None: from the beginning), reading up to `until`.

        Rows may repeat between pages and pulls. At least one page is given, empty when there is nothing. Closing the generator early is allowed.
        """
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Sweeping(Protocol):
    """A source that can list every living id of a stream, for finding what vanished without a word."""

    def ids(self, stream: Stream, cursor: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        """Batches of ids with the cursor after each; complete only when the generator ends by itself."""
        ...


@runtime_checkable
class Destination(Protocol):
    """Something fields are written to."""

    def describe(self, target: str) -> Sequence[TargetField]:
        """Every field of `target` (`companies`, `Account`) as the CRM describes it now."""
        ...

    def provision(self, target: str, fields: Sequence[FieldSpec]) -> Sequence[Provisioned]:
        """Create those of `fields` that are missing; never change one that exists. One outcome per field, in order."""
        ...

    def read(self, target: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Present values in canonical text by record id, read past any search index; a record that is gone is left out."""
        ...

    def write(self, batch: WriteBatch) -> Iterator[Outcome]:
        """Write and give exactly one outcome per record, in any order, each as soon as it is known."""
        ...


class ClientFactory(Protocol):
    """Makes an HTTP client for this connection; the core adds its name, clock, redaction, stop signal and, in tests, the transport.

    `budget` names the rate windows by group; every client of one connection made with the same `account` shares one budget.
    """

    def __call__(
        self,
        *,
        origin: str,
        auth: Auth | None = None,
        budget: Mapping[str, Sequence[Window]] | None = None,
        account: str = "default",
        explain: Explain | None = None,
        retry: Retry | None = None,
        deadline_s: float = 60.0,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[SecretStr] = (),
        request_id_of: Callable[[Answer], str | None] | None = None,
    ) -> Client: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the core lends an open connection.

    `client` makes HTTP clients that carry the connection's name, redaction and limits; `owned` maps a target of this connection to the
    vendor fields cshub writes there, to be read along with its records; `folder` is where relative paths of the configuration start.
    """

    connection: str
    client: ClientFactory
    clock: Clock
    owned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    folder: str = "."


def prefixed(standard: str) -> str:
    """`health_score` → `cshub_health_score`: what most CRMs take."""
    return f"cshub_{standard}"


def late(place: str) -> Callable[[Settings, Context], Source | Destination]:
    """A connector's `open` that is imported when it is first called: `late("cshub_acme.connector:Acme")`.

    So a start-up pays for the vendors it opens alone. Raises ImportError or AttributeError, when called, for a place that is not there.
    """
    module, _, name = place.partition(":")

    def open_it(settings: Settings, context: Context) -> Source | Destination:
        adapter: Source | Destination = getattr(import_module(module), name)(settings, context)
        return adapter

    return open_it


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector(Generic[Settings]):
    """A vendor adapter as a plugin declares it.

    `settings` is the pydantic model of its YAML block (secrets as SecretStr, unknown keys refused); `streams` is pure and offline. `target` is the
    object accounts are written to by default (`companies`), None for a source only. `field_name` gives the vendor's name of one of cshub's
    standard fields, purely. `parallel` is how many streams may be read at once. `untouchable` are the vendor's own fields in which people
    say how a customer feels to them: nothing is ever published into those. `open` is best given by `late`.
    """

    name: str
    doc: str
    settings: type[Settings]
    streams: Callable[[Settings], Sequence[Stream]]
    open: Callable[[Settings, Context], Source | Destination]
    target: str | None = None
    field_name: Callable[[str], str] = prefixed
    parallel: int = 4
    untouchable: tuple[str, ...] = ()


Connectors: TypeAlias = Iterable[Connector[BaseModel]]
