"""`cshub identity`: how far linking came, which rule linked each record of a customer, and the records that wait for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from ..config import Decisions, read_decisions
from ..engine import Hub
from ..store.facts import Facts
from ..store.links import Candidate, LinkCount, LinkedRow, Review, Rival
from ..store.people import Namesakes
from .deciding import accept, how_to_keep, reject, unlink
from .invocation import Command, Group, Invocation, json_option, pass_invocation
from .output import count, heading, plural, shortened, show, show_json, show_table
from .unified import field_lines, owner_line, owner_of, unified_fields


class IdentityGroup(Group):
    """Commands by their names; anything else is a customer."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of that name, else the one that shows a customer."""
        if args and args[0] not in self.commands:
            return _customer.name, _customer, args
        return super().resolve_command(ctx, args)


@click.group(
    cls=IdentityGroup,
    name="identity",
    short_help="See which rule linked each record, and what waits for you.",
    invoke_without_command=True,
)
@json_option
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, as_json: bool) -> None:
    r"""See how far linking came: `cshub identity`; why a customer has its records and values: `cshub identity CUSTOMER`.

    \b
    cshub identity
    cshub identity acorn.com
    cshub identity review
    """
    if context.invoked_subcommand is not None:
        return
    with invocation.hub() as hub:
        counts = hub.store.links.counts()
        said = _decisions(hub)
        customers = [one for one in hub.store.links.customers() if one.state == "active"]
    if as_json:
        show_json(
            customers=len(customers),
            counts=counts,
            decisions={
                "accepted": len(said.mapped),
                "rejected": len(said.denied),
                "nobody": len(said.nobody),
                "problems": said.problems,
            },
        )
        return
    show(heading(f"{plural(len(customers), 'customer')}, {_totals(counts)}"))
    show_table(("kind", "state", "rule", "#records", "#share"), list(_shares(counts)))
    if said.by_record:
        parts = (f"{len(said.mapped)} accepted", f"{len(said.denied)} rejected", f"{len(said.nobody)} of nobody")
        show(f"\nDecided by people: {', '.join(parts)}")
    if any(one.state == "review" for one in counts):
        show("\n  → `cshub identity review` shows what waits for you")


def _decisions(hub: Hub) -> Decisions:
    path = hub.config.identity.map
    return read_decisions(path, hub.config.connections) if path else Decisions()


def _totals(counts: Sequence[LinkCount]) -> str:
    linked, waiting, unlinked = (
        sum(one.rows for one in counts if one.state == state) for state in ("linked", "review", "unlinked")
    )
    return f"{count(linked)} records linked, {count(waiting)} to review, {count(unlinked)} of nobody"


def _shares(counts: Sequence[LinkCount]) -> Iterator[tuple[str, str, str, str, str]]:
    """A line for each kind, state and rule, with its share of the kind's records."""
    for one in counts:
        whole = sum(other.rows for other in counts if other.kind == one.kind)
        yield one.kind, one.state, one.rule or "", count(one.rows), f"{100 * one.rows / whole:.1f} %"


@click.command("customer", cls=Command)
@click.argument("customer")
@json_option
@pass_invocation
def _customer(invocation: Invocation, *, customer: str, as_json: bool) -> None:
    """See the records of a customer, each with the rule that says so, and its fields, each with the source that gave it."""
    with invocation.hub() as hub:
        id = hub.customer(customer)
        rows, aliases = hub.store.links.identity(id), hub.store.links.aliases(id)
        fields = unified_fields(hub, id)
        owner = owner_of(hub, fields)
    if as_json:
        show_json(customer=id, earlier_ids=aliases, records=rows, fields=fields, owner=owner)
        return
    show(heading(f"{id}: {plural(len(rows), 'record')}"))
    if aliases:
        show(f"earlier ids: {', '.join(aliases)}")
    columns = ("kind", "record", "name", "rule", "because", "since (UTC)")
    show_table(columns, [_record(row) for row in rows])
    if fields:
        show(f"\nowner: {owner_line(owner)}")
        show("\nWhy is this value here:")
        for line in field_lines(fields):
            show(line)


def _record(row: LinkedRow) -> tuple[str, ...]:
    return (
        row.kind,
        f"{row.connection}:{row.id}",
        shortened(row.name, 40),
        row.rule,
        shortened(row.evidence, 50),
        f"{row.linked_at:%Y-%m-%d %H:%M}",
    )


