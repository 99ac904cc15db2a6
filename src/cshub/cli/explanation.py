"""How a score came about, in lines that add up exactly. Everything here comes from the saved score and from what was known when it was made.

So the same score gives the same explanation on any later day: nothing looks at the clock, at the present configuration or at later runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from ..config import PULSE, band_label
from ..model import KINDS, MICRO, Driver, SavedScore, Scalar, Status
from ..scoring.trend import slope
from ..scoring.words import label, number, spoken
from ..store import Store
from ..store.facts import Facts, Fetched

#: The slope is that of so many days.
SLOPE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A saved score with the scorecard that made it and the readings of its sources at that time.

    `card` is the scorecard's YAML as data, `metrics` that of its metrics; `sources` are the streams its metrics read.
    `slope_micro` is how the score moved a day, over 30 days.
    """

    customer: str
    name: str
    score: SavedScore
    card: Mapping[str, object]
    metrics: Mapping[str, object]
    sources: Mapping[str, Sequence[Fetched]]
    slope_micro: int | None = None


def explain(store: Store, customer: str, name: str, at: datetime) -> Explanation | None:
    """The explanation of the score in force at an instant; None when there was none yet."""
    score = store.scores.at(customer, at)
    if score is None:
        return None
    text = json.loads(store.scores.scorecard_text(score.scorecard_hash) or "{}")
    metrics = _mapping(text.get("metrics"))
    kinds = {metric: kinds_in(data) for metric, data in metrics.items()}
    fetched = Facts(store.db).fetched(customer, score.as_of, {kind for found in kinds.values() for kind in found})
    return Explanation(
        customer=customer,
        name=name,
        score=score,
        card=_mapping(text.get("card")),
        metrics=metrics,
        sources={metric: [one for one in fetched if one.kind in found] for metric, found in kinds.items()},
        slope_micro=slope(store.scores.daily(customer, score.as_of, SLOPE_DAYS)),
    )


def kinds_in(data: object) -> frozenset[str]:
    """The kinds of rows a metric's YAML names (`ticket`, `account.renewal_date`)."""
    if isinstance(data, Mapping) and data.keys() & {"tenure", "time_to_value"}:
        return frozenset({"account"})
    if isinstance(data, Mapping):
        return frozenset().union(*(kinds_in(part) for key, part in data.items() if key not in ("where", "at")))
    if isinstance(data, list):
        return frozenset().union(*map(kinds_in, data))
    kind = data.partition(".")[0] if isinstance(data, str) else ""
    return frozenset({kind} & KINDS.keys())


def lines(found: Explanation) -> Iterator[str]:
    """The explanation for people."""
    score = found.score
    yield f"{found.name}  {found.customer}"
    yield f"{_headline(score)}   as of {_instant(score.as_of)}"
    yield f"Scorecard {score.scorecard} {score.scorecard_hash}, data for {score.coverage:.0%} of its weight"
    yield ""
    yield from _table(_rows(score.drivers, _most(found.card)))
    if score.micro is not None:
        yield f"{number(score.micro):>12}  = the score; the lines above add up to it exactly"
    if score.override is not None:
        yield from _spoken(score)
    yield from _edges(found)
    yield from _trend(found)
    yield from beside(score)
    yield from _sources(found)
    if score.stale:
        yield f"Not up to date: {', '.join(score.stale)}"


def document(found: Explanation) -> dict[str, object]:
    """The explanation as data."""
    score = found.score
    return {
        "customer": found.customer,
        "name": found.name,
        "as_of": score.as_of,
        "score": None if score.micro is None else score.micro / MICRO,
        "micro": score.micro,
        "band": score.band,
        "band_since": score.band_state.since if score.band_state else None,
        "previous_band": score.previous_band,
        "coverage": score.coverage,
        "reason": score.reason,
        "scorecard": score.scorecard,
        "scorecard_hash": score.scorecard_hash,
        "data_as_of": score.data_as_of,
        "stale": score.stale,
        "drivers": score.drivers,
        "shown_score": None if score.shown_micro is None else score.shown_micro / MICRO,
        "shown_band": score.shown_band,
        "override": score.override,
        "trend": score.trend,
        "change_30d": None if score.change_micro is None else score.change_micro / MICRO,
        "slope_a_day": None if found.slope_micro is None else found.slope_micro / MICRO,
        "churn_risk": None if score.risk is None or score.risk.micro is None else score.risk.micro / MICRO,
        "risk": score.risk,
        "dimensions": {name: micro / MICRO for name, micro in score.dimensions.items()},
        "children": score.children,
        "frozen": score.is_frozen,
        "metrics": found.metrics,
        "sources": found.sources,
    }


def beside(score: SavedScore) -> Iterator[str]:
    """Sub-scores, the CSM's pulse, and the risk with lines that add up to it."""
    if score.dimensions:
        told = ", ".join(f"{label(name)} {number(micro)}" for name, micro in sorted(score.dimensions.items()))
        yield f"Sub-scores: {told}"
    pulse = score.readings.get(PULSE)
    if pulse is not None:
        yield f"CSM's pulse: {pulse.value if pulse.value is not None else 'none given'}"
    if score.risk is None:
        return
    yield ""
    yield f"Churn risk {number(score.risk.micro) or f'not known: {score.risk.reason}'}, of 100, higher is worse"
    yield from _table(_rows(score.risk.drivers, 100 * MICRO))
    if score.risk.micro is not None:
        yield f"{number(score.risk.micro):>12}  = the risk; the lines above add up to it exactly"


