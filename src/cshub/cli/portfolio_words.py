"""A portfolio in words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..config import band_label
from ..engine.portfolio import Loss, Portfolio
from ..scoring.portfolio import Figure
from ..scoring.portfolio.book import Book, Money
from ..scoring.rounding import half_up
from .output import heading, plural

#: How many lost customers one screen takes.
MOST_LOSSES = 10
NONE = "—"
_NO_CURRENCY = "no currency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Lines, and a table below them."""

    lines: Sequence[str] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()


def tables(found: Portfolio) -> Iterator[Table]:
    """The screen, part by part."""
    yield Table(lines=list(_head(found)))
    yield _money(found.total)
    yield _bands(found.total)
    if found.groups:
        yield _groups(found)
    if found.renewals:
        yield _renewals(found)
    if found.losses:
        yield from _losses(found)
    if reasons := list(_reasons(found)):
        yield Table(lines=reasons)


def _head(found: Portfolio) -> Iterator[str]:
    days = (found.at - found.since).days
    total = found.total
    yield heading(f"Portfolio of {found.at:%Y-%m-%d}, against {found.since:%Y-%m-%d} ({plural(days, 'day')})")
    yield from (f"  ! {note}" for note in found.notes)
    yield f"  customers  {total.opening} → {total.closing}: {total.new} new, {total.lost} lost"
    yield f"             churn {percent(total.churn)}, kept {percent(total.crr)}, in the best band when they left {percent(found.green_at_churn)}"
    answers = total.answers
    yield (
        f"  voice      NPS {number(total.nps)} ({plural(answers['nps'].answers, 'person', 'people')}), "
        f"CSAT {percent(total.csat)} ({plural(answers['csat'].answers, 'answer')}), "
        f"CES {number(total.ces, 1)} ({plural(answers['ces'].answers, 'answer')})"
    )
    yield f"  scores     quality {number(total.quality)} of 100, coverage {percent(total.coverage)}"


def _money(total: Book) -> Table:
    """A column for each currency."""
    columns = ("a month", *(f"#{one.currency or _NO_CURRENCY}" for one in total.money))
    told = [_amounts(one) for one in total.money]
    rows = [(name, *(one[name] for one in told)) for name in (told[0] if told else ())]
    return Table(columns=columns, rows=rows)


def _amounts(one: Money) -> Mapping[str, object]:
    moved = one.movement
    return {
        "opening": amount(moved.opening),
        "  churned": _change(-moved.churned),
        "  contraction": _change(-moved.contraction),
        "  expansion": _change(moved.expansion),
        "  new": _change(moved.new),
        "closing": amount(one.mrr),
        "GRR": percent(one.grr),
        "NRR": percent(one.nrr),
        "paying customers": one.paying,
        "ARPPU": number(one.arppu),
        "LTV": number(one.ltv),
        "LTV so far": number(one.realised_ltv),
    }


