"""A small world of vendors' rows for the tests of linking: land rows, link, look at the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cshub.connector import Incremental, Page
from cshub.hookspecs import IdentityRule
from cshub.model import KINDS, Extra, Row, Type
from cshub.stages.link import LinkReport, LinkSettings, ListedAccounts, link
from cshub.store.database import Cell, Lease, Record
from cshub.store.landing import Landing, intake
from cshub.store.store import Store, open_store

START = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = Lease(name="link", token=1)
LISTED = ("crm", "sales")
KEYED = {
    "external_id": ("external_id", "account_external_id"),
    "domain": ("domains", "account_domain"),
}


def simple_rule(name: str) -> IdentityRule:
    """A rule on one column of accounts and one of the other kinds."""
    of_accounts, of_rows = KEYED[name]

    def keys(kind: str, row: Mapping[str, object]) -> Sequence[str]:
        found = row.get(of_accounts if kind == "account" else of_rows)
        return [found] if isinstance(found, str) else list(found or ())  # type: ignore[call-overload]  # a tuple of texts

    columns = {kind: (of_accounts,) if kind == "account" else (of_rows,) for kind in KINDS}
    return IdentityRule(name=name, doc="", columns=columns, keys=keys)


MAP = IdentityRule(name="map", doc="", columns=dict.fromkeys(KINDS, ()), keys=lambda kind, row: ())
RULES = (MAP, simple_rule("external_id"), simple_rule("domain"))


def is_customer(row: Mapping[str, object]) -> bool:
    return row["type"] == "Customer"


def settings(
    listed: Sequence[str] = LISTED,
    *,
    rules: Sequence[IdentityRule] = RULES,
    exclude: frozenset[str] = frozenset(),
    mapped: Mapping[str, str] | None = None,
    denied: Mapping[str, frozenset[str]] | None = None,
    nobody: frozenset[str] = frozenset(),
    owners: Mapping[str, str] | None = None,
    keep: Callable[[Mapping[str, object]], object] | None = is_customer,
    extras: Mapping[str, Type] | None = None,
) -> LinkSettings:
    """A customer list of these connections with the filter `type == 'Customer'`."""
    return LinkSettings(
        listed=tuple(
            ListedAccounts(
                connection=name, streams=("account",), text="type == 'Customer'", keep=keep, extras=extras or {}
            )
            for name in listed
        ),
        rules=tuple(rules),
        exclude=exclude,
        mapped=mapped or {},
        denied=denied or {},
        nobody=nobody,
        owners=owners or {},
    )


#: Extra fields that every row may have.
EXTRAS = ("tier", "said", "reason", "until")


@dataclass
class World:
    """A store with a clock that moves a second at each landing and pass."""

    store: Store
    settings: LinkSettings
    now: datetime = START
    statements: list[str] = field(default_factory=list)

    def land(
        self,
        connection: str,
        kind: str,
        rows: Sequence[Row] = (),
        *,
        gone: Sequence[str] = (),
        merges: Sequence[tuple[str, str]] = (),
    ) -> None:
        """One page of the stream named like its kind."""
        self.now += timedelta(seconds=1)
        stream = Incremental(name=kind, kind=KINDS[kind], shape="", extras=dict.fromkeys(EXTRAS, Type.TEXT))
        page = Page(rows=rows, cursor=b"", tombstones=gone, merges=merges)
        Landing(self.store.db).land(intake(1, connection, stream, LEASE), [page], now=self.now)

    def row(self, connection: str, kind: str, id: str, **values: object) -> None:
        """Land one row; domains may be given as one text."""
        if isinstance(values.get("domains"), str):
            values["domains"] = (values["domains"],)
        extra = cast("Extra | None", values.pop("extra", None))
        self.land(connection, kind, [KINDS[kind].row(id=id, changed_at=None, extra=extra, **values)])

    def account(self, connection: str, id: str, *, type: str = "Customer", **values: object) -> None:
        """Land one account, on the customer list unless `type` is something else."""
        self.row(connection, "account", id, type=type, **values)

    def associate(self, connection: str, start: str, end: str, *, primary: bool = False) -> None:
        """Land an association between `kind:id` and `kind:id`."""
        from_kind, from_id = start.split(":")
        to_kind, to_id = end.split(":")
        self.row(
            connection, "association", f"{start}-{end}",
            from_kind=from_kind, from_id=from_id, to_kind=to_kind, to_id=to_id, is_primary=primary,
        )  # fmt: skip

    def complete(self, *connections: str) -> None:
        """The account streams of these connections were read to the end."""
        with self.store.db.transaction() as tx:
            for connection in connections:
                tx.run(
                    "insert into stream_state (connection, stream, kind, shape, completed_at) "
                    "values (:connection, 'account', 'account', '', 1) "
                    "on conflict (connection, stream) do update set completed_at = 1",
                    {"connection": connection},
                )

    def link(self) -> LinkReport:
        """One pass."""
        self.now += timedelta(seconds=1)
        return link(self.store, self.settings, lease=LEASE, run=1, now=self.now)

    def all(self, sql: str, **parameters: Cell) -> list[Record]:
        """What a statement gives."""
        with self.store.db.read() as reader:
            return reader.all(sql, parameters)

    def seq(self) -> int:
        """The newest sequence number."""
        return int(str(self.all("select value from sequence where name = 'seq'")[0][0]))

    def owner(self, row: str) -> str | None:
        """The customer of `connection:kind:id` by its link."""
        connection, kind, id = row.split(":")
        found = self.all(
            "select customer from link where kind = :k and connection = :c and id = :i", k=kind, c=connection, i=id
        )
        return str(found[0][0]) if found else None

    def why(self, row: str) -> tuple[object, ...] | None:
        """Rule and evidence of a link."""
        connection, kind, id = row.split(":")
        found = self.all(
            "select rule, evidence from link where kind = :k and connection = :c and id = :i",
            k=kind,
            c=connection,
            i=id,
        )
        return found[0] if found else None

    def ties(self) -> dict[str, list[str]]:
        """The rows in review with their candidates."""
        return {
            f"{review.connection}:{review.kind}:{review.id}": sorted(one.customer for one in review.candidates)
            for review in self.store.links.reviews()
        }

    def active(self) -> list[str]:
        """The customers there are."""
        return [customer.id for customer in self.store.links.customers() if customer.state == "active"]

    def result(self) -> dict[str, list[Record]]:
        """Everything linking decided, without times and runs."""
        return {
            "links": self.all("select kind, connection, id, customer, rule, evidence from link order by 1, 2, 3"),
            "reviews": self.all(
                "select kind, connection, id, rule, key, candidates, reason from review order by 1, 2, 3"
            ),
            "customers": self.all("select id, name, parent from customer where state = 'active' order by id"),
            "outside": self.all("select kind, connection, id from outside order by 1, 2, 3"),
            "keys": self.all("select kind, connection, id, rule, key from identity_key order by 1, 2, 3, 4, 5"),
        }

    def cached(self) -> list[Record]:
        """(kind, connection, id, customer) as the rows themselves say."""
        return self.all(
            " union all ".join(
                f"select '{kind}', connection, id, customer from {kind} where customer is not null"
                for kind in ("account", "contact", "deal", "ticket", "response", "event")
            )
            + " order by 1, 2, 3"
        )


def make_world(folder: Path, given: LinkSettings | None = None, *, complete: bool = True) -> World:
    """An empty world; unless told otherwise its account streams count as read."""
    statements: list[str] = []
    store = open_store("sqlite:///link.db", folder=folder, observer=statements.append)
    world = World(store=store, settings=given or settings(), statements=statements)
    with store.db.transaction() as tx:
        tx.run("insert into lease (name, token, holder, host, pid, taken_at) values ('link', 1, 'test', '', 0, 0)")
    if complete:
        world.complete(*(one.connection for one in world.settings.listed))
    return world
