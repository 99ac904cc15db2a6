"""`cshub apply`: writing a plan to the CRM."""

from __future__ import annotations

import click

from ..engine import Hub
from ..errors import ConfigError
from ..store.plans import Plan
from .consent import consent
from .failure import exit_code
from .invocation import Command, Invocation, pass_invocation, yes_option
from .output import plural, show, show_json
from .summary import show_report
from .work import carry_out, work_options, working


@click.command(cls=Command, short_help="Write a plan to the CRM.")
@click.argument("plan", required=False)
@yes_option
@work_options("limit", "wait")
@pass_invocation
@click.pass_context
def command(
    context: click.Context, invocation: Invocation, /, *, plan: str | None, yes: bool, as_json: bool, **asked: object
) -> None:
    r"""Write a plan to the CRM: exactly its fields, and none whose value has changed there since. A second call writes nothing.

    Without PLAN it takes the one that waits.

    \b
    cshub apply
    cshub apply --limit 5        the first five records, to look at them in the CRM
    cshub apply crm-12 --yes     without a question, as from cron
    """
    with working(invocation) as hub:
        chosen = choose(hub, plan)
        if chosen is None:
            show("no plan waits; `cshub plan` makes one")
            return
        left = hub.store.writes.counts(chosen.id).get("planned", 0)
        consent(f"Write {plural(left, 'field')} to {chosen.connection}?", yes=yes)
        report = carry_out(hub, ("apply",), command="apply", asked={**asked, "plan": chosen.id})
        if as_json:
            show_json(run=report, plan=hub.store.writes.plan(chosen.id))
        else:
            show_report(report, hub)
    context.exit(exit_code(report))


def choose(hub: Hub, id: str | None) -> Plan | None:
    """The plan of that id, else the one that waits, None for none. Raises ConfigError for an unknown one, and for several."""
    if id is not None:
        found = hub.store.writes.plan(id)
        if found is None:
            raise ConfigError(f"there is no plan {id!r}", hint="`cshub plan` makes one and prints its id")
        if found.state == "superseded":
            raise ConfigError(f"the plan {id} was superseded by a newer one", hint="look at that with `cshub plan`")
        return found
    waiting = [plan for plan in map(hub.store.writes.newest_plan, hub.config.publish) if plan is not None]
    if len(waiting) > 1:
        ids = ", ".join(plan.id for plan in waiting)
        raise ConfigError(f"several plans wait: {ids}", hint="say which, like `cshub apply " + waiting[0].id + "`")
    return waiting[0] if waiting else None
