"""`cshub identity`: which rule linked each record of a customer, and the records that wait for a person."""

from __future__ import annotations

import click

from ..store.facts import Facts
from ..store.links import Candidate, Review
from .invocation import Command, Group, Invocation, json_option, pass_invocation
from .output import count, heading, plural, shortened, show, show_json, show_table


class IdentityGroup(Group):
    """`identity review` is a command; anything else is a customer."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of that name, else the one that shows a customer."""
        if args and args[0] not in self.commands:
            return _customer.name, _customer, args
        return super().resolve_command(ctx, args)


@click.group(
    cls=IdentityGroup, name="identity", short_help="See which rule linked each record, and what waits for you."
)
def command() -> None:
    r"""See which rule linked each record of a customer: `cshub identity CUSTOMER`; or the ties that wait for you.

    \b
    cshub identity acorn.com
    cshub identity review
    """


@click.command("customer", cls=Command)
@click.argument("customer")
@json_option
@pass_invocation
def _customer(invocation: Invocation, *, customer: str, as_json: bool) -> None:
    """See the records of a customer, each with the rule that says so and what the rule saw."""
    with invocation.hub() as hub:
        id = hub.customer(customer)
        rows = hub.store.links.identity(id)
    if as_json:
        show_json(customer=id, records=rows)
        return
    show(heading(f"{id}: {plural(len(rows), 'record')}"))
    columns = ("kind", "record", "name", "rule", "because", "since (UTC)")
    show_table(
        columns,
        [
            (
                r.kind,
                f"{r.connection}:{r.id}",
                shortened(r.name, 40),
                r.rule,
                shortened(r.evidence, 50),
                f"{r.linked_at:%Y-%m-%d %H:%M}",
            )
            for r in rows
        ],
    )


@command.command("review", short_help="See the records that could belong to several customers.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="how many to show")
@json_option
@pass_invocation
def review(invocation: Invocation, *, limit: int, as_json: bool) -> None:
    r"""See the records that could belong to several customers. None of them is linked, and nothing is written, until you decide.

    \b
    cshub identity review
    """
    with invocation.hub() as hub:
        ties = hub.store.links.reviews()
        counts = hub.store.links.counts()
        has_map = hub.config.identity.map
        uses_domains = bool({"domain", "email_domain"} & set(hub.config.identity.rules))
        homeless = Facts(hub.store.db).without_domain() if uses_domains else []
    if as_json:
        show_json(reviews=[_document(one) for one in ties], counts=counts, without_domain=[id for id, _ in homeless])
        return
    linked, waiting, unlinked = (
        sum(one.rows for one in counts if one.state == state) for state in ("linked", "review", "unlinked")
    )
    show(f"{count(linked)} records linked, {count(waiting)} to review, {count(unlinked)} of nobody")
    if homeless:
        names = ", ".join(name for _, name in homeless[:3]) + (", …" if len(homeless) > 3 else "")
        show(f"{plural(len(homeless), 'customer')} without a domain ({names}): only the CRM's own links reach them")
        show("  → fill in the domain in the CRM, or link their records in a file under `identity: {map: …}`")
    for one in ties[:limit]:
        show()
        for line in _lines(one):
            show(line)
    if ties:
        where = has_map.name if has_map else "a file of links, named by `identity: {map: links.yaml}`"
        show(
            f'\n  → decide in {where}: a line `"{_key(ties[0])}": "{ties[0].candidates[0].customer}"` for each, then `cshub link`'
        )


def _lines(tie: Review) -> list[str]:
    head = f"{_key(tie)}  {tie.name or '—'}   {tie.reason} (rule {tie.rule}{', ' + tie.key if tie.key else ''})"
    return [heading(head), *(f"    {_candidate(tie, one)}" for one in tie.candidates)]


def _candidate(tie: Review, candidate: Candidate) -> str:
    alike = "" if candidate.likeness is None else f"   {candidate.likeness:.0f} % alike"
    best = "   ← suggested" if candidate.customer == tie.suggestion else ""
    return f"{candidate.customer}  {candidate.name or '—'}{alike}{best}"


def _key(tie: Review) -> str:
    return f"{tie.connection}:{tie.kind}:{tie.id}"


def _document(tie: Review) -> dict[str, object]:
    return {
        "key": _key(tie),
        "name": tie.name,
        "rule": tie.rule,
        "value": tie.key,
        "reason": tie.reason,
        "opened_at": tie.opened_at,
        "candidates": tie.candidates,
        "suggestion": tie.suggestion,
    }
