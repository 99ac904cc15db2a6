"""Survey answers of the seeded company: what people say fits the story of their account."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import get_args

from .records import Account, Contact, Response, Story, Survey

#: Share of a customer's people who answered in the last half year.
ANSWER_SHARE = 0.35
#: The lowest and highest NPS, and the lowest and highest mark of five.
NPS: dict[Story, tuple[int, int]] = {"healthy": (8, 10), "steady": (6, 9), "at_risk": (0, 6)}
MARKS: dict[Story, tuple[int, int]] = {"healthy": (4, 5), "steady": (3, 5), "at_risk": (1, 3)}
COMMENTS = ("Works well for us.", "Support took too long.", "We miss an export.", "Easy to use.", None, None)
#: The survey tool was told both, the account's id alone, the address alone, or nothing of a person.
CARRIED = (("external_id", "email"), ("external_id",), ("email",), ())
CARRIED_WEIGHTS = (60, 20, 18, 2)


def make_responses(
    dice: random.Random, accounts: Sequence[Account], contacts: Sequence[Contact], now: datetime
) -> Iterator[Response]:
    """NPS mostly, CSAT and CES now and then; some came back to their answer days later."""
    customers = {account.key: account for account in accounts if account.kind == "customer"}
    place = 0
    for contact in contacts:
        account = customers.get(contact.account)
        if account is None or dice.random() >= ANSWER_SHARE:
            continue
        place += 1
        yield _response(dice, place, account, contact, now)


def _response(dice: random.Random, place: int, account: Account, contact: Contact, now: datetime) -> Response:
    metric: Survey = dice.choices(get_args(Survey), (8, 1, 1))[0]
    answered = now - timedelta(days=dice.randint(1, 180), seconds=dice.randint(0, 80_000))
    came_back = dice.random() < 0.1
    return Response(
        key=f"response-{place:06d}",
        account=account.key,
        contact=contact.key,
        metric=metric,
        value=dice.randint(*(NPS if metric == "nps" else MARKS)[account.story]),
        comment=dice.choice(COMMENTS),
        carries=frozenset(dice.choices(CARRIED, CARRIED_WEIGHTS)[0]),
        answered_at=answered,
        changed_at=min(now, answered + timedelta(days=dice.randint(1, 5))) if came_back else answered,
    )