def _change(value: Fraction) -> str:
    """`+1 200`, `−300`, `0`."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{amount(abs(value))}"


def _bands(total: Book) -> Table:
    rows = [
        (band_label(one.band) if one.band else "No score", one.customers, percent(one.share), sums(one.mrr))
        for one in total.bands
    ]
    return Table(columns=("band", "#customers", "#share", "MRR"), rows=rows)


def _groups(found: Portfolio) -> Table:
    columns = (
        found.by or "", "#customers", "#lost", "#churn", "MRR", "#GRR", "#NRR", "#NPS", "#drawn to all", "#CSAT",
        "#coverage", "#quality",
    )  # fmt: skip
    return Table(columns=columns, rows=[row for one in found.groups for row in _group(one)])


def _group(one: Book) -> Iterator[Sequence[object]]:
    """A line for each currency, the figures that have none on the first."""
    first, *rest = one.money or (None,)
    yield (
        one.name, one.closing, one.lost, percent(one.churn), *_kept(first), number(one.nps),
        number(one.nps_shrunk), percent(one.csat), percent(one.coverage), number(one.quality),
    )  # fmt: skip
    for more in rest:
        yield ("", "", "", "", *_kept(more), "", "", "", "", "")


def _kept(one: Money | None) -> Sequence[str]:
    if one is None:
        return NONE, NONE, NONE
    return f"{amount(one.mrr)} {one.currency or _NO_CURRENCY}", percent(one.grr), percent(one.nrr)


def _renewals(found: Portfolio) -> Table:
    rows = [(one.segment, one.won, one.closed, percent(one.rate), one.grade or NONE) for one in found.renewals]
    return Table(columns=("segment", "#renewed", "#closed", "#rate", "grade"), rows=rows)


def _losses(found: Portfolio) -> Iterator[Table]:
    columns = ("lost", "on", "MRR", "last band", "root cause", "set off by", "function")
    more = len(found.losses) - MOST_LOSSES
    lines = [f"Lost customers ({plural(more, 'more', 'more')} with `--json`):" if more > 0 else "Lost customers:"]
    yield Table(lines=lines, columns=columns, rows=[_loss(one) for one in found.losses[:MOST_LOSSES]])
    if any(one.root or one.proximate for one in found.losses):
        rows = [(*key, *row) for key, row in _causes(found.losses).items()]
        yield Table(columns=("cause", "function", "#customers", "MRR"), rows=rows)


def _loss(one: Loss) -> Sequence[object]:
    paid = f"{amount(one.amount.value)} {one.amount.currency or _NO_CURRENCY}" if one.amount else NONE
    told = (one.root or NONE, one.proximate or NONE, one.function or NONE)
    return (
        one.customer,
        f"{one.at:%Y-%m-%d}" if one.at else NONE,
        paid,
        band_label(one.band) if one.band else NONE,
        *told,
    )


def _causes(losses: Iterable[Loss]) -> dict[tuple[str, str], tuple[int, str]]:
    """Customers and revenue by root cause (by what set it off, where no root is known) and function, the most frequent first."""
    counts: dict[tuple[str, str], list[Loss]] = {}
    for one in losses:
        counts.setdefault((one.root or one.proximate or NONE, one.function or NONE), []).append(one)
    ordered = sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
    return {key: (len(inside), sums(_paid(inside))) for key, inside in ordered}


def _paid(losses: Iterable[Loss]) -> dict[str | None, Fraction]:
    found: dict[str | None, Fraction] = {}
    for one in losses:
        if one.amount is not None:
            found[one.amount.currency] = found.get(one.amount.currency, Fraction(0)) + one.amount.value
    return found


def _reasons(found: Portfolio) -> Iterator[str]:
    """Why a figure of the whole portfolio is not there, each reason once."""
    total = found.total
    named = {
        "churn": total.churn, "kept": total.crr, "in the best band when they left": found.green_at_churn, "NPS": total.nps,
        "CSAT": total.csat, "CES": total.ces, "quality": total.quality, "coverage": total.coverage,
    }  # fmt: skip
    reasons: dict[str, list[str]] = {}
    for name, figure in named.items():
        reasons.setdefault(figure.reason or "", []).append(name)
    for one in total.money:
        figures = {
            "GRR": one.grr, "NRR": one.nrr, "ARPPU": one.arppu, "LTV": one.ltv, "LTV so far": one.realised_ltv,
        }  # fmt: skip
        for name, figure in figures.items():
            told = reasons.setdefault(figure.reason or "", [])
            if name not in told:
                told.append(name)
    yield from (f"  {NONE} {', '.join(names)}: {reason}" for reason, names in reasons.items() if reason)


def amount(value: Fraction) -> str:
    """Whole units with their thousands apart: `12 300`."""
    return f"{half_up(value.numerator, value.denominator):,}".replace(",", " ")


def sums(amounts: Mapping[str | None, Fraction]) -> str:
    """One sum for each currency, never added up."""
    told = [f"{amount(value)} {code or _NO_CURRENCY}" for code, value in sorted(amounts.items(), key=_unknown_last)]
    return ", ".join(told) or NONE


def percent(one: Figure) -> str:
    """`88 %`, with one decimal where there is one; an em dash for what is undefined."""
    return NONE if one.value is None else f"{_decimal(one.value * 100, 1)} %"


def number(one: Figure, decimals: int = 0) -> str:
    """The figure, or an em dash."""
    return NONE if one.value is None else _decimal(one.value, decimals)


def _decimal(value: Fraction, decimals: int) -> str:
    units = half_up(value.numerator * 10**decimals, value.denominator)
    text = f"{units / 10**decimals:,.{decimals}f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if decimals else text


def _unknown_last(item: tuple[str | None, Fraction]) -> tuple[bool, str]:
    return item[0] is None, item[0] or ""
