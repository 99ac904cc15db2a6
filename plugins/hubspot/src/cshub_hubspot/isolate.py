"""Finding the bad rows of a batch that HubSpot refuses as a whole, in few calls. How to send and what a refusal means is `write.py`'s part.

One bad row of a hundred takes at most nine calls, the first included: each further call takes half of the rows under suspicion,
and every other row not yet written rides along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from cshub import Outcome, RecordWrite


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A whole call was refused and nothing of it done. `fields` are properties that no row may carry, when HubSpot names some."""

    code: str
    message: str
    request_id: str | None = None
    fields: frozenset[str] = frozenset()


Rows: TypeAlias = Sequence[RecordWrite]
Send: TypeAlias = Callable[[Rows], Sequence[Outcome] | Refusal]
Reject: TypeAlias = Callable[[RecordWrite, Refusal], Outcome]


def narrow(rows: Rows, why: Refusal, send: Send, reject: Reject) -> Iterator[Outcome]:
    """One outcome for each of `rows`, at least one of which is bad: together they were refused with `why`.

    `known` is always a set that holds a bad row, and `focus` the part of it where the bad one is if there is only one.
    """
    unsent = known = focus = rows
    while len(known) > 1:
        tried = _probe(unsent, focus)
        answer = send(tried)
        if not isinstance(answer, Refusal):
            yield from answer
            unsent = _without(unsent, tried)
            known = focus = _without(known, tried)
        elif len(focus) == 1:
            yield from _sent(focus, send, reject)
            yield from _halve(tried, answer, send, reject)
            return
        else:
            known, focus, why = tried, _first_half(focus), answer
    yield reject(known[0], why)
    yield from _sent(_without(unsent, known), send, reject)


def _probe(unsent: Rows, focus: Rows) -> Rows:
    """Half of the focus and everything outside it; a focus of one row is left out, for then the rest must be good."""
    others = _without(unsent, focus)
    return others if len(focus) == 1 else [*_first_half(focus), *others]


def _halve(rows: Rows, why: Refusal, send: Send, reject: Reject) -> Iterator[Outcome]:
    """The same where several rows are bad: plain halving, without passengers that would be refused again and again."""
    if len(rows) == 1:
        yield reject(rows[0], why)
        return
    left = _first_half(rows)
    right = _without(rows, left)
    answer = send(left)
    if isinstance(answer, Refusal):
        yield from _halve(left, answer, send, reject)
        yield from _sent(right, send, reject)
    else:
        yield from answer
        yield from _halve(right, why, send, reject)


def _sent(rows: Rows, send: Send, reject: Reject) -> Iterator[Outcome]:
    """Outcomes of rows of which nothing is known yet."""
    if not rows:
        return
    answer = send(rows)
    yield from _halve(rows, answer, send, reject) if isinstance(answer, Refusal) else answer


def _first_half(rows: Rows) -> Rows:
    return rows[: (len(rows) + 1) // 2]


def _without(rows: Rows, others: Rows) -> Rows:
    gone = {row.id for row in others}
    return [row for row in rows if row.id not in gone]
