"""From the configuration and the store to a portfolio: who counts at which end of the period, in which currency, group and band."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from ..config import Config
from ..errors import ConfigError
from ..scoring.portfolio import Figure, grade, ratio
from ..scoring.portfolio.book import Amount, Book, Member, Terms, book, grouped
from ..store.portfolio import PortfolioFacts, PortfolioQuestion
from .holdings import NO_GROUP, Holdings, Segments
from .hub import Hub
from .order import connection_order

#: NPS counts the latest answer of each person in these days (SCORING §9).
ANSWERED = timedelta(days=90)
#: How many days a portfolio looks back when nobody says so.
USUAL_PERIOD = timedelta(days=90)
BY = ("owner", "segment", "partner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewals:
    """Renewals of a segment that were closed in the period. `grade` is None where no rate or no grades are known."""

    segment: str
    won: int
    closed: int
    rate: Figure
    grade: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A customer that was lost: what it paid at the opening, its last band, and what people wrote down as the cause."""

    customer: str
    at: datetime | None
    amount: Amount | None
    band: str | None
    is_green: bool
    root: str | None
    proximate: str | None
    function: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Everything `cshub portfolio` says. `notes` are what a reader has to know before believing the figures."""

    at: datetime
    since: datetime
    by: str | None
    total: Book
    groups: tuple[Book, ...]
    renewals: tuple[Renewals, ...]
    losses: tuple[Loss, ...]
    green_at_churn: Figure
    notes: tuple[str, ...]


def portfolio(
    hub: Hub, *, at: datetime, since: datetime | None = None, by: str | None = None, segments: Segments | None = None
) -> Portfolio:
    """The portfolio at an instant, and what became of the customers of `since`. Raises ConfigError for a period or a part that makes no sense."""
    start = since or at - USUAL_PERIOD
    _check(hub.config, start, at, by, segments)
    facts = hub.store.portfolio.facts(_question(hub.config, start, at))
    holdings = Holdings(facts, hub.config.portfolio, by, segments)
    members = holdings.members()
    terms = _terms(hub.config, start, at)
    total = book("all", members, terms)
    losses = tuple(_losses(hub, facts, members, at))
    return Portfolio(
        at=at,
        since=start,
        by=by,
        total=total,
        groups=tuple(book(name, inside, terms, total.nps) for name, inside in grouped(members).items()) if by else (),
        renewals=tuple(_renewals(facts, holdings)),
        losses=losses,
        green_at_churn=_green(losses),
        notes=tuple(_notes(facts, total, start, holdings)),
    )


def _check(config: Config, since: datetime, at: datetime, by: str | None, segments: Segments | None) -> None:
    if since >= at:
        raise ConfigError("the period ends before it begins", where="--since", hint="`--since` is the earlier day")
    known = {"partner": config.portfolio.partner, "segment": config.portfolio.segment or segments, "owner": "owner"}
    if by is not None and known[by] is None:
        hint = f"name the field of the account: `portfolio: {{{by}: …}}`"
        raise ConfigError(f"nothing says which {by} a customer has", where=f"portfolio.{by}", hint=hint)


def _question(config: Config, since: datetime, at: datetime) -> PortfolioQuestion:
    rules = config.portfolio
    return PortfolioQuestion(
        at=at,
        since=since,
        answered_after=at - ANSWERED,
        fields=tuple(name for name in (rules.segment, rules.partner) if name),
        connections=connection_order(config),
        declared=config.identity.fields,
    )


def _terms(config: Config, since: datetime, at: datetime) -> Terms:
    """Bands of all cards, the best first."""
    bands = dict.fromkeys(name for card in config.scorecards.values() for name, _ in reversed(card.bands.edges))
    return Terms(
        days=Fraction((at - since) // timedelta(milliseconds=1), 86_400_000),
        margin=config.portfolio.margin,
        ces=config.portfolio.ces,
        bands=tuple(bands),
        points=_points(config),
    )


def _points(config: Config) -> Mapping[str, Fraction]:
    """The points of each band: as declared, else 40, 60 and 100 for the bands of a card that has three."""
    if config.portfolio.quality is not None:
        return config.portfolio.quality
    three = [card.bands.edges for card in config.scorecards.values() if len(card.bands.edges) == 3]
    return {name: Fraction(points) for edges in three for (name, _), points in zip(edges, (40, 60, 100), strict=True)}


def _renewals(facts: PortfolioFacts, holdings: Holdings) -> Iterator[Renewals]:
    """By segment; those of customers in no segment together."""
    counts: dict[str, tuple[int, int]] = {}
    for customer, (won, closed) in facts.renewals.items():
        for segment in holdings.segments(customer) or (NO_GROUP,):
            before = counts.get(segment, (0, 0))
            counts[segment] = before[0] + won, before[1] + closed
    for segment, (won, closed) in sorted(counts.items()):
        rate = ratio(won, closed, "no renewal was closed")
        grades = holdings.rules.grades.get(segment.lower())
        word = grade(rate, grades) if grades else None
        yield Renewals(segment=segment, won=won, closed=closed, rate=rate, grade=word)


def _losses(hub: Hub, facts: PortfolioFacts, members: Sequence[Member], at: datetime) -> Iterator[Loss]:
    """Every lost customer, those that paid most first."""
    lost = [one for one in members if one.was and not one.is_]
    accounts = {one.customer: facts.opening[one.customer].account for one in lost}
    rules = hub.config.portfolio
    named = [name for name in (rules.root, rules.proximate, rules.function) if name]
    leaving = hub.store.portfolio.leaving(accounts, named, at)
    greens = {(card.name, card.bands.edges[-1][0]) for card in hub.config.scorecards.values()}
    for one in sorted(lost, key=lambda one: (-(one.before.value if one.before else 0), one.customer)):
        told = leaving.fields[one.customer]
        when = facts.lost_at.get(accounts[one.customer])
        card, band = _last_band(leaving.bands.get(one.customer, ()), when or at)
        yield Loss(
            customer=one.customer,
            at=when,
            amount=one.before,
            band=band,
            is_green=(card, band) in greens,
            root=_told(told, rules.root),
            proximate=_told(told, rules.proximate),
            function=_told(told, rules.function),
        )


def _last_band(bands: Sequence[tuple[datetime, str | None, str]], until: datetime) -> tuple[str | None, str | None]:
    """The scorecard and band of the last score before a customer was lost."""
    before = [(card, band) for as_of, band, card in bands if as_of <= until]
    return before[-1] if before else (None, None)


def _told(fields: Mapping[str, object], name: str | None) -> str | None:
    value = fields.get(name) if name else None
    return None if value in (None, "") else str(value)


def _green(losses: Sequence[Loss]) -> Figure:
    """The share of lost customers that stood in the best band when they left: what the score did not see coming."""
    scored = [one for one in losses if one.band is not None]
    reason = "no lost customer had a score" if losses else "no customer churned"
    return ratio(sum(one.is_green for one in scored), len(scored), reason)


def _notes(facts: PortfolioFacts, total: Book, since: datetime, holdings: Holdings) -> Iterator[str]:
    """What would be misread without a word."""
    if facts.begun_at is None:
        yield "no account was ever linked to a customer: `cshub run` does it"
    elif facts.begun_at > since:
        yield f"customers are known since {facts.begun_at:%Y-%m-%d %H:%M}: nothing can be said of {since:%Y-%m-%d %H:%M}"
    if holdings.negative:
        yield f"customers with a revenue below 0, which is taken for unknown: {len(holdings.negative)}"
    if total.incomparable:
        yield f"customers left out of GRR and NRR, because their revenue is unknown at one end or changed its currency: {total.incomparable}"
    if holdings.untold:
        yield f"customers whose currency nobody tells, taken for {holdings.rules.default_currency}: {len(holdings.untold)}"
    for code in sorted(holdings.converted):
        yield f"{code} is converted at {float(holdings.rules.rates[code]):g} {holdings.rules.currency}"
    currencies = [one.currency or "no currency" for one in total.money]
    if len(currencies) > 1:
        yield f"{', '.join(currencies)} are not added up: declare `portfolio.currency` and `portfolio.rates` to do so"
    for metric, tally in total.answers.items():
        if tally.unusable:
            yield f"answers to {metric} that are off its scale and are not counted: {tally.unusable}"
