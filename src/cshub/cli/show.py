"""`cshub show`: one customer on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import click

from ..config import STANDARD_FIELDS, band_label
from ..engine import Hub
from ..model import MICRO, SavedScore
from ..scoring.words import label, number, points, risk_why, spoken
from ..store.alerts import OpenAlert
from ..store.facts import AccountFacts, Facts, Happening
from ..store.people import Person
from ..store.unified import UnifiedField
from .fields import vendor_names
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import heading, plural, shortened, show, show_json
from .standing import TREATMENTS, Standing, standing_document, standing_lines, standing_of
from .unified import field_lines, owner_line, owner_of, unified_fields, value_of

#: How much of each list one screen takes.
NEWEST, TOP = 8, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """All that one screen says. `crm` is what each CRM last confirmed or showed, by connection and standard field."""

    customer: str
    name: str
    state: str
    accounts: list[AccountFacts]
    fields: list[UnifiedField]
    owner: Person | None
    rows: Mapping[str, int]
    score: SavedScore | None
    standing: Standing | None
    alerts: list[OpenAlert]
    newest: list[Happening]
    crm: Mapping[str, Mapping[str, str | None]]


@click.command(cls=Command, short_help="See one customer on one screen.")
@click.argument("customer")
@json_option
@pass_invocation
def command(invocation: Invocation, *, customer: str, as_json: bool) -> None:
    r"""See one customer on one screen: accounts, owner, revenue, renewal, stage and segments, score and reasons, alerts, what happened last.

    CUSTOMER is an id, a name, a domain or an external id.

    \b
    cshub show acorn.com
    """
    with invocation.hub() as hub:
        found = portrait(hub, hub.customer(customer))
    if as_json:
        show_json(**document(found))
        return
    for line in lines(found):
        show(line)


def portrait(hub: Hub, customer: str) -> Portrait:
    """Gather everything."""
    facts = Facts(hub.store.db)
    known = next((one for one in hub.store.links.find_customer(customer)), None)
    accounts, fields = facts.accounts(customer), unified_fields(hub, customer)
    return Portrait(
        customer=customer,
        name=(known.name if known else None) or customer,
        state=known.state if known else "active",
        accounts=accounts,
        fields=fields,
        owner=owner_of(hub, fields),
        rows=facts.row_counts(customer),
        score=hub.store.scores.in_force(customer),
        standing=standing_of(hub, customer, fields),
        alerts=hub.store.alerts.open(customer),
        newest=facts.newest(customer, at=hub.now(), limit=NEWEST),
        crm={
            account.connection: _crm(hub, account) for account in accounts if account.connection in hub.config.publish
        },
    )


def lines(found: Portrait) -> Iterator[str]:
    """The screen."""
    left = "   (not a customer any more)" if found.state == "left" else ""
    yield heading(f"{found.name}  {found.customer}") + left
    for account in found.accounts:
        yield _account(account)
    yield from _person_and_money(found)
    yield from standing_lines(found.standing) if found.standing else ()
    counts = ", ".join(plural(number_, kind) for kind, number_ in found.rows.items())
    yield f"  records     {counts or 'none'}"
    yield ""
    yield from _score(found.score, found.standing)
    if found.fields:
        yield ""
        yield "  Why is this value here:"
        yield from (f"  {line}" for line in field_lines(found.fields))
    if found.alerts:
        yield ""
        yield from (f"  ✖ {one.trigger} since {one.opened_at:%Y-%m-%d}: {one.text}" for one in found.alerts)
    if found.newest:
        yield ""
        yield from (f"  {one.at:%Y-%m-%d}  {one.text}  ({one.connection}:{one.id})" for one in found.newest)
    for connection, values in found.crm.items():
        told = ", ".join(
            f"{STANDARD_FIELDS[name].label} {shortened(values[name], 40)}"
            for name in ("health", "health_score")
            if name in values
        )
        yield ""
        yield f"  in {connection}: {told}"
    yield ""
    yield f"  → `cshub explain {found.customer}` shows every line of the score"


def document(found: Portrait) -> dict[str, object]:
    """The screen as data."""
    score = found.score
    return {
        "customer": found.customer,
        "name": found.name,
        "state": found.state,
        "accounts": found.accounts,
        "fields": found.fields,
        "owner": found.owner,
        "records": found.rows,
        "score": None if score is None or score.micro is None else score.micro / MICRO,
        "band": score.band if score else None,
        "band_since": score.band_state.since if score and score.band_state else None,
        "drivers": score.drivers if score else (),
        "scorecard": score.scorecard if score else None,
        "shown_band": score.shown_band if score else None,
        "override": score.override if score else None,
        "trend": score.trend if score else None,
        "change_30d": None if score is None or score.change_micro is None else score.change_micro / MICRO,
        "churn_risk": None
        if score is None or score.risk is None or score.risk.micro is None
        else score.risk.micro / MICRO,
        "risk": score.risk if score else None,
        "dimensions": {name: micro / MICRO for name, micro in score.dimensions.items()} if score else {},
        "data_as_of": score.data_as_of if score else None,
        "standing": standing_document(found.standing),
        "alerts": found.alerts,
        "newest": found.newest,
        "crm": found.crm,
    }


def _account(account: AccountFacts) -> str:
    domains = ", ".join(account.domains) or "no domain"
    external = f", external id {account.external_id}" if account.external_id else ""
    return (
        f"  {account.connection:<10}  {account.connection}:{account.id}  {account.name or '—'}  ({domains}{external})"
    )


def _person_and_money(found: Portrait) -> Iterator[str]:
    """Owner, revenue, renewal and stage, each from the account that gives it."""
    if not found.accounts:
        return
    mrr, currency, renewal, stage = (
        value_of(found.fields, name) for name in ("mrr", "currency", "renewal_date", "stage")
    )
    money = f"{mrr:,.0f} {currency or ''}".replace(",", " ").strip() if isinstance(mrr, int | float) else "—"
    yield f"  owner       {owner_line(found.owner)}"
    yield f"  revenue     {money} a month, renewal {renewal or '—'}, stage {stage or '—'}"


def _score(score: SavedScore | None, standing: Standing | None) -> Iterator[str]:
    treatment = standing.stood.treatment if standing is not None else "scored"
    if standing is not None and (treatment == "ignored" or (score is None and treatment in TREATMENTS)):
        yield f"  no score: {standing.stood.stage} customers are not scored"
        return
    if score is None:
        yield "  no score yet: `cshub score` makes one"
        return
    if score.override is not None:
        yield f"  {spoken(score.override, score)}"
    if score.micro is None:
        yield f"  Not enough data: {score.reason or 'no reason was given'}"
        return
    state = score.band_state
    since = f"  {band_label(state.band)} since {state.since:%Y-%m-%d}" if state else ""
    since += " (by another scorecard)" if state and state.cause == "config" else ""
    yield heading(f"  Score {number(score.micro)}{since}")
    told = sorted(
        (one for one in score.drivers if one.sort != "base" and one.micro), key=lambda one: (-abs(one.micro), one.name)
    )
    for driver in told[:TOP]:
        yield f"  {points(driver.micro):>6}  {driver.text or driver.name}"
    yield from _beside(score)


def _beside(score: SavedScore) -> Iterator[str]:
    """Trend, risk and sub-scores, a line each."""
    if score.trend is not None:
        change = "" if score.change_micro is None else f" ({points(score.change_micro)} in 30 days)"
        yield f"  trend       {label(score.trend)}{change}"
    if score.risk is not None:
        yield f"  churn risk  {number(score.risk.micro) or 'not known'}: {risk_why(score)}"
    if score.dimensions:
        told = ", ".join(f"{label(name)} {number(micro)}" for name, micro in sorted(score.dimensions.items()))
        yield f"  sub-scores  {told}"


def _crm(hub: Hub, account: AccountFacts) -> dict[str, str | None]:
    """What is known of our fields on this account's record, without asking the CRM."""
    target = hub.config.publish[account.connection].object
    known = hub.store.writes.values(account.connection, target, account.id)
    names = vendor_names(hub, account.connection)
    return {standard: known[name].current for standard, name in names.items() if name in known}
