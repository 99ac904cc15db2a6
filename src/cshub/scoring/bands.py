"""Bands that do not flutter: a margin around each edge, a time a change has to hold, and jumps that may skip it (SCORING §7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from ..model import MICRO, Bands, BandState
from .rounding import exact, half_up, to_micro

#: The tag of a band that came with a changed scorecard, not with the customer.
CONFIG = "config"
_DAY = timedelta(days=1)


def check(bands: Bands) -> list[str]:
    """Every mistake in a set of bands, as sentences for people."""
    if not bands.edges:
        return ["there is no band"]
    names = [name for name, _ in bands.edges]
    try:
        edges = [exact(edge) for _, edge in bands.edges]
        margin = exact(bands.margin)
    except ValueError as error:
        return [str(error)]
    found = [f"two bands are called {name}" for name in sorted(set(names)) if names.count(name) > 1]
    found += [
        f"{names[place]} must begin above {names[place - 1]}"
        for place in range(1, len(edges))
        if edges[place] <= edges[place - 1]
    ]
    if margin < 0 or bands.dwell < timedelta(0):
        found.append("margin and dwell cannot be negative")
    return found


def next_state(
    bands: Bands,
    state: BandState | None,
    score: float,
    as_of: datetime,
    *,
    config_changed: bool = False,
    veto: str | None = None,
) -> BandState:
    """Where a customer stands after a score (in points) at `as_of`.

    The first band, and the band after a changed scorecard (then tagged `config`), is taken at once, without margin. Otherwise a score past an edge by
    the margin begins a streak; a score that is not ends it. When the streak has held for (dwell − 1 day), the nearest
    band reached during it is taken. A `veto` names the best band that is left: whatever the margin. With `jump_immediate`, two bands at
    once and a veto skip the dwell. Asking twice at the same instant changes nothing.
    """
    micro = _micro(score)
    names = [name for name, _ in bands.edges]
    best = names.index(veto) if veto in names else len(names) - 1
    if state is None or config_changed or state.band not in names:
        band = min(plain_band(bands, micro), names[best], key=names.index)
        if state is not None and state.band == band:
            return BandState(band=band, since=state.since, cause=state.cause)
        return BandState(band=band, since=as_of, cause=None if state is None else CONFIG)
    here = names.index(state.band)
    target, is_vetoed = min(_reached(bands, here, micro), best), best < here
    if target == here:
        return BandState(band=state.band, since=state.since, cause=state.cause)
    if bands.jump_immediate and (is_vetoed or abs(target - here) >= 2):
        return BandState(band=names[target], since=as_of)
    going = _streak(state, names, here, target, as_of)
    end = streak_end(bands, going)
    if end is None or as_of < end or going.streak_band is None:
        return going
    moved = BandState(band=going.streak_band, since=as_of)
    return next_state(bands, moved, score, as_of, veto=veto)


def streak_end(bands: Bands, state: BandState) -> datetime | None:
    """The instant from which a streak that goes on changes the band; None without a streak."""
    if state.streak_since is None:
        return None
    return state.streak_since + max(bands.dwell - _DAY, timedelta(0))


def _micro(score: float) -> int:
    numerator, denominator = score.as_integer_ratio()
    return half_up(numerator * MICRO, denominator)


@lru_cache(maxsize=64)
def _measures(bands: Bands) -> tuple[tuple[int, ...], int]:
    """The edges and the margin in micro-points."""
    return tuple(to_micro(edge) for _, edge in bands.edges), to_micro(bands.margin)


def plain_band(bands: Bands, micro: int) -> str:
    """The band of a score by the edges alone, without margin and dwell; the lowest below all of them."""
    passed = [place for place, edge in enumerate(_measures(bands)[0]) if micro >= edge]
    return bands.edges[passed[-1] if passed else 0][0]


def _reached(bands: Bands, here: int, micro: int) -> int:
    """The band a score reaches from `here`, when every edge on the way has to be passed by the margin."""
    edges, margin = _measures(bands)
    while here + 1 < len(edges) and micro >= edges[here + 1] + margin:
        here += 1
    while here > 0 and micro < edges[here] - margin:
        here -= 1
    return here


def _streak(state: BandState, names: list[str], here: int, target: int, as_of: datetime) -> BandState:
    """The streak with this score in it: carried on in its direction, else begun now."""
    up = target > here
    if state.streak_since is None or state.streak_up is not up or state.streak_band not in names:
        return replace(state, streak_up=up, streak_since=as_of, streak_band=names[target])
    nearest = min if up else max
    return replace(state, streak_band=names[nearest(names.index(state.streak_band), target)])
