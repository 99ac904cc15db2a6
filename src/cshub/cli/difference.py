"""A comparison of two scorecards in lines (Markdown, or aligned for a terminal) and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..config import band_label
from ..engine.compare import Comparison, Flow, Move, Side
from ..model import MICRO
from ..scoring.words import number, points
from .output import count, plural

#: What stands in a cell for those without a score.
_NO_BAND = "Not enough data"


def lines(found: Comparison, *, markdown: bool) -> Iterator[str]:
    """The comparison for people, the news first."""
    title = f"{_cards(found.one)} → {_cards(found.other)}"
    yield f"## Scorecard: {title}" if markdown else f"Scorecard: {title}"
    yield ""
    yield from _summary(found, markdown=markdown)
    if found.flipped:
        yield from _heading("Customers and revenue by band", markdown=markdown)
        yield from _table(_FLOW_COLUMNS, _flow_rows(found), markdown=markdown)
        yield from _heading(_listed("Other band", len(found.flips), found.flipped), markdown=markdown)
        yield from _table(_MOVE_COLUMNS, [_move_row(move) for move in found.flips], markdown=markdown)
    if found.movers:
        yield from _heading(_listed("Biggest movers", len(found.movers), found.moved), markdown=markdown)
        yield from _table(_MOVE_COLUMNS, [_move_row(move) for move in found.movers], markdown=markdown)
    if found.parts:
        yield from _heading(f"By {found.by}", markdown=markdown)
        yield from _table(_PART_COLUMNS, _part_rows(found), markdown=markdown)
    yield ""
    yield from _notes(found)


def document(found: Comparison) -> dict[str, object]:
    """The comparison as data; points are numbers, revenue is per month by currency."""
    return {
        "as_of": found.as_of,
        "one": _side(found.one),
        "other": _side(found.other),
        "customers": found.customers,
        "moved": found.moved,
        "flipped": found.flipped,
        "flows": [
            {"from": before, "to": after, "customers": flow.customers, "mrr": _amounts(flow)}
            for before, after, flow in _flows(found)
        ],
        "flips": [_move(move) for move in found.flips],
        "movers": [_move(move) for move in found.movers],
        "by": found.by,
        "parts": dict(sorted(found.parts.items())),
    }


def _cards(side: Side) -> str:
    return ", ".join(f"{name} {digest}" for name, digest in side.cards.items())


def _summary(found: Comparison, *, markdown: bool) -> Iterator[str]:
    strong = "**" if markdown else ""
    flipped, of = plural(found.flipped, "customer"), count(found.customers)
    changes = "changes" if found.flipped == 1 else "change"
    yield f"{strong}{flipped} of {of} {changes} band{strong}; {count(found.moved)} have another score."
    moved = _moved(found)
    if moved:
        yield f"Revenue a month in another band: {moved}."
    yield (
        f"Coverage {found.one.coverage:.1%} → {found.other.coverage:.1%}; "
        f"with a score {count(found.one.scored)} → {count(found.other.scored)}."
    )


def _moved(found: Comparison) -> str:
    sums: dict[str, int] = {}
    for (before, after), flow in found.flows.items():
        for currency, cents in flow.mrr.items() if before != after else ():
            sums[currency] = sums.get(currency, 0) + cents
    return ", ".join(_money(cents, currency) for currency, cents in sorted(sums.items()))


_FLOW_COLUMNS = ["from", "to", "#customers", "#revenue a month"]


def _flow_rows(found: Comparison) -> list[list[str]]:
    return [
        [_label(before), _label(after), count(flow.customers), _revenue(flow)]
        for before, after, flow in _flows(found)
        if before != after
    ]


def _flows(found: Comparison) -> list[tuple[str | None, str | None, Flow]]:
    """In the order of the bands, lowest first."""
    names: list[str | None] = [*dict.fromkeys((*found.one.bands, *found.other.bands)), None]
    return [
        (before, after, found.flows[before, after])
        for before in names
        for after in names
        if (before, after) in found.flows
    ]


_MOVE_COLUMNS = ["customer", "#before", "#after", "#points", "band", "#revenue a month"]


def _move_row(move: Move) -> list[str]:
    band = f"{_label(move.band_before)} → {_label(move.band_after)}" if move.is_flip else _label(move.band_after)
    change = points(move.micro) if move.before is not None and move.after is not None else "—"
    money = _money(round(move.mrr * 100), move.currency or "") if move.mrr is not None else "—"
    name = f"{move.name} ({move.customer})" if move.name else move.customer
    return [name, number(move.before) or "—", number(move.after) or "—", change, band, money]


_PART_COLUMNS = ["value", "#customers", "#other band", "#worse", "#better"]


def _part_rows(found: Comparison) -> list[list[str]]:
    return [
        [name, count(part.customers), count(part.flips), count(part.worse), count(part.better)]
        for name, part in sorted(found.parts.items())
    ]


def _notes(found: Comparison) -> Iterator[str]:
    yield f"Both on the same facts, as of {found.as_of:%Y-%m-%d %H:%M} UTC: {found.one.path}, {found.other.path}."
    if found.one.cards != found.other.cards:
        yield "A changed scorecard takes every band at once, without margin or dwell."
    if found.one.bands != found.other.bands:
        yield f"Bands: {', '.join(found.one.bands)} → {', '.join(found.other.bands)}."
    for side in (found.one, found.other):
        yield from (f"{side.path}: {error}" for error in side.errors)


def _heading(text: str, *, markdown: bool) -> Iterator[str]:
    yield ""
    yield f"### {text}" if markdown else text
    if markdown:
        yield ""


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, markdown: bool) -> Iterator[str]:
    """A table whose columns that begin with `#` are set right."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows] if markdown else [list(row) for row in rows]
    names = [name.removeprefix("#") for name in columns]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    rights = [name.startswith("#") for name in columns]
    edge, between = ("| ", " | ") if markdown else ("  ", "  ")
    rule = ["-" * (width - 1) + ":" if right else "-" * width for width, right in zip(widths, rights, strict=True)]
    for row in (names, rule if markdown else ["─" * width for width in widths], *cells):
        padded = [cell.rjust(w) if right else cell.ljust(w) for cell, w, right in zip(row, widths, rights, strict=True)]
        yield (edge + between.join(padded) + (" |" if markdown else "")).rstrip()


def _listed(title: str, shown: int, of: int) -> str:
    return f"{title} ({count(shown)} of {count(of)})" if shown < of else f"{title} ({count(of)})"


def _label(band: str | None) -> str:
    return _NO_BAND if band is None else band_label(band)


def _revenue(flow: Flow) -> str:
    return ", ".join(_money(cents, currency) for currency, cents in sorted(flow.mrr.items())) or "—"


def _amounts(flow: Flow) -> dict[str, float]:
    return {currency: cents / 100 for currency, cents in sorted(flow.mrr.items())}


def _money(cents: int, currency: str) -> str:
    return f"{cents / 100:,.0f} {currency}".replace(",", " ").strip()


def _side(side: Side) -> dict[str, object]:
    return {
        "path": side.path,
        "scorecards": side.cards,
        "bands": side.bands,
        "scored": side.scored,
        "coverage": side.coverage,
        "errors": side.errors,
    }


def _move(move: Move) -> dict[str, object]:
    return {
        "customer": move.customer,
        "name": move.name,
        "before": None if move.before is None else move.before / MICRO,
        "after": None if move.after is None else move.after / MICRO,
        "band_before": move.band_before,
        "band_after": move.band_after,
        "mrr": move.mrr,
        "currency": move.currency,
    }
