"""What a plugin author writes, read by `mypy --strict` and never run: the public API must type-check without a cast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, assert_type

from pydantic import BaseModel, ConfigDict, SecretStr

from cshub import (
    TICKET,
    Adjustment,
    Adjustments,
    Answer,
    Bearer,
    Check,
    Client,
    Connector,
    Context,
    Cursor,
    CustomerView,
    FunctionMetric,
    Page,
    Reading,
    Row,
    RunReport,
    Scorecard,
    Scored,
    Seen,
    Snapshot,
    Source,
    Stream,
    hookimpl,
    metric,
    per_customer,
    walk_cursor,
)


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: SecretStr


@metric(needs=["ticket"])
def open_tickets(view: CustomerView) -> int:
    """Tickets that are open now."""
    return sum(1 for ticket in view.rows["ticket"] if ticket["is_open"])


assert_type(open_tickets, FunctionMetric)


@per_customer
def constant(card: Scorecard, customer: str, readings: Mapping[str, Reading]) -> Scored:
    raise ValueError(f"{card.name} does not score {customer} by {sorted(readings)}")


class Listing(Cursor):
    read: Literal["list"] = "list"
    after: str | None = None


class Changes(Cursor):
    read: Literal["search"] = "search"
    at_ms: int
    seen: dict[str, int] = {}  # noqa: RUF012 - pydantic gives each its own


assert_type(Listing.load(b"", "helpdesk.tickets"), Listing)
assert_type(Cursor.either(b"", "helpdesk.tickets", Listing, Changes), Listing | Changes)
assert_type(Seen(Changes(at_ms=1).seen).known, dict[str, int])


class Helpdesk:
    def __init__(self, client: Client) -> None:
        self._client = client

    def check(self) -> Check:
        assert_type(self._client.get("/me", label="who am I"), Answer)
        return Check(org="1", account="Acme")

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        del stream, until
        for rows, after in walk_cursor(self._fetch, self._read, cursor.decode() if cursor else None):
            yield Page(rows=rows, cursor=(after or "").encode())

    def close(self) -> None:
        self._client.close()

    def _fetch(self, cursor: str | None) -> Answer:
        return self._client.get("/tickets", params={"after": cursor or ""}, label="tickets")

    def _read(self, answer: Answer) -> tuple[Sequence[Row], str | None]:
        del answer
        return [TICKET.row(id="1", changed_at=None, is_open=True)], None


def streams(settings: Settings) -> Sequence[Stream]:
    del settings
    return [Snapshot(name="tickets", kind=TICKET, shape="1")]


def connect(settings: Settings, context: Context) -> Source:
    return Helpdesk(context.client(origin="https://helpdesk.example", auth=Bearer(settings.token)))


@hookimpl
def register_connectors() -> Iterable[Connector[Settings]]:
    return [Connector(name="helpdesk", doc="Helpdesk", settings=Settings, streams=streams, open=connect)]


@hookimpl
def register_metrics() -> Iterable[FunctionMetric]:
    return [open_tickets]


@hookimpl
def adjust_scores(batch: Sequence[Scored]) -> Adjustments:
    return [Adjustment(customer=scored.customer, name="vip", points=1, text="a key account") for scored in batch]


@hookimpl
def run_finished(report: RunReport) -> None:
    print(report)  # noqa: T201 - an observer of somebody's own may
