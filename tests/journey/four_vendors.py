"""One company in four tools: Salesforce, HubSpot, Intercom and SatisMeter in process, read by the example configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cshub.config import load
from cshub.engine import Hub, Surroundings, open_hub
from cshub.http import WSGITransport
from cshub.store import Store
from cshub.testing.company import Account, Company, Contact, generate
from cshub.testing.sandbox import Sandbox, SandboxClock, together
from tests.journey.desk import FollowingClock
from tests.journey.ground_truth import RecordKey

START = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
#: Connection of the example → the double behind it.
DOUBLES = {"crm": "salesforce", "sales": "hubspot", "support": "intercom", "survey": "satismeter"}
EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "four_vendors.yaml"
SWITCHES: Mapping[str, Mapping[str, object]] = {
    name: {"limits": "off"} for name in ("salesforce", "hubspot", "intercom")
}
KINDS = {"account": "account", "contact": "contact", "deal": "deal", "ticket": "ticket", "twin": "account"}


@dataclass
class FourVendors:
    """The tools of one company at one time; `switches` are those of their doubles, by vendor."""

    folder: Path
    customers: int = 60
    seed: int = 7
    switches: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    clock: SandboxClock = field(default_factory=lambda: SandboxClock(START, ticking=False))
    sandboxes: Mapping[str, Sandbox[Any]] = field(init=False)
    company: Company = field(init=False)

    def __post_init__(self) -> None:
        names = tuple(DOUBLES.values())
        switches = {name: {**SWITCHES.get(name, {}), **self.switches.get(name, {})} for name in names}
        made = together(names, seed=self.seed, customers=self.customers, clock=self.clock, switches=switches)
        self.sandboxes = dict(zip(DOUBLES, made, strict=True))
        self.company = generate(now=self.clock.now(), seed=self.seed, customers=self.customers)
        self.clock.advance(600)  # what was just seeded is no longer news to any search index

    @contextmanager
    def hub(self, yaml: str | None = None, store: str = "four.db") -> Iterator[Hub]:
        """The example at work, or another text, in a store of this name."""
        text = EXAMPLE.read_text(encoding="utf-8") if yaml is None else yaml
        path = self.folder / "cshub.yaml"
        path.write_text(text.replace("four_vendors.db", store), encoding="utf-8")
        environ = {name: value for one in self.sandboxes.values() for name, value in one.credentials.items()}
        environ["SALESFORCE_URL"] = "https://acme.my.salesforce.com"
        around = Surroundings(
            clock=FollowingClock(self.clock),
            transport=lambda connection: WSGITransport(self.sandboxes[connection]),  # type: ignore[arg-type]  # a WSGI application
        )
        with open_hub(load(path, environ=environ), around) as hub:
            yield hub

    def truth(self, store: Store) -> dict[RecordKey, str | None]:
        """Whose every stored record of the company is: its customer, or None where that is nobody's.

        A second account of the leading CRM that is no customer there is nobody's: the customer list says so.
        """
        leading = self.sandboxes["crm"].vendor.ids
        customers = {account.key: f"crm:{leading[account.key]}" for account in self.company.customers}
        owners = {account.key: account.key for account in self.company.accounts} | self.company.truth
        known: dict[RecordKey, str | None] = {}
        for connection, sandbox in self.sandboxes.items():
            for key, id in sandbox.vendor.ids.items():
                sort = key.partition("-")[0]
                if sort in KINDS and key in owners:
                    is_nobodys = sort == "twin" and connection == "crm"
                    known[connection, KINDS[sort], id] = None if is_nobodys else customers.get(owners[key])
        known |= {
            (connection, kind, f"ticket:{id}"): owner
            for (connection, kind, id), owner in known.items()
            if kind == "ticket"
        }
        known |= self._events() | self._responses(store, customers)
        with store.db.read() as reader:
            there = {
                (connection, kind, id)
                for kind in ("account", "contact", "deal", "ticket", "response", "event")
                for connection, id in reader.all(f"select connection, id from {kind} where deleted = 0")
            }
        return {record: owner for record, owner in known.items() if record in there}

    def _events(self) -> dict[RecordKey, str | None]:
        """The tasks of the leading CRM, each on its customer's account."""
        leading = self.sandboxes["crm"].vendor
        customers = {leading.ids[account.key] for account in self.company.customers}
        found: dict[RecordKey, str | None] = {}
        for task in leading.dump("Task"):
            account = str(task.get("WhatId"))
            found["crm", "event", str(task["Id"])] = f"crm:{account}" if account in customers else None
        return found

    def _responses(self, store: Store, customers: Mapping[str, str]) -> dict[RecordKey, str | None]:
        """Rows of answers, by the response they belong to."""
        keys = {id: key for key, id in self.sandboxes["survey"].vendor.ids.items() if key.startswith("response-")}
        with store.db.read() as reader:
            rows = [str(id) for (id,) in reader.all("select id from response where deleted = 0")]
        truth = self.company.truth
        return {("survey", "response", id): customers.get(truth[keys[id.partition(":")[0]]]) for id in rows}

    def silent(self, truth: Mapping[RecordKey, str | None]) -> set[RecordKey]:
        """Records of the truth that no tool says anything about: no link, no id of ours, no address at the customer's own domain."""
        mute = self._mute_contacts()
        accounts = {account.key: account for account in self.company.accounts}
        addressed = {one.key for one in self.company.contacts if _has_own_address(one, accounts[one.account])}
        keys = {
            "contact": mute,
            "ticket": {one.key for one in self.company.tickets if one.contact is None or one.contact in mute},
            "response": {
                one.key
                for one in self.company.responses
                if not ("external_id" in one.carries and accounts[one.account].external_id)
                and not ("email" in one.carries and one.contact in addressed)
            },
        }
        linked = {one.key for one in self.company.tickets if one.linked}
        nameless = {
            str(one["id"])
            for one in self.sandboxes["support"].vendor.dump("companies")
            if not one.get("website") and str(one.get("company_id")).endswith("-qualification-company")
        }
        found: set[RecordKey] = set()
        for connection, sandbox in self.sandboxes.items():
            names = {id: key for key, id in sandbox.vendor.ids.items()}
            for record in truth:
                key = names.get(record[2].removeprefix("ticket:").partition(":")[0], "")
                if record[0] != connection or (connection == "crm" and key in linked):
                    continue
                if key in keys.get(record[1], ()) or (record[:2] == ("support", "account") and record[2] in nameless):
                    found.add(record)
        return found

    def _mute_contacts(self) -> set[str]:
        """People no CRM links to their account, and whose address does not tell it."""
        accounts = {account.key: account for account in self.company.accounts}
        contacts = self.company.contacts
        return {one.key for one in contacts if not one.linked and not _has_own_address(one, accounts[one.account])}


def _has_own_address(contact: Contact, account: Account) -> bool:
    return bool(contact.email and account.domain and contact.email.endswith(f"@{account.domain}"))
