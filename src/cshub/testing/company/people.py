"""Owners and contacts of the seeded company: some on free mail, some twice, some not linked to their account."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from . import words
from .records import Account, Contact, Owner, Story

#: Days since a contact was last seen, at least and at most.
SEEN_DAYS: dict[Story, tuple[int, int]] = {"healthy": (0, 12), "steady": (3, 45), "at_risk": (50, 200)}
FREE_MAIL_SHARE = 0.08
DUPLICATE_SHARE = 0.03
UNLINKED_SHARE = 0.10


def make_owners(dice: random.Random, count: int) -> tuple[Owner, ...]:
    """`count` people of ours; the last one has left."""
    return tuple(_owner(dice, place, active=place < count - 1) for place in range(count))


def make_contacts(dice: random.Random, accounts: Sequence[Account], now: datetime) -> Iterator[Contact]:
    """Two to five people per customer, one or two per other account, and the duplicates among them."""
    place = 0
    taken: set[str] = set()
    for account in accounts:
        for _ in range(dice.randint(2, 5) if account.kind == "customer" else dice.randint(1, 2)):
            place += 1
            contact = _contact(dice, place, account, now, taken)
            yield contact
            if dice.random() < DUPLICATE_SHARE:
                place += 1
                yield _copy(contact, place, taken)


def _owner(dice: random.Random, place: int, *, active: bool) -> Owner:
    first, last = dice.choice(words.FIRST), dice.choice(words.LAST)
    return Owner(
        key=f"owner-{place + 1:02d}",
        email=f"{plain(first)}.{plain(last)}{place}@ours.example",
        first_name=first,
        last_name=last,
        active=active,
    )


def _contact(dice: random.Random, place: int, account: Account, now: datetime, taken: set[str]) -> Contact:
    first, last = dice.choice(words.FIRST), dice.choice(words.LAST)
    created = account.created_at + (now - account.created_at) * dice.random()
    seen = _last_seen(dice, account, now)
    return Contact(
        key=f"contact-{place:06d}",
        account=account.key,
        email=_email(dice, place, first, last, account, taken),
        first_name=first,
        last_name=last,
        role=dice.choice(words.ROLES),
        linked=dice.random() >= UNLINKED_SHARE,
        duplicate_of=None,
        last_seen_at=seen,
        created_at=created,
        changed_at=max(created, seen or created),
    )


def _last_seen(dice: random.Random, account: Account, now: datetime) -> datetime | None:
    if account.kind != "customer":
        return None
    low, high = SEEN_DAYS[account.story]
    return now - timedelta(days=dice.randint(low, high), seconds=dice.randint(3_600, 80_000))


def _email(dice: random.Random, place: int, first: str, last: str, account: Account, taken: set[str]) -> str | None:
    is_free = account.domain is None or dice.random() < FREE_MAIL_SHARE
    domain = dice.choice(words.FREE_MAIL) if is_free else account.domain
    email = f"{plain(first)}.{plain(last)}@{domain}"
    if email in taken or is_free:
        email = f"{plain(first)}.{plain(last)}{place}@{domain}"
    taken.add(email)
    return None if dice.random() < 0.02 else email


def _copy(contact: Contact, place: int, taken: set[str]) -> Contact:
    email = None
    if contact.email:
        local, _, domain = contact.email.partition("@")
        email = f"{local[0]}.{local.rpartition('.')[2]}{place}@{domain}"
        taken.add(email)
    return replace(contact, key=f"contact-{place:06d}", email=email, duplicate_of=contact.key)


def plain(name: str) -> str:
    """A name as it stands in an address: no accents, lower case."""
    letters = unicodedata.normalize("NFKD", name.replace("ø", "o").replace("Ø", "O"))
    return letters.encode("ascii", "ignore").decode().lower()
