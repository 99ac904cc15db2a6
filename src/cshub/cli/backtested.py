"""A backtest in lines and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta

from ..config import band_label
from ..engine.backtest import Backtested, Baseline, Lead
from ..engine.units import Departure
from ..model import MICRO
from ..scoring.backtest import ENOUGH_CHURNS, Bin, Calibration, Estimate, Figures
from ..scoring.words import number
from .output import count, plural

_DAY = timedelta(days=1)
_MODES = {
    "observed": "only facts that had happened and had been read by then",
    "event": "event time only, optimistic: by when facts were read is not known for those days, so what was corrected or read late counts as known; "
    "customers that had left before the first reading are not in the store",
    "snapshot": "a snapshot: scores and labels are of one moment and nothing is dated, so this shows how the score sorts those who "
    "left from those who stayed, not that it foresaw them; nothing can be held out",
}
_MOST = 25


def lines(found: Backtested) -> Iterator[str]:
    """The backtest for people: what was done, the figures, what they are worth."""
    cards = ", ".join(f"{name} {digest}" for name, digest in found.cards.items())
    yield f"Backtest of {'scorecard' if len(found.cards) == 1 else 'scorecards'} {cards}"
    yield ""
    yield f"  Known      {_MODES[found.mode]}"
    yield f"  Left       {found.labels}"
    yield f"  Scores     {_moments(found)}"
    yield f"  Banned     {', '.join(found.banned) or 'nothing'}"
    yield ""
    yield from _aligned(_head(), [row for lead in found.leads for row in _rows(lead)])
    yield "  In brackets: 95 %, Wilson's interval, or drawn anew by customer where a customer has several label dates."
    yield from _parts(found)
    yield from _signals(found)
    yield ""
    yield from _warning(found)
    yield from _risk(found.leads[0])
    yield from _leak(found)
    yield ""
    yield from _verdicts(found)


def document(found: Backtested) -> dict[str, object]:
    """The backtest as data; points are numbers, durations days."""
    return {
        "scorecards": found.cards,
        "mode": found.mode,
        "known": _MODES[found.mode],
        "labels": found.labels,
        "banned": found.banned,
        "moments": found.moments,
        "end": found.end,
        "leads": [_lead(lead) for lead in found.leads],
        "departures": [_departure(one) for one in found.departures],
        "median_warning_days": found.median_warning_days,
        "signals": found.signals,
        "suspects": found.suspects,
        "leak": {"as_of": found.leak.as_of, "injected": found.leak.injected, "moved": found.leak.moved},
        "by": found.by,
    }


def _moments(found: Backtested) -> str:
    if len(found.moments) == 1:
        return f"as of {found.moments[0]:%Y-%m-%d %H:%M} UTC"
    return f"{len(found.moments)} days from {found.moments[0]:%Y-%m-%d} to {found.moments[-1]:%Y-%m-%d}, labels until {found.end:%Y-%m-%d}"


def _head() -> list[str]:
    return ["lead", "what", "#n", "#left", "#AUC", "", "#precision", "", "#recall", "", "#F1", "#lift", "#green", ""]


def _rows(lead: Lead) -> Iterator[list[str]]:
    """The score, the same before the split, and the baselines."""
    yield [_days(lead.lead), f"the score{_since(lead)}", *_cells(lead.figures)]
    if lead.before is not None:
        yield ["", "  before that", *_cells(lead.before)]
    for one in lead.baselines:
        yield ["", f"  {one.name}", count(one.n), "", _number(one.auc), "", _number(one.precision)]


def _since(lead: Lead) -> str:
    return f" from {lead.split:%Y-%m-%d}" if lead.split is not None else ""


def _cells(one: Figures) -> list[str]:
    return [
        count(one.n),
        count(one.churns),
        *_estimate(one.auc),
        *_estimate(one.precision),
        *_estimate(one.recall),
        _number(one.f1.value),
        _number(one.lift.value, 1),
        *_estimate(one.green_at_churn),
    ]


def _estimate(one: Estimate) -> list[str]:
    interval = f"({one.interval.low:.2f}–{one.interval.high:.2f})" if one.interval else ""
    return [_number(one.value), interval]


def _number(value: float | None, digits: int = 2) -> str:
    return "—" if value is None else f"{value:.{digits}f}"


def _days(lead: timedelta | None) -> str:
    return "snapshot" if lead is None else f"{lead / _DAY:g} d"


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    whole = [[*row, *[""] * (len(columns) - len(row))] for row in rows]
    names = [name.removeprefix("#") for name in columns]
    widths = [max(map(len, column)) for column in zip(names, *whole, strict=True)]
    for row in (names, *whole):
        padded = (
            cell.rjust(width) if name.startswith("#") else cell.ljust(width)
            for name, cell, width in zip(columns, row, widths, strict=True)
        )
        yield f"  {'  '.join(padded)}".rstrip()


def _parts(found: Backtested) -> Iterator[str]:
    rows = [[_days(lead.lead), name, *_cells(one)] for lead in found.leads for name, one in lead.parts.items() if one.n]
    if rows:
        yield ""
        yield f"  By {found.by}:"
        yield from _aligned(_head(), rows)


def _signals(found: Backtested) -> Iterator[str]:
    """Each signal alone, the best first."""
    told = sorted(found.signals.items(), key=lambda one: (-(one[1] or 0), one[0]))
    if told:
        yield ""
        yield f"  Each signal alone (AUC at {_days(found.leads[0].lead)}): " + ", ".join(
            f"{name} {_number(value)}" for name, value in told
        )


def _warning(found: Backtested) -> Iterator[str]:
    if found.mode == "snapshot":
        return
    red = [one for one in found.departures if one.warned_days is not None]
    median = found.median_warning_days
    told = "—" if median is None else f"{median:.0f} days (median)"
    yield (
        f"  Warning    {told} in the lowest band before leaving; "
        f"{count(len(red))} of {count(len(found.departures))} left out of it"
    )


def _risk(lead: Lead) -> Iterator[str]:
    """How true the churn risk came, read as a probability."""
    told = lead.calibration
    if told is None:
        yield "  Risk       nothing is declared under `risk:`, so there is no Brier score and no calibration"
        return
    yield (
        f"  Risk       read as a probability at {_days(lead.lead)}: Brier {told.brier:.3f}, "
        f"where foretelling the base rate for all gives {told.base:.3f}"
    )
    rows = [
        [f"{one.low:.0%} – {one.high:.0%}", count(one.n), _number(one.foretold), *_share(one)]
        for one in told.bins
        if one.n
    ]
    yield from _aligned(["risk", "#n", "#foretold", "#left", ""], rows)


def _share(one: Bin) -> list[str]:
    return _estimate(Estimate(value=one.churned / one.n, interval=one.interval))


def _leak(found: Backtested) -> Iterator[str]:
    if not found.leak.injected:
        yield "  Leak test  no row of the store is dated (events, tickets, answers), so there was nothing to put beside"
    injected = plural(found.leak.injected, "fact")
    where = f"{injected} of later days put beside the stored ones as of {found.leak.as_of:%Y-%m-%d}"
    if found.leak.moved:
        names = ", ".join(found.leak.moved[:3])
        yield f"  Leak test  ✖ {where}: {plural(len(found.leak.moved), 'score')} moved ({names} …)"
    elif found.leak.injected:
        yield f"  Leak test  ✔ {where}: no score moved"
    for name in found.suspects:
        value = _number(found.signals[name], 3)
        yield f"  Suspect    ✖ {name} alone tells who left (AUC {value}): is it made of the leaving itself? If so, name it under backtest.banned"


def _verdicts(found: Backtested) -> Iterator[str]:
    if found.is_leaking:
        yield "No verdict: facts of a later day leak into the scores, so these figures are worth nothing."
        return
    for lead in found.leads:
        if lead.verdict is not None:
            yield f"{_days(lead.lead)}: {lead.verdict}."
        else:
            churns = plural(lead.figures.churned_customers, "customer") + " left"
            yield f"{_days(lead.lead)}: no verdict, {churns} of {count(lead.figures.customers)}; {ENOUGH_CHURNS} are needed."
    if any(lead.verdict is None for lead in found.leads):
        yield from _departures(found)


def _departures(found: Backtested) -> Iterator[str]:
    """Those that left, by name: so few can be read one by one."""
    if not found.departures:
        return
    yield ""
    yield "  Who left:"
    rows = [
        [
            one.name or one.customer,
            "—" if one.at is None else f"{one.at:%Y-%m-%d}",
            number(one.micro) or "—",
            "—" if one.band is None else band_label(one.band),
            "never" if one.red_since is None else f"{one.red_since:%Y-%m-%d}",
        ]
        for one in found.departures[:_MOST]
    ]
    yield from _aligned(["customer", "left", "#last score", "band", "in the lowest band since"], rows)
    if len(found.departures) > _MOST:
        yield f"  … and {count(len(found.departures) - _MOST)} more (`--json` has them all)"


def _lead(lead: Lead) -> dict[str, object]:
    return {
        "lead_days": None if lead.lead is None else lead.lead / _DAY,
        "split": lead.split,
        "figures": asdict(lead.figures),
        "before": None if lead.before is None else asdict(lead.before),
        "baselines": [_baseline(one) for one in lead.baselines],
        "parts": {name: asdict(one) for name, one in lead.parts.items()},
        "calibration": None if lead.calibration is None else _calibration(lead.calibration),
        "verdict": lead.verdict,
    }


def _calibration(told: Calibration) -> dict[str, object]:
    return {"brier": told.brier, "base": told.base, "bins": [one._asdict() for one in told.bins]}


def _baseline(one: Baseline) -> dict[str, object]:
    return {"name": one.name, "n": one.n, "auc": one.auc, "precision": one.precision}


def _departure(one: Departure) -> dict[str, object]:
    return {
        "customer": one.customer,
        "name": one.name,
        "at": one.at,
        "score": None if one.micro is None else one.micro / MICRO,
        "band": one.band,
        "red_since": one.red_since,
    }
