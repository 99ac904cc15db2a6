"""What makes the seeded company's tools disagree: records that stand twice, other names, subsidiaries on their mother's domain.

Its dice are its own, so that the company itself stays what it was.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import get_args

from . import words
from .records import Account, System, Twin

SHARED_WITH_PARENT = 0.5
OTHER_NAME_SHARE = 0.06
UNSYNCED_SHARE = 0.2
#: Of all customers, in each tool that has accounts.
TWIN_SHARE = 0.02
MERGED_SHARE = 0.6


def make_messy(dice: random.Random, accounts: Sequence[Account]) -> tuple[Account, ...]:
    """The accounts, some of them under another name at support, on their mother's domain, or unknown to the other CRM's sync."""
    domains = {account.key: account.domain for account in accounts}
    made = []
    for account in accounts:
        parents = domains.get(account.parent or "")
        shares = dice.random() < SHARED_WITH_PARENT
        domain = parents if parents and shares and account.domain else account.domain
        other = f"{dice.choice(words.STEMS)} & {dice.choice(words.LAST)}"
        support_name = other if dice.random() < OTHER_NAME_SHARE else account.name
        is_synced = account.kind == "customer" and dice.random() >= UNSYNCED_SHARE
        made.append(replace(account, domain=domain, support_name=support_name, is_synced=is_synced))
    return tuple(made)


def make_twins(dice: random.Random, customers: Sequence[Account], now: datetime) -> Iterator[Twin]:
    """Second records of some customers, most of them merged into the first by now."""
    place = 0
    for system in get_args(System)[:3]:
        for account in customers:
            if dice.random() >= TWIN_SHARE:
                continue
            place += 1
            created = account.created_at + (now - account.created_at) * dice.random() * 0.9
            yield Twin(
                key=f"twin-{place:04d}",
                account=account.key,
                system=system,
                is_merged=dice.random() < MERGED_SHARE,
                name=account.name.rpartition(" ")[0],
                domain=account.domain,
                created_at=created,
                changed_at=created + (now - created) * dice.random(),
            )
