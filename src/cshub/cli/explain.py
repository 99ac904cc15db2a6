"""`cshub explain`: how a score came about, today or on an earlier day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import click

from ..engine.turning import turning
from ..errors import ConfigError
from . import turning as turns
from .explanation import document, explain, lines
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import show, show_json


class Moment(click.ParamType[datetime]):
    """A day, meaning its last moment, or an instant; UTC unless it says otherwise."""

    name = "DATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The last moment of a day, or the instant."""
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no date; write 2026-01-31 or 2026-01-31T14:00", param, ctx)
        if len(text) == len("2026-01-31"):
            found = datetime.combine(found, time()) + timedelta(days=1, milliseconds=-1)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


@click.command(cls=Command, short_help="See how a score came about, line by line.")
@click.argument("customer")
@click.option("--at", type=Moment(), metavar="DATE", help="the score of that day, as it was printed then")
@json_option
@pass_invocation
def command(invocation: Invocation, *, customer: str, at: datetime | None, as_json: bool) -> None:
    r"""See how a score came about: groups, signals, values, points, and where each fact was read. The lines add up.

    Below stands what would move the band: for each signal the nearest value, exact, that would do it alone.

    CUSTOMER is an id, a name, a domain or an external id.

    \b
    cshub explain "Acorn Labs Ltd"
    cshub explain crm:123 --at 2026-01-31
    """
    with invocation.hub() as hub:
        id = hub.customer(customer)
        instant = at or hub.now()
        name = hub.store.links.name_at(id, instant) or id
        found = explain(hub.store, id, name, instant)
        turned = turning(hub, found.score) if found is not None else None
    if found is None:
        day = f"{at:%Y-%m-%d}" if at else "now"
        hint = "`cshub score` makes one" if at is None else "scores begin with the first `cshub run`"
        raise ConfigError(f"{name} has no score as of {day}", where=id, hint=hint)
    if as_json:
        show_json(**document(found), would_move=turns.document(turned))
        return
    for line in (*lines(found), *turns.lines(turned)):
        show(line)
