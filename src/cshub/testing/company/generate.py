"""The seeded company is made here: accounts first, then what hangs on them, story by story."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from . import words
from .activity import make_deals, make_tickets
from .mess import make_messy, make_twins
from .people import make_contacts, make_owners
from .records import Account, AccountKind, Company, Owner, Story
from .surveys import make_responses

OWNERS = 12
#: Per 500 customers.
OTHERS: tuple[tuple[AccountKind, int], ...] = (("prospect", 120), ("partner", 40), ("competitor", 20))


def generate(*, now: datetime, seed: int = 7, customers: int = 500) -> Company:
    """The company as it stands at `now` (aware). Equal arguments give equal companies.

    Beside the customers there are prospects, partners and competitors. One account in twenty has no domain, one in
    twenty-five shares the domain of another, one customer in ten belongs to a parent, and half of those share its domain.
    """
    dice, mess, voices = random.Random(seed), random.Random(f"mess {seed}"), random.Random(f"voices {seed}")
    owners = make_owners(dice, OWNERS)
    accounts = make_messy(mess, tuple(_accounts(dice, owners, customers, now)))
    contacts = tuple(make_contacts(dice, accounts, now))
    served = tuple(account for account in accounts if account.kind == "customer")
    return Company(
        now=now,
        owners=owners,
        accounts=accounts,
        contacts=contacts,
        deals=tuple(make_deals(dice, accounts, now)),
        tickets=tuple(make_tickets(dice, accounts, contacts, now)),
        responses=tuple(make_responses(voices, accounts, contacts, now)),
        twins=tuple(make_twins(mess, served, now)),
    )


def _accounts(dice: random.Random, owners: tuple[Owner, ...], customers: int, now: datetime) -> Iterator[Account]:
    made: list[Account] = []
    names: set[str] = set()
    for place, kind in enumerate(_kinds(dice, customers)):
        account = _account(dice, place, kind, _name(dice, names), owners, made, now)
        made.append(account)
        yield account


def _kinds(dice: random.Random, customers: int) -> list[AccountKind]:
    kinds: list[AccountKind] = ["customer"] * customers
    for kind, per_500 in OTHERS:
        kinds += [kind] * (customers * per_500 // 500)
    dice.shuffle(kinds)
    return kinds


def _account(
    dice: random.Random,
    place: int,
    kind: AccountKind,
    name: str,
    owners: tuple[Owner, ...],
    made: list[Account],
    now: datetime,
) -> Account:
    is_customer = kind == "customer"
    parent = _parent(dice, made) if is_customer else None
    created = now - timedelta(days=dice.randint(60, 1600), seconds=dice.randint(0, 86_399))
    return Account(
        key=f"account-{place + 1:05d}",
        name=name,
        domain=_domain(dice, name, made),
        kind=kind,
        story=_story(dice) if is_customer else "steady",
        parent=parent,
        owner=dice.choice(owners).key,
        external_id=f"C-{10_000 + place}" if is_customer and dice.random() < 0.97 else None,
        mrr=float(dice.randint(2, 120) * 50) if is_customer else None,
        currency="EUR",
        renewal_date=(now + timedelta(days=dice.randint(5, 365))).date() if is_customer else None,
        country=dice.choice(words.COUNTRIES),
        industry=dice.choice(words.INDUSTRIES),
        employees=dice.choice((8, 25, 60, 140, 400, 1200, 5000)),
        created_at=created,
        changed_at=_between(dice, created, now),
        support_name=name,
        is_synced=False,
    )


def _story(dice: random.Random) -> Story:
    roll = dice.random()
    if roll < 0.15:
        return "at_risk"
    return "healthy" if roll < 0.6 else "steady"


def _parent(dice: random.Random, made: list[Account]) -> str | None:
    roots = [account for account in made[-60:] if account.kind == "customer" and account.parent is None]
    return dice.choice(roots).key if roots and dice.random() < 0.1 else None


def _domain(dice: random.Random, name: str, made: list[Account]) -> str | None:
    roll = dice.random()
    if roll < 0.05:
        return None
    with_domain = [account.domain for account in made[-40:] if account.domain]
    if roll < 0.09 and with_domain:
        return dice.choice(with_domain)
    stem = "-".join(name.lower().split()[:2])
    return f"{stem}.{dice.choice(words.ENDINGS)}"


def _name(dice: random.Random, taken: set[str]) -> str:
    while True:
        stem = f"{dice.choice(words.STEMS)} {dice.choice(words.TRADES)}"
        if stem not in taken:
            taken.add(stem)
            return f"{stem} {dice.choice(words.FORMS)}"
        if len(taken) >= len(words.STEMS) * len(words.TRADES) // 2:
            return f"{stem} {len(taken) + dice.randint(1, 10**9)}"


def _between(dice: random.Random, start: datetime, end: datetime) -> datetime:
    return start + (end - start) * dice.random()
