"""A person's word about a customer (SCORING §5): which one counts, what it means, and why one does not. Pure; `as_of` says which day it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ..model import Override, Scorecard
from .bands import plain_band
from .rounding import to_micro


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the fields of one account say, as text. `at` is the vendor's time of the change."""

    connection: str
    value: str
    reason: str | None
    until: str | None
    at: datetime | None


def override(words: Sequence[Word], card: Scorecard, as_of: datetime) -> Override | None:
    """The word that counts at `as_of`: the newest by the time it was said. Where none does, the newest with the reason why not.

    What was said after `as_of` is not known yet.
    """
    known = [word for word in words if word.at is None or word.at <= as_of]
    judged = [_judged(word, card, as_of) for word in sorted(known, key=_age)]
    return next((one for one in judged if one.trouble is None), judged[0] if judged else None)


def ends(words: Sequence[Word], found: Override | None, as_of: datetime) -> list[datetime]:
    """The instants after `as_of` at which another word may count: when one ends, and when one is said."""
    until = found.until if found is not None and found.trouble is None else None
    last = [] if until is None else [datetime.combine(until + timedelta(days=1), time(), UTC)]
    return [at for at in (*last, *(word.at for word in words)) if at is not None and at > as_of]


def _age(word: Word) -> tuple[float, str, str]:
    return -(word.at.timestamp() if word.at is not None else 0.0), word.connection, word.value


def _judged(word: Word, card: Scorecard, as_of: datetime) -> Override:
    band, micro = _meaning(word.value, card)
    until = _day(word.until)
    reason = (word.reason or "").strip() or None
    return Override(
        value=word.value,
        connection=word.connection,
        at=word.at,
        band=band,
        micro=micro,
        reason=reason,
        until=until,
        trouble=_trouble(word, band, reason, until, as_of),
    )


def _trouble(word: Word, band: str | None, reason: str | None, until: date | None, as_of: datetime) -> str | None:
    if band is None:
        return f"{word.value!r} is neither a band nor a score of this scorecard"
    if reason is None:
        return "no reason is given"
    if until is None:
        return f"{word.until!r} is no date" if word.until else "no last day is given"
    return f"it ended on {until}" if until < as_of.date() else None


def _meaning(value: str, card: Scorecard) -> tuple[str | None, int | None]:
    """The band of a word; the band and the points of a number."""
    word = value.strip().casefold().replace(" ", "_").replace("-", "_")
    for name, _ in card.bands.edges:
        if name.casefold() == word:
            return name, None
    try:
        micro = to_micro(value.strip())
    except ValueError:
        return None, None
    if not to_micro(card.low) <= micro <= to_micro(card.high):
        return None, None
    return plain_band(card.bands, micro), micro


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
