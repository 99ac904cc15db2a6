"""A score in words: its number, its points, why it is what it is. Pure; dates and never ages, so that the same facts give the same text."""

from __future__ import annotations

import re
from datetime import datetime

from ..model import MICRO, Driver, Override, SavedScore, Scalar, Status

WHY_LENGTH = 255
DETAIL_LENGTH = 60_000
_TOP = 3
_SAID = ("signal", "part", "points", "floor", "cap", "veto", "child")
#: Characters that change how text around them is shown, or that a CRM takes out: controls but the line feed, and marks of direction.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
#: What a spreadsheet would take for a formula when somebody exports the field.
_FORMULA = re.compile(r"[=@]|[+-](?![0-9])")


def why(score: SavedScore) -> str:
    """What a person said instead, the top three drivers with signed points, and any source that is not up to date; at most 255 characters."""
    if score.spoken is not None:
        return cut(_inert(_with_stale(spoken(score.spoken, score), score)), WHY_LENGTH)
    if score.micro is None:
        return cut(_inert(_with_stale(score.reason or "Not enough data", score)), WHY_LENGTH)
    told = sorted((d for d in score.drivers if d.sort in _SAID and d.micro), key=lambda d: (-abs(d.micro), d.name))
    parts = [f"{_reason(driver)} ({points(driver.micro)})" for driver in told[:_TOP]]
    return cut(_inert(_with_stale("; ".join(parts) or "Nothing stands out", score)), WHY_LENGTH)


def spoken(override: Override, score: SavedScore) -> str:
    """A person's word in one line: what, until when, why, and what the machine says; or why it does not count."""
    said = label(override.band) if override.band is not None and override.micro is None else override.value
    if override.trouble is not None:
        return f"Override {said} ({override.connection}) does not count: {override.trouble}"
    band = f"{label(score.band)}, {number(score.micro)}" if score.band is not None else "not enough data"
    return f"Set to {said} by a person until {override.until}: {override.reason} (calculated: {band})"


def risk_why(score: SavedScore) -> str | None:
    """The top three reasons of the risk with their points, at most 255 characters; None where no risk is declared."""
    if score.risk is None:
        return None
    if score.risk.micro is None:
        return cut(_inert(f"Not known: {score.risk.reason}"), WHY_LENGTH)
    told = [one for one in score.risk.drivers if one.micro > 0 and one.sort != "rounding"]
    told.sort(key=lambda one: (-one.micro, one.name))
    parts = [f"{one.text or one.name} ({points(one.micro)})" for one in told[:_TOP]]
    return cut(_inert("; ".join(parts) or "Nothing stands out"), WHY_LENGTH)


def label(name: str) -> str:
    """`at_risk` → `At risk`."""
    return name.replace("_", " ").capitalize()


def _reason(driver: Driver) -> str:
    """The driver's own words; why there is no answer is told with the name of what was asked."""
    name, text = driver.name.replace("_", " "), driver.text or driver.name
    return text if driver.status is Status.OK or text.startswith((name, driver.name)) else f"{name}: {text}"


def why_detail(score: SavedScore) -> str:
    """Every line of the explanation, one per row; the points add up to the score. Then what stands beside it."""
    head = (
        f"Score {number(score.micro)}" if score.micro is not None else f"No score: {score.reason or 'not enough data'}"
    )
    lines = [head, *(detail(driver) for driver in score.drivers)]
    if score.override is not None:
        lines.append(spoken(score.override, score))
    if score.band_state is not None and score.band_state.cause is not None:
        lines.append(
            f"The band came with a changed scorecard on {score.band_state.since:%Y-%m-%d}, not with the customer"
        )
    lines += [f"{label(name)} {number(micro)}" for name, micro in sorted(score.dimensions.items())]
    if score.risk is not None:
        lines.append(f"Churn risk {number(score.risk.micro) or 'not known'}")
        lines += [detail(driver) for driver in score.risk.drivers]
    if score.stale:
        lines.append("Not up to date: " + ", ".join(score.stale))
    return cut("\n".join(map(_seen, lines)), DETAIL_LENGTH)


def detail(driver: Driver) -> str:
    """One line of the explanation: points, group and signal, and the reason; the bare value only where there is no reason in words."""
    name = f"{driver.group} / {driver.name}" if driver.group else driver.name
    value = "" if driver.value is None or driver.text else f" = {plain(driver.value)}"
    state = "" if driver.status is Status.OK else f" [{driver.status.replace('_', ' ')}]"
    text = f": {driver.text}" if driver.text else ""
    return f"{points(driver.micro)}  {name}{value}{state}{text}"


def points(micro: int) -> str:
    """Signed points for people: whole ones, or one decimal below ten; `−18`, `+0.4`."""
    tenths = _half_up(abs(micro), MICRO // 10)
    whole = _half_up(abs(micro), MICRO)
    text = str(whole) if tenths >= 100 or tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
    return ("−" if micro < 0 else "+") + text


def number(micro: int | None) -> str | None:
    """A score as a plain decimal without trailing zeros; None where there is none."""
    if micro is None:
        return None
    whole, rest = divmod(abs(micro), MICRO)
    text = str(whole) if not rest else f"{whole}.{rest:06d}".rstrip("0")
    return f"-{text}" if micro < 0 else text


def percent(share: float) -> str:
    """A share (0–1) as whole percent, half-up."""
    return str(_half_up(round(share * MICRO), MICRO // 100))


def cut(text: str, length: int) -> str:
    """At most `length` characters, the last one an ellipsis when something was left out."""
    return text if len(text) <= length else text[: length - 1] + "…"


def plain(value: Scalar) -> str:
    """A metric's value for people: yes or no, at most two decimals, a time by its day."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return value.strftime("%Y-%m-%d") if isinstance(value, datetime) else str(value)


def _seen(text: str) -> str:
    """The text on one line, without characters that hide or turn others."""
    return _UNSEEN.sub("", text.replace("\n", " "))


def _inert(text: str) -> str:
    """The text on one line, which no spreadsheet takes for a formula."""
    seen = _seen(text)
    return f"'{seen}" if _FORMULA.match(seen) else seen


def _with_stale(text: str, score: SavedScore) -> str:
    return f"{text}; not up to date: {', '.join(score.stale)}" if score.stale else text


def _half_up(amount: int, unit: int) -> int:
    return (2 * amount + unit) // (2 * unit)
