"""A small org, a connector on it, and a reader that keeps what the core would keep; no clock ever sleeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from cshub import Context, Incremental, Page, Row, Stream
from cshub.testing import ManualClock, context
from cshub_salesforce import connector
from cshub_salesforce.settings import SalesforceSettings

from .org import Org

SETTINGS = {"my_domain": "acme", "client_id": "3MVG9consumer", "client_secret": "a-secret-of-the-app"}


@dataclass(slots=True)
class Desk:
    """An org with everything to look at it through the connector."""

    org: Org
    clock: ManualClock
    owned: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def settings(self, **given: object) -> SalesforceSettings:
        values = {**SETTINGS, **given}
        return SalesforceSettings.model_validate({key: value for key, value in values.items() if value is not None})

    def context(self) -> Context:
        return context(transport=self.org, clock=self.clock, owned=self.owned)

    def connect(self, **given: object) -> connector.Salesforce:
        """The connector as a new run would open it."""
        return connector.Salesforce(self.settings(**given), self.context())

    def stream(self, name: str, **given: object) -> Incremental:
        found = next(each for each in connector.streams(self.settings(**given)) if each.name == name)
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


@pytest.fixture
def desk() -> Desk:
    """An empty org."""
    clock = ManualClock()
    return Desk(Org(clock), clock)


def living(desk: Desk, name: str) -> set[str]:
    """The ids the org holds."""
    return {id for id, record in desk.org.tables[name].items() if not record["IsDeleted"]}


def rows(pages: Sequence[Page]) -> list[Row]:
    return [row for page in pages for row in page.rows]
