"""Alerts as the store sees them: changed scores to look at, the alerts a trigger has opened, and deliveries owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from ..model import SavedScore
from . import score_rows
from .database import Cell, Database, Lease, Reader, Record
from .statements import statements
from .values import from_json, from_ms, from_ms_or_none, to_json, to_ms, to_ms_or_none

SQL = statements("alerts")
_SCORE = len(score_rows.COLUMNS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A customer a trigger looks at: the score, and what the customer list says (mrr, renewal_date, owner …)."""

    score: SavedScore
    name: str
    account: dict[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alert as it stands. `number` is None for one that is to be added; `state` is waiting, open, acknowledged or closed."""

    number: int | None
    customer: str
    trigger: str
    cause: str
    state: str
    text: str
    evidence: tuple[str, ...]
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A delivery that is still to be made."""

    alert: Alert
    action: str
    attempts: int
    customer_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The alert of one trigger for one customer that stands open, or else the newest."""

    number: int
    state: str
    opened_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that stands open, for people."""

    number: int
    customer: str
    name: str
    trigger: str
    state: str
    text: str
    opened_at: datetime
    last_seen_at: datetime


class Alerts:
    """One open alert per customer and cause, and what was done about it."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def watermark(self, reader: Reader, scope: str) -> int:
        """The sequence up to which a trigger has looked; 0 when it never did."""
        found = reader.one(SQL["watermark"], {"scope": scope})
        return cast(int, found[0]) if found else 0

    def newest_seq(self, reader: Reader) -> int:
        """The newest sequence of all."""
        found = reader.one(SQL["newest_seq"])
        return cast(int, found[0]) if found else 0

    def changed(self, reader: Reader, trigger: str, seq: int) -> Iterator[Seen]:
        """Customers a trigger has to look at, in order."""
        names = ("mrr", "currency", "renewal_date", "stage", "type", "owner", "owner_email")
        for row in reader.each(SQL["changed_scores"], {"trigger": trigger, "seq": seq}):
            score = score_rows.decode(row[:_SCORE])
            name, *account = row[_SCORE:]
            yield Seen(
                score=score,
                name=cast("str | None", name) or score.customer,
                account=dict(zip(names, account, strict=True)),
            )

    def of_trigger(self, reader: Reader, trigger: str) -> dict[str, Standing]:
        """The alert of each customer that stands, or else the newest."""
        return {
            cast(str, customer): Standing(
                number=cast(int, number),
                state=cast(str, state),
                opened_at=from_ms(cast(int, opened)),
                last_seen_at=from_ms(cast(int, seen)),
                closed_at=from_ms_or_none(cast("int | None", closed)),
            )
            for number, customer, state, opened, seen, closed in reader.all(
                SQL["alerts_of_trigger"], {"trigger": trigger}
            )
        }

    def save(
        self,
        trigger: str,
        scope: str,
        seq: int,
        moved: Sequence[Alert],
        actions: Sequence[str],
        *,
        run: int,
        now: datetime,
        lease: Lease,
    ) -> None:
        """Keep what a look of one trigger changed, and owe every newly open alert its deliveries."""
        added = [alert for alert in moved if alert.number is None]
        dropped = [alert for alert in moved if alert.number is not None and alert.state == "dropped"]
        changed = [alert for alert in moved if alert.number is not None and alert.state != "dropped"]
        with self._db.transaction(lease) as tx:
            first = tx.next_seq(len(added) + len(changed)) if added or changed else 0
            tx.many(
                SQL["add_alert"],
                [(a.customer, a.trigger, a.cause, *_told(a), run, first + i) for i, a in enumerate(added)],
            )
            tx.many(
                SQL["set_alert"],
                [
                    (*_told(a), to_ms_or_none(a.closed_at), run, first + len(added) + i, a.number)
                    for i, a in enumerate(changed)
                ],
            )
            tx.many(SQL["drop_waiting"], [(alert.number,) for alert in dropped])
            for action in actions:
                tx.run(SQL["add_deliveries"], {"trigger": trigger, "action": action, "at": to_ms(now)})
            tx.run(SQL["set_watermark"], {"scope": scope, "seq": seq})
            tx.run(SQL["forget_watermarks"], {"trigger": f"{trigger}:", "scope": scope})

    def retire(self, triggers: Sequence[str], *, now: datetime, lease: Lease) -> int:
        """Close the alerts of customers that left and of triggers that are none of these; how many there were."""
        standing: dict[str, Cell] = {"triggers": to_json(list(triggers))}
        with self._db.read() as reader:
            if reader.one(SQL["any_to_retire"], standing) is None:
                return 0
        with self._db.transaction(lease) as tx:
            tx.run(SQL["drop_retired"], standing)
            return tx.run(SQL["close_retired"], {**standing, "now": to_ms(now), "seq": tx.next_seq()})

    def owed(self, attempts: int, since: datetime) -> list[Owed]:
        """Deliveries about alerts that stand, tried fewer than `attempts` times or opened after `since`; those tried least come first."""
        with self._db.read() as reader:
            rows = reader.all(SQL["owed_deliveries"], {"attempts": attempts, "since": to_ms(since)})
        return [_owed(row) for row in rows]

    def settle(self, owed: Owed, *, done: bool, message: str, now: datetime, lease: Lease) -> None:
        """Remember how a delivery went."""
        with self._db.transaction(lease) as tx:
            tx.run(
                SQL["set_delivery"],
                {
                    "state": "done" if done else "failed",
                    "at": to_ms(now),
                    "message": message,
                    "alert": owed.alert.number,
                    "action": owed.action,
                },
            )

    def open(self, customer: str | None = None) -> list[OpenAlert]:
        """Open alerts, newest first, of one customer or of all."""
        with self._db.read() as reader:
            rows = reader.all(SQL["open_alerts"], {"customer": customer})
        return [
            OpenAlert(
                number=cast(int, number),
                customer=cast(str, who),
                name=cast("str | None", name) or cast(str, who),
                trigger=cast(str, trigger),
                state=cast(str, state),
                text=cast(str, text),
                opened_at=from_ms(cast(int, opened)),
                last_seen_at=from_ms(cast(int, seen)),
            )
            for number, who, name, trigger, state, text, opened, seen in rows
        ]


def _owed(row: Record) -> Owed:
    number, action, tried, customer, trigger, cause, text, evidence, opened_at, name = row
    at = from_ms(cast(int, opened_at))
    alert = Alert(
        number=cast(int, number),
        customer=cast(str, customer),
        trigger=cast(str, trigger),
        cause=cast(str, cause),
        state="open",
        text=cast(str, text),
        evidence=tuple(cast("list[str]", from_json(cast(str, evidence)))),
        opened_at=at,
        last_seen_at=at,
    )
    return Owed(
        alert=alert,
        action=cast(str, action),
        attempts=cast(int, tried),
        customer_name=cast("str | None", name) or alert.customer,
    )


def _told(alert: Alert) -> tuple[Cell, ...]:
    return (
        alert.state,
        alert.text,
        to_json(list(alert.evidence)),
        to_ms(alert.opened_at),
        to_ms(alert.last_seen_at),
    )
