"""Deals and tickets of the seeded company; this is where an account at risk shows it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import get_args

from . import words
from .records import Account, Channel, Contact, Deal, Priority, Purpose, Story, Ticket

#: How many tickets in the last half year, and the share of them still open.
TICKETS: dict[Story, tuple[int, int]] = {"healthy": (0, 2), "steady": (1, 4), "at_risk": (4, 8)}
OPEN_SHARE: dict[Story, float] = {"healthy": 0.1, "steady": 0.25, "at_risk": 0.7}
#: Weights of low, normal, high, urgent.
PRIORITIES: dict[Story, tuple[int, int, int, int]] = {
    "healthy": (5, 4, 1, 0),
    "steady": (3, 5, 2, 1),
    "at_risk": (0, 2, 3, 6),
}


def make_deals(dice: random.Random, accounts: Sequence[Account], now: datetime) -> Iterator[Deal]:
    """The first sale and the coming renewal of each customer, some expansions, an open sale per second prospect."""
    place = 0
    for account in accounts:
        for purpose in _purposes(dice, account):
            place += 1
            yield _deal(dice, place, account, purpose, now)


def make_tickets(
    dice: random.Random, accounts: Sequence[Account], contacts: Sequence[Contact], now: datetime
) -> Iterator[Ticket]:
    """Tickets of the last half year, as many and as grave as the customer's story wants."""
    people: dict[str, list[Contact]] = defaultdict(list)
    for contact in contacts:
        people[contact.account].append(contact)
    place = 0
    for account in accounts:
        low, high = TICKETS[account.story] if account.kind == "customer" else (0, 0)
        for _ in range(dice.randint(low, high)):
            place += 1
            yield _ticket(dice, place, account, people[account.key], now)


def _purposes(dice: random.Random, account: Account) -> list[Purpose]:
    if account.kind == "prospect":
        return ["new"] if dice.random() < 0.5 else []
    if account.kind != "customer":
        return []
    return ["new", "renewal", "expansion"] if dice.random() < 0.2 else ["new", "renewal"]


def _deal(dice: random.Random, place: int, account: Account, purpose: Purpose, now: datetime) -> Deal:
    is_first_sale = purpose == "new" and account.kind == "customer"
    close = account.created_at.date() if is_first_sale else account.renewal_date
    created = account.created_at if is_first_sale else now - timedelta(days=dice.randint(5, 55))
    return Deal(
        key=f"deal-{place:06d}",
        account=account.key,
        name=f"{account.name} - {purpose}",
        purpose=purpose,
        amount=(account.mrr or 400.0) * (12 if purpose != "expansion" else 3),
        currency=account.currency,
        is_closed=is_first_sale,
        is_won=is_first_sale,
        close_date=close or (now + timedelta(days=30)).date(),
        owner=account.owner,
        created_at=created,
        changed_at=created + timedelta(days=dice.randint(0, 4)),
    )


def _ticket(dice: random.Random, place: int, account: Account, people: list[Contact], now: datetime) -> Ticket:
    is_open = dice.random() < OPEN_SHARE[account.story]
    opened = now - timedelta(days=dice.randint(1, 25 if is_open else 180), seconds=dice.randint(0, 80_000))
    closed = None if is_open else min(now, opened + timedelta(hours=dice.randint(2, 120)))
    priority: Priority = dice.choices(get_args(Priority), PRIORITIES[account.story])[0]
    contact = dice.choice(people) if people else None
    return Ticket(
        key=f"ticket-{place:06d}",
        account=account.key,
        contact=contact.key if contact else None,
        subject=dice.choice(words.SUBJECTS),
        channel=dice.choice(get_args(Channel)),
        priority=priority,
        linked=contact is None or dice.random() < 0.8,
        is_open=is_open,
        opened_at=opened,
        closed_at=closed,
        first_reply_s=dice.randint(300, 90_000) if closed or dice.random() < 0.5 else None,
        owner=account.owner,
        changed_at=closed or opened,
    )
