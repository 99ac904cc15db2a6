"""The double as an org, a connector on it, and a reader that keeps what the core would keep; no clock ever sleeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import pytest

from cshub import Context, Incremental, Page, Row, Stream
from cshub.testing import ManualClock, context
from cshub.testing.sandbox import Fault, FaultKind
from cshub_salesforce import CONNECTOR, connector
from cshub_salesforce.settings import SalesforceSettings

from .org import Org, error

#: A formula of the seeded org as an extra field.
DAYS = {"days": {"field": "Days_To_Renewal__c", "type": "number"}}


@dataclass(slots=True)
class Desk:
    """An org with everything to look at it through the connector."""

    org: Org
    clock: ManualClock
    owned: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def login(self) -> dict[str, str]:
        """The settings that lead into the org."""
        given = self.org.sandbox.credentials
        secret = given["SALESFORCE_CLIENT_SECRET"]
        return {"my_domain": "acme", "client_id": given["SALESFORCE_CLIENT_ID"], "client_secret": secret}

    def settings(self, **given: object) -> SalesforceSettings:
        given = {**self.login, **given}
        return SalesforceSettings.model_validate({key: value for key, value in given.items() if value is not None})

    def context(self) -> Context:
        return context(transport=self.org, clock=self.clock, owned=self.owned)

    def connect(self, **given: object) -> connector.Salesforce:
        """The connector as a new run would open it."""
        return connector.Salesforce(self.settings(**given), self.context())

    def stream(self, name: str, **given: object) -> Incremental:
        found = next(each for each in CONNECTOR.streams(self.settings(**given)) if each.name == name)
        assert isinstance(found, Incremental)
        return found

    def tick(self, **span: float) -> None:
        self.clock.advance(timedelta(**span).total_seconds())


@dataclass(slots=True)
class Reader:
    """Pulls one stream the way the core does: keeps the newest row of each id, and the last cursor."""

    desk: Desk
    name: str
    settings: Mapping[str, object] = field(default_factory=dict)
    cursor: bytes | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    @property
    def stream(self) -> Stream:
        return self.desk.stream(self.name, **self.settings)

    def pull(self, until: datetime | None = None, *, at_most: int | None = None) -> list[Page]:
        self.pages = []
        source = self.desk.connect(**self.settings)
        for page in source.pull(self.stream, self.cursor, until or self.desk.clock.now()):
            self.land(page)
            if len(self.pages) == at_most:
                break
        source.close()
        return self.pages

    def land(self, page: Page) -> None:
        self.pages.append(page)
        self.cursor = page.cursor
        for row in page.rows:
            self.rows[str(row[0])] = row
        for gone in (*page.tombstones, *(old for old, _ in page.merges)):
            self.rows.pop(gone, None)

    def ids(self) -> list[str]:
        """The ids of all rows of the last pull, in order."""
        return [str(row[0]) for page in self.pages for row in page.rows]

    def gone(self) -> list[str]:
        return [id for page in self.pages for id in page.tombstones]

    def column(self, name: str, id: str) -> object:
        return self.rows[id][2 + self.stream.kind.names.index(name)]

    def extra(self, id: str) -> object:
        return self.rows[id][-1]


Open = Callable[..., Desk]


@pytest.fixture
def open_desk() -> Open:
    """Orgs with the double's switches; empty, without limits and lag unless told otherwise."""

    def opened(**switches: object) -> Desk:
        clock = ManualClock()
        return Desk(Org(clock, **switches), clock)

    return opened


@pytest.fixture
def desk(open_desk: Open) -> Desk:
    """An empty org."""
    return open_desk()


def living(desk: Desk, name: str) -> set[str]:
    """The ids the org holds."""
    return desk.org.living(name)


def strike(desk: Desk, name: str, on: str = "*/queryAll", **how: int) -> None:
    """Have the double give one of its named errors."""
    desk.org.sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, on=on, **how))  # type: ignore[arg-type]  # numbers by name


def refuse(desk: Desk, path: str, code: str, message: str, *, times: int = 1, status: int = 400) -> None:
    """Have requests to this path answered with an error, so many times."""
    left = [times]

    def look(request: httpx.Request) -> httpx.Response | None:
        if path not in request.url.path or not left[0]:
            return None
        left[0] -= 1
        return error(status, code, message)

    desk.org.instead.append(look)
