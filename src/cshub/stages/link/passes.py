"""The stage `link`: from its watermark to now, accounts first, then every other kind, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import cast

import orjson

from ...model import LINKED_KINDS
from ...store.database import Cell, Lease, Record
from ...store.linking import LinkingPass, is_current
from ...store.store import Store
from . import accounts, rows
from .customers import Component, successions
from .facts import AccountFacts, RowKeys, columns_of
from .owners import Owner, persons
from .places import Place
from .rivals import RowRivals
from .settings import LinkReport, LinkSettings
from .verdict import NOTHING, Verdict, current


def link(store: Store, settings: LinkSettings, *, lease: Lease, run: int, now: datetime) -> LinkReport:
    """Decide whose every new or touched row is, and write it down.

    Does nothing until each account stream of the customer list was read to the end once; the result does not depend on
    the order rows came in. The work grows with what changed; new settings link everything anew. Raises LeaseLost, with nothing written.
    """
    with store.db.read() as reader:
        done = store.links.completed_streams(reader)
        wanted = [(one.connection, stream) for one in settings.listed for stream in one.streams]
        waiting = tuple(".".join(stream) for stream in wanted if stream not in done)
        if waiting or is_current(reader, settings.fingerprint(), settings.words()):
            return LinkReport(waiting=waiting)
    with store.db.transaction(lease) as tx:
        session = LinkingPass(tx, settings.fingerprint(), run, now, settings.words())
        session.begin()
        looked, changed, left, joined = link_accounts(session, settings)
        for kind in LINKED_KINDS[1:]:
            more_looked, more_changed = link_rows(session, settings, kind)
            looked, changed = looked + more_looked, changed + more_changed
        link_owners(session, settings)
        session.finish()
    return LinkReport(looked=looked, changed=changed, left=left, joined=joined)


def link_accounts(session: LinkingPass, settings: LinkSettings) -> tuple[int, int, int, int]:
    """Decide the accounts that changed and all they reach: (looked at, changed, customers that left, that joined another)."""
    survivors = session.merged_accounts()
    facts = AccountFacts(settings, gone_by_survivor(survivors))
    session.take_account_facts(facts.of(session.fresh_accounts(columns_of("account"))))
    component = Component.load(session)
    order = [one.connection for one in settings.listed]
    verdicts, parents = accounts.decide(component.accounts, [rule.name for rule in settings.rules], order, survivors)
    gone = successions(component, verdicts)
    decisions = (
        _decision(place, verdict)
        for place, before in component.before.items()
        if (verdict := verdicts.get(place, NOTHING)) != before
    )
    changed = session.write_decisions("account", decisions)
    session.write_customers(component.homed(verdicts, parents), [(old.id, new) for old, new in gone])
    session.stir_accounts(component.stirred(verdicts, parents))
    left = sum(new is None and old.is_active for old, new in gone)
    return len(component.before), changed, left, sum(new is not None for _, new in gone)


def link_owners(session: LinkingPass, settings: LinkSettings) -> None:
    """Find the persons among the owners of all connections, when something about owners changed."""
    found = session.owners()
    if found is not None:
        order = [one.connection for one in settings.listed]
        session.write_people(persons([Owner(*record) for record in found], settings.owners, order))


def gone_by_survivor(survivors: Mapping[Place, Place]) -> dict[Place, list[str]]:
    """The ids that live on in each account."""
    found: dict[Place, list[str]] = {}
    for (_, gone), survivor in survivors.items():
        found.setdefault(survivor, []).append(gone)
    return found


def link_rows(session: LinkingPass, settings: LinkSettings, kind: str) -> tuple[int, int]:
    """Decide the rows of one kind that changed or lean on something that did: (looked at, changed)."""
    session.take_row_keys(RowKeys(kind, settings).of(session.fresh_rows(kind, columns_of(kind))))
    session.pend(kind)
    deciding = Deciding(session, settings)
    changed = session.write_decisions(kind, deciding.decisions(kind))
    return deciding.looked, changed


class Deciding:
    """Decides pending rows one after the other, in flat memory, and counts them."""

    def __init__(self, session: LinkingPass, settings: LinkSettings) -> None:
        self._session = session
        self._rules = [rule.name for rule in settings.rules]
        self.looked = 0

    def decisions(self, kind: str) -> Iterator[tuple[Cell, ...]]:
        """A record for each row decided otherwise than before."""
        parents = self._session.offered_families()
        rivals = RowRivals(by_key=self._session.offered_rivals(), kin=self._session.kin_of_rivals())
        for place, offered in groupby(self._session.pending(kind), key=itemgetter(0, 1)):
            records = list(offered)
            verdict = NOTHING if records[0][2] else rows.decide(_offers(records), self._rules, parents, rivals)
            if kind != "contact" and verdict.outside:
                verdict = NOTHING
            self.looked += 1
            if verdict != _before(records[0]):
                yield _decision(cast(Place, place), verdict)


def _offers(records: list[Record]) -> list[rows.Offer]:
    return [
        rows.Offer(cast(int, step), cast(str, rule), cast(str, key), bool(primary), cast("str | None", customer))
        for *_, step, rule, key, primary, customer in records
        if step is not None
    ]


def _before(record: Record) -> Verdict:
    return current(record[3:10], is_outside=bool(record[10]))


def _decision(place: Place, verdict: Verdict) -> tuple[Cell, ...]:
    in_review = verdict.reason is not None
    candidates = orjson.dumps(verdict.candidates).decode() if in_review else None
    return (*place, *verdict[:4], candidates, verdict.reason, int(verdict.outside))
