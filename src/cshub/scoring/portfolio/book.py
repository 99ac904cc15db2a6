"""One portfolio, or one owner's, segment's or partner's part of it: its customers at both ends of a period, reckoned together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from .figures import Figure, ratio, total, undefined
from .grades import quality
from .revenue import MONTH_DAYS, Movement, arppu, churn, crr, grr, ltv, nrr, thirty_days
from .surveys import Tally, ces, csat, nps, shrunk

MONTH_MS = MONTH_DAYS * 86_400_000
SURVEYS = ("nps", "csat", "ces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """So much a month in a currency; None is a currency that nobody told."""

    value: Fraction
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A customer. `was` and `is_` say whether it counts at the opening and at the closing; an amount of None is not known.

    `brought` is what it has paid so far by currency, in amounts a month times milliseconds. `groups` are the parts of the portfolio it stands in.
    """

    customer: str
    was: bool
    is_: bool
    before: Amount | None = None
    after: Amount | None = None
    band: str | None = None
    coverage: Fraction | None = None
    answers: Mapping[str, Tally] = field(default_factory=dict)
    brought: Mapping[str | None, Fraction] = field(default_factory=dict)
    groups: tuple[str, ...] = ()

    @property
    def currencies(self) -> frozenset[str | None]:
        """The currencies it pays or has paid in."""
        amounts = {one.currency for one in (self.before, self.after) if one is not None}
        return frozenset(amounts | self.brought.keys())

    @property
    def is_comparable(self) -> bool:
        """Whether what it pays can be compared between the two ends: both known, and in one currency."""
        if self.was and self.is_:
            return self.before is not None and self.after is not None and self.before.currency == self.after.currency
        return (self.before if self.was else self.after) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """Figures in one currency. `mrr` is all that is paid at the closing; `movement` is of the customers that can be compared."""

    currency: str | None
    mrr: Fraction
    paying: int
    movement: Movement
    grr: Figure
    nrr: Figure
    arppu: Figure
    ltv: Figure
    realised_ltv: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class BandShare:
    """The customers in a band at the closing, and what they pay a month by currency. A band of None: no score."""

    band: str | None
    customers: int
    share: Figure
    mrr: Mapping[str | None, Fraction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A portfolio. `incomparable` customers stand at both ends with amounts that cannot be compared: they are in no movement."""

    name: str
    opening: int
    closing: int
    new: int
    lost: int
    incomparable: int
    churn: Figure
    crr: Figure
    money: tuple[Money, ...]
    nps: Figure
    nps_shrunk: Figure
    csat: Figure
    ces: Figure
    answers: Mapping[str, Tally]
    coverage: Figure
    bands: tuple[BandShare, ...]
    quality: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the reckoning is told: the length of the period, the margin, what CES means, the bands in order (the best first) with points."""

    days: Fraction
    margin: Fraction | None = None
    ces: str | None = None
    bands: tuple[str, ...] = ()
    points: Mapping[str, Fraction] = field(default_factory=dict)


def book(name: str, members: Iterable[Member], terms: Terms, overall: Figure | None = None) -> Book:
    """The figures of some customers; `overall` is the NPS of everybody, towards which that of a part is drawn."""
    them = [one for one in members if one.was or one.is_]
    opening, closing = sum(one.was for one in them), [one for one in them if one.is_]
    new, lost = sum(not one.was for one in closing), sum(not one.is_ for one in them)
    rate = churn(lost, opening)
    answers = {name: _tally(closing, name) for name in SURVEYS}
    mean = nps(answers["nps"])
    return Book(
        name=name,
        opening=opening,
        closing=len(closing),
        new=new,
        lost=lost,
        incomparable=sum(one.was and not one.is_comparable for one in them),
        churn=rate,
        crr=crr(len(closing), new, opening),
        money=tuple(_money(code, them, thirty_days(rate, terms.days), terms) for code in _currencies(them)),
        nps=mean,
        nps_shrunk=shrunk(mean, answers["nps"].answers, overall or mean),
        csat=csat(answers["csat"]),
        ces=ces(answers["ces"], terms.ces),
        answers=answers,
        coverage=_coverage(closing),
        bands=tuple(_bands(closing, terms)),
        quality=quality(_counts(closing), terms.points),
    )


def grouped(members: Sequence[Member]) -> dict[str, list[Member]]:
    """The customers of each part by its name, in alphabetical order; a customer of several parts stands in each."""
    found: dict[str, list[Member]] = {}
    for one in members:
        for name in one.groups:
            found.setdefault(name, []).append(one)
    return dict(sorted(found.items()))


def _currencies(members: Sequence[Member]) -> list[str | None]:
    """Every currency there is, the unknown one last."""
    found = {code for one in members for code in one.currencies}
    return sorted(found, key=lambda code: (code is None, code or ""))


def _money(code: str | None, members: Sequence[Member], monthly_churn: Figure, terms: Terms) -> Money:
    paid = [one.after.value for one in members if one.is_ and one.after is not None and one.after.currency == code]
    paying = sum(value > 0 for value in paid)
    mrr = total(paid)
    movement = Movement.of(_pairs(code, members))
    each = arppu(mrr, paying)
    return Money(
        currency=code,
        mrr=mrr,
        paying=paying,
        movement=movement,
        grr=grr(movement),
        nrr=nrr(movement),
        arppu=each,
        ltv=ltv(each, terms.margin, monthly_churn),
        realised_ltv=_realised(code, members, terms.margin),
    )


def _pairs(code: str | None, members: Sequence[Member]) -> Iterable[tuple[Fraction, Fraction]]:
    for one in members:
        if one.is_comparable:
            before = one.before.value if one.was and one.before and one.before.currency == code else Fraction(0)
            after = one.after.value if one.is_ and one.after and one.after.currency == code else Fraction(0)
            yield before, after


def _realised(code: str | None, members: Sequence[Member], margin: Fraction | None) -> Figure:
    """What customers have brought so far, of those that stand in this period: a lower bound, since history begins with the first reading."""
    brought = [one.brought[code] for one in members if one.brought.get(code)]
    if margin is None:
        return undefined("no margin is declared")
    return ratio(total(brought) * margin / MONTH_MS, len(brought), "nobody has paid for any time yet")


def _tally(members: Sequence[Member], metric: str) -> Tally:
    return Tally.together([one.answers[metric] for one in members if metric in one.answers])


def _coverage(members: Sequence[Member]) -> Figure:
    shares = [one.coverage for one in members if one.coverage is not None]
    return ratio(total(shares), len(shares), "no customer was scored")


def _counts(members: Sequence[Member]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in members:
        if one.band is not None:
            found[one.band] = found.get(one.band, 0) + 1
    return found


def _bands(members: Sequence[Member], terms: Terms) -> Iterable[BandShare]:
    """Every band of the scorecards, then those of earlier ones, then the customers without any."""
    counts = _counts(members)
    others = sorted(counts.keys() - set(terms.bands))
    rest = [None] if any(one.band is None for one in members) else []
    by_band: dict[str | None, list[Member]] = {}
    for one in members:
        by_band.setdefault(one.band, []).append(one)
    for band in (*terms.bands, *others, *rest):
        inside = by_band.get(band, [])
        yield BandShare(
            band=band,
            customers=len(inside),
            share=ratio(len(inside), len(members), "there is no customer"),
            mrr=_sums(inside),
        )


def _sums(members: Sequence[Member]) -> dict[str | None, Fraction]:
    found: dict[str | None, list[Fraction]] = {}
    for one in members:
        if one.after is not None and one.after.value:
            found.setdefault(one.after.currency, []).append(one.after.value)
    return {code: total(amounts) for code, amounts in found.items()}
