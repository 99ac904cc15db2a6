"""Which alerts open, go on and close. A cause that comes and goes within the trigger's cooldown is one alert, not many."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...config import Trigger, fill
from ...model import MICRO, SavedScore, Scalar
from ...scoring.words import number, why
from ...store import Lease, Store
from ...store.alerts import Alert, Seen, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a look at all triggers changed. `errors` are sentences about rules that could not be judged; there, nothing changes."""

    looked: int
    opened: int
    closed: int
    errors: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Look:
    """One trigger's look at the scores that changed."""

    looked: int = 0
    opened: int = 0
    moved: list[Alert] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def watch(
    store: Store, triggers: Sequence[Trigger], *, run: int, as_of: datetime, now: datetime, lease: Lease
) -> Watched:
    """Hold every changed score against every trigger. A trigger that is new looks at everybody once.

    Alerts of customers that left, and of triggers that are no more, are closed. Raises LeaseLost.
    """
    closed = store.alerts.retire([trigger.name for trigger in triggers], now=now, lease=lease)
    looks = [_watch(store, trigger, run=run, as_of=as_of, now=now, lease=lease) for trigger in triggers]
    return Watched(
        looked=sum(look.looked for look in looks),
        opened=sum(look.opened for look in looks),
        closed=closed + sum(alert.state == "closed" for look in looks for alert in look.moved),
        errors=tuple(_first(look.errors) for look in looks if look.errors),
    )


def _watch(store: Store, trigger: Trigger, *, run: int, as_of: datetime, now: datetime, lease: Lease) -> _Look:
    look, scope, rule = _Look(), _scope(trigger), trigger.when.closure(as_of)
    with store.db.read() as reader:
        seq = store.alerts.newest_seq(reader)
        standing = store.alerts.of_trigger(reader, trigger.name)
        for seen in store.alerts.changed(reader, trigger.name, store.alerts.watermark(reader, scope)):
            look.looked += 1
            try:
                true = rule(facts(seen.score)) is True
            except (
                TypeError,
                ValueError,
                ArithmeticError,
            ) as error:  # a metric gives text where the rule compares numbers
                look.errors.append(f"trigger {trigger.name} cannot be judged for {seen.score.customer}: {error}")
                continue
            before = standing.get(seen.score.customer)
            alert = _move(trigger, seen, before, as_of, true=true)
            if alert is not None:
                look.moved.append(alert)
                look.opened += alert.state == "open" and (alert.number is None or _waited(before))
    actions = [use.action.name for use in trigger.actions]
    store.alerts.save(trigger.name, scope, seq, look.moved, actions, run=run, now=now, lease=lease)
    return look


def _waited(standing: Standing | None) -> bool:
    return standing is not None and standing.state == "waiting"


def _first(errors: Sequence[str]) -> str:
    return errors[0] if len(errors) == 1 else f"{errors[0]} (and {len(errors) - 1} more like it)"


def facts(score: SavedScore) -> Mapping[str, object]:
    """What `when:` may look at: the score's own words and every metric by name."""
    readings = {name: reading.value for name, reading in score.readings.items()}
    return {
        **readings,
        "score": None if score.micro is None else score.micro / MICRO,
        "band": score.band,
        "previous_band": score.previous_band,
        "coverage": score.coverage,
        "scorecard": score.scorecard,
    }


def _move(trigger: Trigger, seen: Seen, standing: Standing | None, as_of: datetime, *, true: bool) -> Alert | None:
    """What becomes of a customer's alert: it waits, opens, goes on, opens again, closes, or nothing happens."""
    if standing is None or (standing.state == "closed" and not _is_same_cause(trigger, standing, as_of)):
        return _alert(trigger, seen, as_of, state="waiting" if trigger.dwell else "open") if true else None
    match standing.state, true:
        case "waiting", True:
            held = as_of - standing.opened_at >= trigger.dwell
            return _alert(trigger, seen, as_of, state="open", number=standing.number) if held else None
        case "waiting", False:
            return _alert(trigger, seen, as_of, state="dropped", number=standing.number)
        case "closed", True:
            return _alert(trigger, seen, as_of, state="open", number=standing.number, opened_at=standing.opened_at)
        case "closed", False:
            return None
        case state, True:
            return _alert(trigger, seen, as_of, state=state, number=standing.number, opened_at=standing.opened_at)
        case _:
            return _alert(
                trigger,
                seen,
                as_of,
                state="closed",
                number=standing.number,
                opened_at=standing.opened_at,
                closed_at=as_of,
            )


def _is_same_cause(trigger: Trigger, standing: Standing, as_of: datetime) -> bool:
    return standing.closed_at is not None and as_of - standing.closed_at < trigger.cooldown


def _alert(
    trigger: Trigger,
    seen: Seen,
    as_of: datetime,
    *,
    state: str,
    number: int | None = None,
    opened_at: datetime | None = None,
    closed_at: datetime | None = None,
) -> Alert:
    text = trigger.actions[0].text if trigger.actions else "{name}: {why}"
    return Alert(
        number=number,
        customer=seen.score.customer,
        trigger=trigger.name,
        cause=trigger.name,
        state=state,
        text=fill(text, text_fields(trigger.name, seen.name, seen.score)),
        evidence=tuple(_evidence(seen.score)),
        opened_at=opened_at or as_of,
        last_seen_at=as_of,
        closed_at=closed_at,
    )


def text_fields(trigger: str, name: str, score: SavedScore) -> dict[str, str]:
    """What `{field}`s of an alert's text stand for."""
    words = {metric: _word(reading.value) for metric, reading in score.readings.items()}
    return {
        **words,
        "band": score.band or "not enough data",
        "coverage": f"{score.coverage:.0%}",
        "customer": score.customer,
        "name": name,
        "previous_band": score.previous_band or "",
        "score": number(score.micro) or "none",
        "scorecard": score.scorecard,
        "since": "" if score.band_state is None else f"{score.band_state.since:%Y-%m-%d}",
        "trigger": trigger,
        "why": why(score),
    }


def _evidence(score: SavedScore) -> list[str]:
    return [f"{driver.text or driver.name}" for driver in score.drivers if driver.sort == "signal" and driver.micro]


def _word(value: Scalar) -> str:
    return "" if value is None else str(value)


def _scope(trigger: Trigger) -> str:
    """Changes with the trigger, so that a changed one looks at everybody once."""
    return f"{trigger.name}:{hashlib.sha256(repr((trigger.when.text, trigger.dwell)).encode()).hexdigest()[:12]}"
