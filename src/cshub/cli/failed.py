"""`cshub failed`: records that could not become rows, and the way back for them."""

from __future__ import annotations

import click

from ..errors import ConfigError
from .invocation import Group, Invocation, json_option, pass_invocation
from .output import plural, shortened, show, show_json, show_table


@click.group(cls=Group, name="failed", short_help="See what did not get through, and try it again.")
def command() -> None:
    """See the records that did not get through, each with its reason, and try them again or let them go."""


@command.command("list", short_help="List the records that did not get through.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="how many to list")
@json_option
@pass_invocation
def list_(invocation: Invocation, *, limit: int, as_json: bool) -> None:
    r"""List the records that did not get through, newest first.

    \b
    cshub failed list
    """
    with invocation.hub() as hub:
        found = hub.store.rejects.list(limit=limit)
        total = sum(hub.store.rejects.open_counts().values())
    if as_json:
        show_json(rejects=found, total=total)
        return
    rows = [
        (r.number, f"{r.connection}.{r.stream}", r.id, f"{r.rejected_at:%Y-%m-%d %H:%M}", shortened(r.reason, 90))
        for r in found
    ]
    show_table(("#number", "stream", "id", "when (UTC)", "reason"), rows)
    show(f"{plural(total, 'record')} did not get through" if total else "everything got through")


@command.command("show", short_help="Show one record with what the vendor sent.")
@click.argument("number", type=int)
@json_option
@pass_invocation
def show_(invocation: Invocation, *, number: int, as_json: bool) -> None:
    r"""Show one record that did not get through, with what the vendor sent (cut and redacted).

    \b
    cshub failed show 3
    """
    with invocation.hub() as hub:
        found = hub.store.rejects.get(number)
    if found is None:
        raise _unknown(number)
    if as_json:
        show_json(reject=found)
        return
    show(f"{found.connection}.{found.stream}  {found.id or 'without an id'}  {found.state}")
    show(f"{found.reason}   (run {found.run}, {found.rejected_at:%Y-%m-%d %H:%M} UTC)")
    show()
    show(found.payload)


@command.command("retry", short_help="Read a record's stream in full with the next pull.")
@click.argument("number", type=int)
@pass_invocation
def retry(invocation: Invocation, *, number: int) -> None:
    r"""Let the next pull read the record's stream in full; the record is settled once it gets through.

    \b
    cshub failed retry 3 && cshub pull
    """
    with invocation.hub() as hub:
        if not hub.store.rejects.retry(number):
            raise _unknown(number)
    show("the next `cshub pull` reads its stream in full")


@command.command("drop", short_help="Let a record go.")
@click.argument("number", type=int)
@pass_invocation
def drop(invocation: Invocation, *, number: int) -> None:
    r"""Let a record go: it is not listed any more, unless it fails for another reason.

    \b
    cshub failed drop 3
    """
    with invocation.hub() as hub:
        if not hub.store.rejects.drop(number):
            raise _unknown(number)
    show(f"dropped {number}")


def _unknown(number: int) -> ConfigError:
    return ConfigError(f"there is no open record {number}", hint="`cshub failed list` numbers them")
