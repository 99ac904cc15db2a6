"""One Intercom workspace: its records, its people, and the time they live in."""

from __future__ import annotations

import random
from zoneinfo import ZoneInfo

from cshub.testing.sandbox import SandboxClock, WriteLog

from .attributes import Catalog
from .behaviour import Behaviour
from .documents import contact_document
from .people import Admin, Segment, Tag, Team
from .records import Links, Record, Table
from .scroll import Scroll
from .search_index import Hit, SearchIndex

CONTACTS, COMPANIES, CONVERSATIONS, TICKETS = "contacts", "companies", "conversations", "tickets"
OBJECTS = (CONTACTS, COMPANIES, CONVERSATIONS, TICKETS)
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Workspace:
    """The state; who may do what and how answers look is decided elsewhere."""

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int) -> None:
        self.clock = clock
        self.behaviour = behaviour
        self.random = random.Random(seed)
        self.zone = ZoneInfo(behaviour.timezone)
        self.id_code = f"ws{seed:06d}"
        self.born = self.now() - 3 * 365 * 86_400
        self.writes = WriteLog()
        self.links = Links()
        self.catalog = Catalog()
        self.tables = {name: Table() for name in OBJECTS}
        self.index = SearchIndex()
        self.scroll: Scroll | None = None
        self.admins: list[Admin] = []
        self.teams: list[Team] = []
        self.tags: dict[str, Tag] = {}
        self.segments: list[Segment] = []
        self._numbers = {CONVERSATIONS: 500, TICKETS: 4_000, "shown": 10, "other": 403_918_000}
        self._detaching: list[tuple[int, str]] = []

    @property
    def contacts(self) -> Table:
        """The contacts."""
        return self.tables[CONTACTS]

    @property
    def companies(self) -> Table:
        """The companies."""
        return self.tables[COMPANIES]

    def now(self) -> int:
        """The workspace's time in Unix seconds."""
        return self.clock.now_ms() // 1000

    def new_id(self, object_type: str, created_at: int | None = None) -> str:
        """A fresh id: 24 hex digits that begin with the time for contacts and companies, else a rising number."""
        if object_type in (CONTACTS, COMPANIES):
            stamp = self.now() if created_at is None else created_at
            return f"{stamp:08x}{self.random.getrandbits(64):016x}"
        self._numbers[object_type] += self.random.randint(1, 3)
        return str(self._numbers[object_type])

    def request_id(self) -> str:
        """The opaque id of an error answer."""
        return "".join(self.random.choices(LETTERS, k=20))

    def publish(self, contact: Record, *, at_once: bool = False) -> None:
        """Let searches see a contact as it now is, after the lag."""
        lag_ms = 0 if at_once else round(self.behaviour.search_lag_s * 1000)
        self.index.note(Hit(contact.id, contact_document(contact)), self.clock.now_ms() + lag_ms)

    def detach_later(self, company: str) -> None:
        """Let the contacts of a deleted company leave it after a while."""
        self._detaching.append((self.clock.now_ms() + round(self.behaviour.detach_lag_s * 1000), company))

    def settle(self) -> None:
        """Let happen what is due."""
        now = self.clock.now_ms()
        self.index.settle(now)
        for due, company in [item for item in self._detaching if item[0] <= now]:
            if company not in self.companies.live:
                self.links.drop_company(company)
            self._detaching.remove((due, company))

    def users(self, company: str) -> list[Record]:
        """The live contacts of a company."""
        live = self.contacts.live
        return [live[contact] for contact in self.links.contacts(company) if contact in live]