@command.command("review", short_help="See the records whose owner is in doubt.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="how many to show")
@json_option
@pass_invocation
def review(invocation: Invocation, *, limit: int, as_json: bool) -> None:
    r"""See the records that could belong to several customers, or to an account that is none. None of them is linked until you decide.

    Each comes with what it fits side by side, and the line to copy that decides it.

    \b
    cshub identity review
    """
    with invocation.hub() as hub:
        ties = hub.store.links.reviews()
        counts = hub.store.links.counts()
        uses_domains = bool({"domain", "email_domain"} & set(hub.config.identity.rules))
        homeless = Facts(hub.store.db).without_domain() if uses_domains else []
        namesakes, advice = hub.store.people.namesakes(), how_to_keep(hub)
    if as_json:
        show_json(
            reviews=[_document(one) for one in ties],
            counts=counts,
            without_domain=[id for id, _ in homeless],
            owners_alike=namesakes,
        )
        return
    show(_totals(counts))
    for line in (*_homeless(homeless), *_namesakes(namesakes)):
        show(line)
    for one in ties[:limit]:
        show()
        for line in _lines(one):
            show(line)
    if ties and hub.config.identity.map is None:
        show(f"\n  → first name the file that keeps what you decide: {advice}")
    if len(ties) > limit:
        show(f"\n… and {count(len(ties) - limit)} more: `--limit {len(ties)}`")


def _homeless(homeless: Sequence[tuple[str, str]]) -> Iterator[str]:
    if homeless:
        names = ", ".join(name for _, name in homeless[:3]) + (", …" if len(homeless) > 3 else "")
        yield f"{plural(len(homeless), 'customer')} without a domain ({names}): only the CRM's own links reach them"
        yield "  → fill in the domain in the CRM, or decide record by record with `cshub identity accept`"


def _namesakes(namesakes: Sequence[Namesakes]) -> Iterator[str]:
    """Owners that only look like one person."""
    for one in namesakes[:3]:
        yield f"{one.name} owns accounts as {one.one} and as {one.other}, under different e-mail addresses"
        yield f'  → if that is one person: `identity: {{owners: {{"{one.one}": "{one.other}"}}}}`'
    if len(namesakes) > 3:
        yield f"… and {plural(len(namesakes) - 3, 'more pair')} of owners: `--json` has them all"


def _lines(tie: Review) -> Iterator[str]:
    key = f", {tie.key}" if tie.key else ""
    yield heading(f"{tie.record}  {tie.name or '—'}   {tie.reason} (rule {tie.rule}{key})")
    yield from (f"    {_candidate(tie, one)}" for one in tie.candidates)
    yield from (f"    {_rival(one)}" for one in tie.rivals)
    yield f"    → {decision(tie)}"
    if tie.rivals and tie.candidates:
        yield f"    → or, if it is no customer's: {refusal(tie)}"


def decision(tie: Review) -> str:
    """The line that decides a tie: for the suggested customer, else for the first."""
    if not tie.candidates:
        return f"cshub identity accept {tie.record} CUSTOMER"
    return f"cshub identity accept {tie.record} {tie.suggestion or tie.candidates[0].customer}"


def refusal(tie: Review) -> str:
    """The line that says of a record between a customer and accounts that are none that it is not the customer's."""
    return f"cshub identity reject {tie.record} {tie.candidates[0].customer}"


def _candidate(tie: Review, candidate: Candidate) -> str:
    best = "   ← suggested" if candidate.customer == tie.suggestion else ""
    return f"{candidate.customer}  {candidate.name or '—'}{_alike(candidate.likeness)}{best}"


def _rival(rival: Rival) -> str:
    return f"{rival.account}  {rival.name or '—'}{_alike(rival.likeness)}   no customer"


def _alike(likeness: float | None) -> str:
    return "" if likeness is None else f"   {likeness:.0f} % alike"


def _document(tie: Review) -> dict[str, object]:
    return {
        "key": f"{tie.connection}:{tie.kind}:{tie.id}",
        "record": tie.record,
        "name": tie.name,
        "rule": tie.rule,
        "value": tie.key,
        "reason": tie.reason,
        "opened_at": tie.opened_at,
        "candidates": tie.candidates,
        "rivals": tie.rivals,
        "suggestion": tie.suggestion,
        "accept": decision(tie),
    }


for _decided in (accept, reject, unlink):
    command.add_command(_decided)
