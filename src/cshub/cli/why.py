"""`cshub why`: why a score changed, in parts that add up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import click

from ..config import band_label
from ..engine.why import Answer, why
from ..errors import ConfigError
from ..model import MICRO, SavedScore
from ..scoring.change import Change, ChangePart
from ..scoring.words import number
from .explain import Moment
from .explanation import points
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import show, show_json

#: What each part means, beside its name.
_MEANING = {
    ChangePart.BEHAVIOUR: "what the customer did",
    ChangePart.AVAILABILITY: "data that came or went, and weight shared out because of it",
    ChangePart.FRESHNESS: "time that passed over the same facts",
    ChangePart.OVERRIDE: "a person's word",
    ChangePart.CONFIG: "another scorecard",
    ChangePart.CAP: "caps, floors and vetoes, the limits of the score and its rounding",
}


@click.command(cls=Command, short_help="See why a score changed, in parts that add up.")
@click.argument("customer")
@click.option("--from", "start", type=Moment(), metavar="DATE", required=True, help="the score of that day …")
@click.option("--to", "end", type=Moment(), metavar="DATE", help="… beside that of this one  [now]")
@json_option
@pass_invocation
def command(invocation: Invocation, *, customer: str, start: datetime, end: datetime | None, as_json: bool) -> None:
    r"""See why a score changed: what the customer did, what is known, time alone, another scorecard. The parts add up exactly.

    CUSTOMER is an id, a name, a domain or an external id.

    \b
    cshub why "Acorn Labs Ltd" --from 2026-01-01 --to 2026-01-31
    cshub why crm:123 --from 2026-01-01
    """
    with invocation.hub() as hub:
        id, until = hub.customer(customer), end or hub.now()
        if start >= until:
            raise ConfigError("--from has to be before --to", where=f"{start:%Y-%m-%d} … {until:%Y-%m-%d}")
        name = hub.store.links.name_at(id, until) or id
        found = why(hub, id, start, until)
    if found is None:
        hint = "`cshub explain CUSTOMER` shows the score now; rows are known since the first `cshub pull`"
        raise ConfigError(f"{name} has no score at one of the two days", where=id, hint=hint)
    if as_json:
        show_json(name=name, **document(found))
        return
    for line in lines(found, name):
        show(line)


def lines(found: Answer, name: str) -> Iterator[str]:
    """The change for people."""
    yield f"{name}  {found.customer}"
    yield f"{_told(found.before)}"
    yield f"{_told(found.after)}"
    yield ""
    if found.change is None:
        yield "One of them is no score, so there is no difference to split."
    elif not found.change.lines:
        yield "Nothing changed."
    else:
        yield from _parts(found.change)
    yield from (f"Note: {note}" for note in found.notes)


def document(found: Answer) -> dict[str, object]:
    """The change as data; points are numbers and micro-points."""
    return {
        "customer": found.customer,
        "before": _score(found.before),
        "after": _score(found.after),
        "micro": found.change.micro if found.change else None,
        "change": found.change.micro / MICRO if found.change else None,
        "parts": {part: found.change.total(part) if found.change else 0 for part in ChangePart},
        "lines": found.change.lines if found.change else (),
        "notes": found.notes,
    }


def _parts(found: Change) -> Iterator[str]:
    """Each part with its sum, and its lines below it, the largest first."""
    for part in ChangePart:
        members = sorted(
            (line for line in found.lines if line.part == part), key=lambda line: (-abs(line.micro), line.name)
        )
        if members:
            yield f"({points(found.total(part))})".rjust(14) + f"  {part}: {_MEANING[part]}"
            yield from (f"{points(line.micro):>14}    {line.name}" for line in members)
    yield f"{points(found.micro):>14}  = the change; the lines above add up to it exactly"


def _told(score: SavedScore) -> str:
    what = "Not enough data" if score.shown_micro is None else f"Score {number(score.shown_micro)}"
    band = f", {band_label(score.shown_band)}" if score.shown_band else ""
    return f"  {score.as_of:%Y-%m-%d %H:%M} UTC  {what}{band}   scorecard {score.scorecard} {score.scorecard_hash}"


def _score(score: SavedScore) -> dict[str, object]:
    return {
        "as_of": score.as_of,
        "score": None if score.micro is None else score.micro / MICRO,
        "micro": score.micro,
        "band": score.band,
        "shown_micro": score.shown_micro,
        "shown_band": score.shown_band,
        "scorecard_hash": score.scorecard_hash,
    }
