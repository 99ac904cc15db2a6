"""A scripted workspace, a connector on it whose every request is judged by the official file, and a clock that never sleeps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from cshub import Incremental, Page, Row, Snapshot
from cshub.testing import ManualClock, context
from cshub.testing.openapi import Exchange
from cshub_intercom import connector
from cshub_intercom.settings import IntercomSettings
from plugins.intercom.tests.connector.scripted import TOKEN, Item, Workspace, nested
from plugins.intercom.tests.openapi_judge import JudgedTransport, OpenApiJudge

NEWEST = "2.16"


@dataclass(slots=True)
class Account:
    """A scripted workspace with everything to look at it through the connector."""

    there: Workspace
    clock: ManualClock
    judge: OpenApiJudge | None

    def settings(self, **given: object) -> IntercomSettings:
        return IntercomSettings.model_validate({"token": TOKEN, **given})

    def connect(self, **given: object) -> connector.Intercom:
        """The connector as a new run would open it. The official file judges the version it is of."""
        settings = self.settings(**given)
        wire = Strict(self.there, self.judge if settings.version == NEWEST else None)
        return connector.Intercom(settings, context(connection="support", transport=wire, clock=self.clock))

    def tick(self, **span: float) -> None:
        from_span = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
        self.clock.advance(sum(from_span[unit] * amount for unit, amount in span.items()))

    def contact(self, id: str, companies: Sequence[str] = (), **values: object) -> Item:
        """A contact made or changed now."""
        now = self.there.now_s()
        item: Item = {"type": "contact", "role": "user", "created_at": now, **self.there.contacts.get(id, {})}
        item |= {"id": id, "updated_at": now, "companies": nested(id, "companies", companies), **values}
        item["whole"] = {"companies": [{"type": "company", "id": each} for each in companies], "tags": []}
        self.there.contacts[id] = item
        return item

    def conversation(self, id: str, **values: object) -> Item:
        """A conversation made or changed now."""
        now = self.there.now_s()
        item: Item = {"type": "conversation", "created_at": now, "state": "open", "open": True}
        item |= {**self.there.conversations.get(id, {}), "id": id, "updated_at": now, **values}
        self.there.conversations[id] = item
        return item

    def ticket(self, id: str, **values: object) -> Item:
        """A ticket made or changed now."""
        now = self.there.now_s()
        item: Item = {"type": "ticket", "created_at": now, "open": True, "category": "Customer"}
        item |= {**self.there.tickets.get(id, {}), "id": id, "updated_at": now, **values}
        self.there.tickets[id] = item
        return item

    def company(self, id: str, **values: object) -> Item:
        """A company."""
        now = self.there.now_s()
        item: Item = {"type": "company", "company_id": f"own-{id}", "name": f"Company {id}", "created_at": now}
        item |= {"id": id, "updated_at": now, "last_request_at": now, **values}
        self.there.companies.append(item)
        return item

    def forget(self) -> None:
        self.there.asked.clear()


#: How often each sort of request was seen: method, path without ids, names of parameters, and the body without its values.
SORTS: Counter[tuple[str, ...]] = Counter()
OF_EACH_SORT = 3


class Strict(JudgedTransport):
    """Fails at the first request the official file dislikes; answers are scripted and not judged. Of requests that are alike it looks at some."""

    def __init__(self, inner: Workspace, official: OpenApiJudge | None) -> None:
        super().__init__(inner, None)
        self._official = official

    def handle_request(self, request: Any) -> Any:
        response = super().handle_request(request)
        asked = self.exchanges[-1]
        sort = (
            asked.method,
            re.sub(r"/k?\d+\b", "/id", asked.path),
            *(re.sub(r"\d+|place", "", text) for text in _texts(asked)),
        )
        SORTS[sort] += 1
        if self._official is not None and SORTS[sort] <= OF_EACH_SORT:
            complaints = self._official.request_complaints(asked)
            assert complaints == [], f"{asked}\n{complaints}"
        return response


def _texts(asked: Exchange) -> tuple[str, str]:
    return asked.query, asked.body.decode()


@dataclass(slots=True)
class Reader:
    """Pulls one stream the way the core does: keeps the newest row of each id, and the last cursor."""

    account: Account
    stream: str
    settings: Mapping[str, object] = field(default_factory=dict)
    cursor: bytes | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def pull(self, until: datetime | None = None) -> list[Page]:
        self.pages = []
        source = self.account.connect(**self.settings)
        for page in source.pull(self.declared(), self.cursor, until or self.account.clock.now()):
            self.land(page)
        source.close()
        return self.pages

    def declared(self) -> Incremental | Snapshot:
        settings = self.account.settings(**self.settings)
        return next(each for each in connector.streams(settings) if each.name == self.stream)

    def land(self, page: Page) -> None:
        self.pages.append(page)
        self.cursor = page.cursor
        for row in page.rows:
            self.rows[str(row[0])] = row
        for gone in (*page.tombstones, *(old for old, _ in page.merges)):
            self.rows.pop(gone, None)

    def sweep(self) -> set[str]:
        source = self.account.connect(**self.settings)
        return {id for lot, _ in source.ids(self.declared(), None) for id in lot}

    def column(self, name: str, id: str) -> object:
        return self.rows[id][2 + self.declared().kind.names.index(name)]

    def extra(self, name: str, id: str) -> object:
        found = self.rows[id][-1]
        return found.get(name) if isinstance(found, Mapping) else None


@pytest.fixture
def account(official: OpenApiJudge | None) -> Account:
    """A workspace with nothing in it."""
    clock = ManualClock()
    return Account(Workspace(clock), clock, official)


def ids(pages: Sequence[Page]) -> list[str]:
    """The ids of all rows of these pages, in order."""
    return [str(row[0]) for page in pages for row in page.rows]
