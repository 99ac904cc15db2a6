"""Amounts of money and other columns that do not take every value: what makes an answer about them no answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from cshub import Aggregate, Query, Reason, Status

from .arguments import Options, numbers, text
from .parts import both

#: Columns in the currency of their row.
_MONEY = {"account": "mrr", "deal": "amount"}
#: Columns that count something, and so are never below zero.
_COUNTING = {"account": "mrr", "ticket": "first_reply_s"}
_CODE = re.compile(r"[A-Z]{3}")


def sound(aggregates: Mapping[str, Aggregate], finish: str = "it", *reasons: Reason) -> Query:
    """The query with what is wrong with its amounts, if something is: several currencies, a number below zero."""
    asked, found = dict(aggregates), list(reasons)
    currencies = [name for name in aggregates if _is_money(aggregates[name])]
    for name in currencies:
        asked[f"{name}_currencies"] = _currencies(aggregates[name])
        found.append(Reason(when=f"contains({name}_currencies, ',')", says=_MIXED, about=f"{name}_currencies"))
    for one, other in pairwise(currencies):
        says = f"{one} and {other} are in different currencies; name one with `currency:`"
        found.append(Reason(when=f"{one}_currencies != {other}_currencies", says=says))
    for name, aggregate in aggregates.items():
        if aggregate.value is None or _COUNTING.get(aggregate.kind) != aggregate.value:
            continue
        least = name if aggregate.function in ("any", "latest", "min") else f"{name}_least"
        if aggregate.function != "distinct":
            asked.setdefault(least, replace(aggregate, function="min", decay=None, series=None, otherwise=None))
            says = f"{aggregate.value} is below zero: {{}}"
            found.append(Reason(when=f"{least} < 0", says=says, about=least))
    return Query(aggregates=asked, finish=finish, reasons=tuple(found))


def in_currency(aggregate: Aggregate, options: Options) -> Aggregate:
    """The aggregate over the rows of one currency alone, where the options name one."""
    currency = _currency(options)
    if currency is None:
        return aggregate
    if aggregate.kind not in _MONEY:
        raise ValueError(f"currency is for {' and '.join(_MONEY)}; a {aggregate.kind} has none")
    return replace(aggregate, where=both(aggregate.where, f"currency == '{currency}'"))


def converted(aggregate: Aggregate, options: Options) -> Query:
    """A sum in the currency of `currency:`, others converted by `rates:`."""
    currency = _currency(options)
    if currency is None:
        raise ValueError("rates needs a `currency:` to convert to")
    rates = {currency: 1.0, **numbers(options, "rates")}
    if aggregate.kind not in _MONEY or not all(map(_CODE.fullmatch, rates)):
        raise ValueError("rates are for amounts of deals and accounts, by currency, like {USD: 0.92}")
    known = ", ".join(f"'{code}'" for code in rates)
    sums = {
        f"in_{code.lower()}": replace(aggregate, where=both(aggregate.where, f"currency == '{code}'"), otherwise=0)
        for code in rates
    }
    plain = replace(aggregate, function="count", value=None, decay=None)
    has = f"{_amount(aggregate)} is not None"
    aggregates = {
        **sums,
        "rows": replace(plain, where=both(aggregate.where, has)),
        "bare": replace(plain, where=both(aggregate.where, has, "currency is None or currency == ''")),
        "others": replace(_currencies(aggregate), where=both(aggregate.where, has, f"currency not in ('', {known})")),
    }
    terms = [f"in_{code.lower()} * {rate!r}" for code, rate in rates.items()]
    return Query(aggregates=aggregates, finish=" + ".join(terms), reasons=tuple(_unconverted()))


def _unconverted() -> Iterator[Reason]:
    yield Reason(when="others is not None", says="there is no rate for {}", about="others")
    yield Reason(when="bare > 0", says="amounts without a currency: {}", about="bare")
    yield Reason(when="rows == 0", says="no amount counts", status=Status.MISSING)


def _is_money(aggregate: Aggregate) -> bool:
    column = _MONEY.get(aggregate.kind)
    adds_up = aggregate.function in ("sum", "avg", "min", "max")
    return adds_up and column is not None and re.search(rf"\b{column}\b", aggregate.value or "") is not None


def _currencies(aggregate: Aggregate) -> Aggregate:
    where = both(aggregate.where, f"{_amount(aggregate)} is not None", "currency != ''")
    return replace(aggregate, function="texts", value="currency", where=where, decay=None, series=None, otherwise=None)


def _amount(aggregate: Aggregate) -> str:
    return f"({aggregate.value})"


def _currency(options: Options) -> str | None:
    currency = text(options, "currency")
    if currency is not None and not _CODE.fullmatch(currency):
        raise ValueError("currency needs a code of three capitals, like EUR")
    return currency


_MIXED = "amounts in {}; name one with `currency:` or convert with `rates:`"
