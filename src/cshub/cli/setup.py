"""`cshub setup`: the CRM fields that are missing, listed or created."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..engine import Hub
from ..model import Provision, Provisioned
from .consent import consent
from .fields import differences, provision, wanted_fields
from .invocation import Command, Invocation, json_option, pass_invocation, yes_option
from .output import plural, show, show_json, show_table

_WORDS = {
    Provision.CREATED: "created",
    Provision.EXISTS: "is there",
    Provision.WRONG_TYPE: "✖ cannot serve",
    Provision.REFUSED: "✖ refused",
}


@click.command(cls=Command, short_help="Create the CRM fields that are missing.")
@click.argument("connection")
@click.option("--plan/--apply", "only_plan", default=True, help="list what would be created (default), or create it")
@yes_option
@json_option
@pass_invocation
@click.pass_context
def command(
    context: click.Context, invocation: Invocation, *, connection: str, only_plan: bool, yes: bool, as_json: bool
) -> None:
    r"""Create the fields cshub writes in a CRM, with labels and help texts. What exists is never changed.

    \b
    cshub setup crm              what is missing
    cshub setup crm --apply      create it
    """
    with invocation.hub() as hub:
        if only_plan:
            context.exit(_plan(hub, connection, as_json=as_json))
        wanted = wanted_fields(hub, connection)
        consent(f"Create up to {plural(len(wanted), 'field')} in {connection}?", yes=yes)
        made = provision(hub, connection)
    if as_json:
        show_json(connection=connection, fields=made)
    else:
        _show_made(made)
    context.exit(1 if any(one.state in (Provision.WRONG_TYPE, Provision.REFUSED) for one in made) else 0)


def _plan(hub: Hub, connection: str, *, as_json: bool) -> int:
    wanted = wanted_fields(hub, connection)
    target = hub.config.publish[connection].object
    found = differences(wanted, hub.connections.get(connection).destination().describe(target))
    if as_json:
        show_json(connection=connection, object=target, fields=[{"field": w, "problem": p} for w, p in found])
        return 0
    rows = [(field.name, field.label, field.type.replace("_", " "), problem or "is there") for field, problem in found]
    show_table(("field", "label", "type", "now"), rows)
    missing = sum(problem is not None for _, problem in found)
    show(f"  → `cshub setup {connection} --apply` creates what is missing" if missing else "  nothing is missing")
    return 0


def _show_made(made: Sequence[Provisioned]) -> None:
    show_table(("field", "now", "message"), [(one.field, _WORDS[one.state], one.message) for one in made])
