"""`cshub plan`: every CRM field that would change, from what to what, and why."""

from __future__ import annotations

from collections.abc import Sequence

import click

from ..store.plans import Plan, PlanLine
from .failure import exit_code
from .invocation import Command, Invocation, pass_invocation
from .output import heading, plural, shortened, show, show_json, show_table
from .summary import failures
from .work import carry_out, work_options, working


@click.command(cls=Command, short_help="List every CRM field that would change, and why.")
@click.option("--exit-code", "code", is_flag=True, help="exit 4 when something would change")
@work_options("select", "customer", "limit", "wait")
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, /, *, as_json: bool, code: bool, **asked: object) -> None:
    r"""List every CRM field that would change: object, id, field, old and new value, and why. Writes nothing to the CRM.

    The plan is kept; `cshub apply` writes exactly that, and skips what has changed in the CRM since.

    \b
    cshub plan
    cshub plan --limit 20 --customer acorn.com
    cshub plan --exit-code || cshub apply --yes
    """
    with working(invocation) as hub:
        report = carry_out(hub, ("publish",), command="plan", asked={**asked, "dry_run": True})
        plans = [plan for plan in hub.store.writes.plans() if plan.run == report.run]
        found = [(plan, hub.store.writes.lines(plan.id)) for plan in plans]
    if as_json:
        show_json(run=report, plans=[{"plan": plan, "lines": lines} for plan, lines in found])
    else:
        for plan, lines in found:
            show_plan(plan, lines)
        for line in failures(report):
            show(line)
        if not found and report.state == "ok":
            show("nothing would change")
    context.exit(exit_code(report) or (4 if code and found else 0))


def show_plan(plan: Plan, lines: Sequence[PlanLine]) -> None:
    """A plan for people: a line per field."""
    show(heading(f"plan {plan.id}   {plural(len(lines), 'field')} of {plural(len({x.id for x in lines}), 'record')}"))
    rows = [
        (
            plan.target,
            line.id,
            line.field,
            f"{shortened(line.old or '(empty)', 30)} → {shortened(line.new or '(empty)', 40)}",
            shortened(line.why, 90),
        )
        for line in lines
    ]
    show_table(("object", "id", "field", "old → new", "why"), rows)
    for remark in remarks(plan):
        show(f"  {remark}")
    show(f"  → `cshub apply {plan.id}` writes this")


def remarks(plan: Plan) -> list[str]:
    """What the plan leaves out, in words."""
    found = []
    ambiguous = plan.summary.get("ambiguous")
    if isinstance(ambiguous, list) and ambiguous:
        names = ", ".join(map(str, ambiguous[:5]))
        found.append(f"left out, because several records claim the same customer: {names}")
    if outside := plan.summary.get("not_in_this_crm"):
        found.append(f"left out, because this CRM does not know them: {outside}")
    if drifted := plan.summary.get("drifted"):
        found.append(f"fields that somebody else changed in the CRM: {drifted}")
    return found
