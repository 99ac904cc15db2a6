"""Recurring revenue of an opening cohort and what became of it: GRR, NRR, churn, CRR, ARPPU, LTV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from .figures import Figure, ratio, total, undefined

#: A customer's revenue per month at the opening and at the closing.
Pair: TypeAlias = tuple[Fraction, Fraction]
#: SCORING: a month has 30 days.
MONTH_DAYS = 30
NOTHING_AT_OPENING = "nobody paid at the opening"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How revenue per month moved from the opening to the closing; `new` is of customers that did not pay at the opening.

    `opening − churned − contraction + expansion + new` is `closing`.
    """

    opening: Fraction = Fraction(0)
    churned: Fraction = Fraction(0)
    contraction: Fraction = Fraction(0)
    expansion: Fraction = Fraction(0)
    new: Fraction = Fraction(0)

    @property
    def closing(self) -> Fraction:
        """Revenue per month at the closing."""
        return self.opening - self.churned - self.contraction + self.expansion + self.new

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> Movement:
        """The movement of many customers, one pair each. All amounts are in one currency."""
        opening: list[Fraction] = []
        churned: list[Fraction] = []
        contraction: list[Fraction] = []
        expansion: list[Fraction] = []
        new: list[Fraction] = []
        for before, after in pairs:
            opening.append(before)
            if not before:
                new.append(after)
            elif not after:
                churned.append(before)
            elif after < before:
                contraction.append(before - after)
            elif after is not before:
                expansion.append(after - before)
        return cls(
            opening=total(opening),
            churned=total(churned),
            contraction=total(contraction),
            expansion=total(expansion),
            new=total(new),
        )


def grr(one: Movement) -> Figure:
    """Gross revenue retention: what is left of the opening without what the cohort bought on top."""
    return ratio(one.opening - one.churned - one.contraction, one.opening, NOTHING_AT_OPENING)


def nrr(one: Movement) -> Figure:
    """Net revenue retention: with expansion, and without new customers."""
    return ratio(one.opening - one.churned - one.contraction + one.expansion, one.opening, NOTHING_AT_OPENING)


def churn(lost: int, opening: int) -> Figure:
    """The share of the opening customers that were lost."""
    return ratio(lost, opening, "there was no customer at the opening")


def crr(closing: int, new: int, opening: int) -> Figure:
    """Customer retention: those at the closing without the new ones, by those at the opening."""
    return ratio(closing - new, opening, "there was no customer at the opening")


def arppu(revenue: Fraction | int, paying: int) -> Figure:
    """Revenue per paying customer."""
    return ratio(revenue, paying, "no customer pays")


def thirty_days(rate: Figure, days: Fraction | int) -> Figure:
    """A rate of a period of so many days as the rate of a month, in equal parts."""
    return rate if rate.value is None else ratio(rate.value * MONTH_DAYS, days, "the period is empty")


def ltv(per_customer: Figure, margin: Fraction | None, monthly_churn: Figure) -> Figure:
    """What a customer will have brought in when it leaves, at this churn: revenue × margin ÷ churn."""
    if per_customer.value is None:
        return per_customer
    if monthly_churn.value is None:
        return monthly_churn
    if margin is None:
        return undefined("no margin is declared")
    return ratio(per_customer.value * margin, monthly_churn.value, "no customer churned")