def points(micro: int) -> str:
    """Signed points to the last micro-point, so that what is printed adds up: `−12.857143`."""
    return ("−" if micro < 0 else "+") + (number(abs(micro)) or "0")


def _headline(score: SavedScore) -> str:
    if score.micro is None:
        return f"Not enough data: {score.reason or 'no reason was given'}"
    since = (
        ""
        if score.band_state is None
        else f", {band_label(score.band_state.band)} since {score.band_state.since:%Y-%m-%d}"
    )
    before = f" (before: {band_label(score.previous_band)})" if score.previous_band else ""
    rules = ", by another scorecard" if score.band_state and score.band_state.cause == "config" else ""
    churned = ", frozen: churned" if score.is_frozen else ""
    return f"Score {number(score.micro)}{since}{before}{rules}{churned}"


def _spoken(score: SavedScore) -> Iterator[str]:
    """A person's word in a line of its own; where it is a number, what it adds to the machine's score."""
    said, own = score.spoken, score.micro
    moved = points(said.micro - own) if said is not None and said.micro is not None and own is not None else ""
    if score.override is not None:
        yield f"{moved:>12}  override  {spoken(score.override, score)}"
    if said is not None:
        shown = f"{number(score.shown_micro)}, " if score.shown_micro is not None else ""
        yield f"{'shown:':>12}  {shown}{label(said.band or '')}"


def _trend(found: Explanation) -> Iterator[str]:
    score = found.score
    if score.trend is None:
        return
    change = "" if score.change_micro is None else f", {points(score.change_micro)} points in 30 days"
    a_day = "unknown" if found.slope_micro is None else f"{points(found.slope_micro)} points a day"
    yield f"Trend {label(score.trend)}{change}; slope {a_day}"


def _most(card: Mapping[str, object]) -> int:
    """The most points of a weighted card, in micro-points."""
    most = card.get("max", 100)
    return round(most * MICRO) if isinstance(most, int | float) else 100 * MICRO


def _rows(drivers: Sequence[Driver], most: int) -> Iterator[tuple[str, str, str, str]]:
    """Points, what, value, and the reason; the signals of a group below the group's own sum."""
    for group, members in groupby(drivers, key=lambda driver: driver.group):
        together = list(members)
        if group is not None:
            yield f"({points(sum(driver.micro for driver in together))})", f"{group}:", "", ""
        for driver in together:
            yield points(driver.micro), ("  " if group else "") + driver.name, _value(driver), _reason(driver, most)


def _table(rows: Iterator[tuple[str, str, str, str]]) -> Iterator[str]:
    found = list(rows)
    names, values = (max((len(row[place]) for row in found), default=0) for place in (1, 2))
    for sum_, name, value, reason in found:
        yield f"{sum_:>12}  {name:<{names}}  {value:<{values}}  {reason}".rstrip()


def _value(driver: Driver) -> str:
    if driver.status is not Status.OK:
        return driver.status.replace("_", " ")
    return "" if driver.value is None else f"= {_word(driver.value)}"


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _reason(driver: Driver, most: int) -> str:
    text = driver.text or ("where every score begins" if driver.sort == "base" else "")
    owner = f" ({driver.owner})" if driver.owner else ""
    if driver.shaped_micro is None or driver.weight_share is None:
        return text + owner
    share = f"{driver.weight_share * 100:.1f}".rstrip("0").rstrip(".")
    return f"{text}{owner}  [{number(driver.shaped_micro)} of {number(most)}, weight {share} %]"


def _edges(found: Explanation) -> Iterator[str]:
    """What would move the band: the distance to the edges, and the signals that could cross them alone."""
    score = found.score
    edges = _mapping(found.card.get("bands")).items()
    bands = {name: round(edge * MICRO) for name, edge in edges if isinstance(edge, int | float)}
    if score.micro is None or not bands:
        return
    micro = score.micro
    yield ""
    for name, edge in sorted(bands.items(), key=lambda band: band[1]):
        if edge > micro:
            most = _most(found.card)
            able = [driver.name for driver in score.drivers if _room(driver, most) >= edge - micro]
            alone = f"; {' or '.join(able)} alone could do it" if able else "; no single signal can do it"
            yield f"{number(edge - micro)} points below {band_label(name)} (from {number(edge)}){alone}"
            return
    top = max(bands.items(), key=lambda band: band[1])
    yield f"{number(micro - top[1])} points above the edge of {band_label(top[0])} ({number(top[1])})"


def _room(driver: Driver, most: int) -> int:
    """How many micro-points a signal could still give, by its weight."""
    if driver.shaped_micro is None or driver.weight_share is None:
        return 0
    return round(driver.weight_share * (most - driver.shaped_micro))


def _sources(found: Explanation) -> Iterator[str]:
    """A line per metric: its definition, and which streams its facts came from, read when."""
    if not found.metrics:
        return
    yield ""
    yield "Where the facts come from:"
    width = max(map(len, found.metrics))
    for metric, data in found.metrics.items():
        places = ", ".join(f"{one.connection}.{one.stream} read {_instant(one.at)}" for one in found.sources[metric])
        yield f"  {metric:<{width}}  {places or 'nothing was read yet'}   {_definition(data)}"


def _definition(data: object) -> str:
    if isinstance(data, Mapping):
        return "{" + ", ".join(f"{key}: {_definition(value)}" for key, value in data.items()) + "}"
    return "[" + ", ".join(map(_definition, data)) + "]" if isinstance(data, list) else str(data)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
