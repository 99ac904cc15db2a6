"""What is decided about one row, and the choice between several customers. Pure; accounts and other rows share it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple, cast

import orjson

from ...store.database import Cell

#: Rule of the link between a customer and the account it is at home in; as a key, held by every account on the customer list.
LISTED = "listed"
#: The key of every other account of the connections on the customer list.
UNLISTED = "unlisted"
#: Not rules: keys by which accounts are decided together. Every account has its own name, the names merged into it, that of its parent and
#: that of the account a person said it belongs with under the first; its parent's alone under the second.
FAMILY, PARENT = "family", "parent"
#: Rule of a link that the row itself asks for.
REFERENCE = "reference"
#: The rule by which a person links, before any other; it alone may give a customer a second account of one connection.
MAP = "map"
#: Keys for the other things a person says: whose a record is not, and that it is nobody's.
DENIED, NOBODY = "not", "nobody"
#: A review names so many accounts that are no customers.
MOST_TOLD = 3


class Verdict(NamedTuple):
    """A link (customer, rule, evidence), a review (rule, key, candidates, reason), or nothing at all.

    `outside`: the row's own account is known and not a customer. A tuple, because there is one for each row of each pass.
    """

    customer: str | None = None
    rule: str | None = None
    evidence: str | None = None
    key: str | None = None
    candidates: tuple[str, ...] = ()
    reason: str | None = None
    outside: bool = False


NOTHING = Verdict()
OUTSIDE = Verdict(outside=True)


def linked(customer: str, rule: str, evidence: str) -> Verdict:
    """The row belongs to this customer."""
    return Verdict(customer=customer, rule=rule, evidence=evidence)


def review(rule: str, key: str, candidates: Iterable[str], reason: str) -> Verdict:
    """A person has to look."""
    return Verdict(rule=rule, key=key, candidates=tuple(sorted(candidates)), reason=reason)


def no_customer(account: str) -> Verdict:
    """A person said that the row belongs with this account, which leads to no customer: a person has to look again."""
    return review(MAP, account, [], f"mapped to {account}, which is no customer")


def current(record: Sequence[Cell], *, is_outside: bool = False) -> Verdict:
    """The verdict in force, from its link (customer, rule, evidence) and its review (rule, key, candidates, reason)."""
    customer, rule, evidence, review_rule, key, candidates, reason = cast("tuple[str | None, ...]", record)
    if review_rule is not None:
        tie = tuple(orjson.loads(candidates or "[]"))
        return Verdict(rule=review_rule, key=key, candidates=tie, reason=reason)
    return Verdict(customer=customer, rule=rule, evidence=evidence, outside=is_outside)


def choose(
    rule: str, found: Mapping[str, str], parents: Mapping[str, str], denied: Collection[str] = frozenset()
) -> Verdict:
    """The verdict among customers found by a rule (with the evidence for each); `parents` leads from a customer to the one above.

    One decides; several inside one hierarchy decide for their lowest common ancestor; any other tie is for a person. Customers
    that a person denied do not come back: NOTHING when all of them were.
    """
    left = {customer: evidence for customer, evidence in found.items() if customer not in denied}
    told = _ruled_out(found.keys() - left.keys())
    if not left:
        return NOTHING
    if len(left) == 1:
        ((customer, evidence),) = left.items()
        return linked(customer, rule, evidence + told)
    key = min(left.values())
    above = common_ancestor(sorted(left), parents)
    if above is not None and above not in denied:
        return linked(above, rule, f"{key}, shared by {' and '.join(sorted(left))}{told}")
    return review(rule, key, left, f"{len(left)} customers match by {rule}")


def _ruled_out(denied: Collection[str]) -> str:
    return f"; a person ruled out {' and '.join(sorted(denied))}" if denied else ""


def doubted(
    verdict: Verdict, rivals: Mapping[str, tuple[str, str]], denied: Collection[str], is_kin: Callable[[str, str], bool]
) -> Verdict:
    """The verdict of a rule, or a review where accounts that are no customers fit as well.

    `rivals` are those accounts (`connection:id`) with the rule and key that found each, first rules first. Those of another CRM
    than the customer's own count only where the record names them. A person may have denied them; `is_kin` says of a rival and
    the customer whether they are one family: neither leaves a doubt.
    """
    if verdict.customer is None or verdict.rule is None or not rivals:
        return verdict
    customer, rule, evidence = verdict.customer, verdict.rule, verdict.evidence or ""
    home = customer.partition(":")[0]
    # A lead of another CRM that has the customer's domain is most likely the customer itself, unless the record names that lead.
    fellows = [name for name, (_, key) in rivals.items() if name.partition(":")[0] == home or name == key]
    left = [name for name in fellows if name not in denied and not is_kin(name, customer)]
    if not left:
        return linked(customer, rule, evidence + _ruled_out(rivals.keys() & set(denied)))
    found_by, key = rivals[left[0]]
    named = sorted(name for name in left if rivals[name] == (found_by, key))
    also = "also " if found_by == rule else ""
    reason = f"{key} is {also}the {found_by.replace('_', ' ')} of {_told(named)}"
    return review(found_by, key, [customer, *named[:MOST_TOLD]], reason)


def _told(names: Sequence[str]) -> str:
    more = len(names) - MOST_TOLD
    told = " and ".join((*names[:MOST_TOLD], *((f"{more} more",) if more > 0 else ())))
    return f"{told}, which {'is no customer' if len(names) == 1 else 'are no customers'}"


def common_ancestor(customers: Iterable[str], parents: Mapping[str, str]) -> str | None:
    """The lowest customer that is each of these or above it, or None; `parents` has no circles."""
    lines = [ancestry(customer, parents) for customer in customers]
    shared = set(lines[0]).intersection(*lines[1:])
    return next((customer for customer in lines[0] if customer in shared), None)


def ancestry(customer: str, parents: Mapping[str, str]) -> tuple[str, ...]:
    """The customer, the one above it, and so on to the top."""
    line = [customer]
    while (above := parents.get(line[-1])) is not None and above not in line:
        line.append(above)
    return tuple(line)
