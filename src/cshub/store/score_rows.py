"""A saved score as a record of the store and back: one document with readings and drivers, and the columns people query by."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import cast

import orjson

from ..model import BandState, Driver, Reading, SavedScore, Scalar, Status
from .database import Cell, Record

#: Columns of `score` and `score_history` in the order `decode` takes and `encode` gives them (run and seq are added by the writer).
COLUMNS = (
    "customer",
    "as_of",
    "scorecard",
    "scorecard_hash",
    "micro",
    "band",
    "band_since",
    "band_state",
    "previous_band",
    "coverage",
    "reason",
    "data_as_of",
    "valid_until",
    "detail",
    "detail_hash",
)


def encode(score: SavedScore) -> tuple[Cell, ...]:
    """The record of a score. `detail_hash` covers everything people see except `as_of`, `data_as_of` and `valid_until`."""
    detail = orjson.dumps(
        {
            "drivers": [_driver(driver) for driver in score.drivers],
            "readings": {name: _reading(reading) for name, reading in sorted(score.readings.items())},
            "stale": list(score.stale),
        }
    )
    state = score.band_state
    band_state = None if state is None else orjson.dumps(_band_state(state)).decode()
    seen = [score.scorecard_hash, score.micro, score.band, band_state, score.coverage, score.reason]
    return (
        score.customer,
        _ms(score.as_of),
        score.scorecard,
        score.scorecard_hash,
        score.micro,
        score.band,
        _ms(state.since) if state else None,
        band_state,
        score.previous_band,
        score.coverage,
        score.reason,
        _ms(score.data_as_of),
        _ms(score.valid_until),
        detail.decode(),
        hashlib.blake2b(orjson.dumps(seen) + _without_expiry(score), digest_size=16).digest(),
    )


def decode(record: Record) -> SavedScore:
    """The score of a record whose columns are `COLUMNS`."""
    row = dict(zip(COLUMNS, record, strict=True))
    detail = orjson.loads(cast(str, row["detail"]))
    band_state = cast("str | None", row["band_state"])
    micro = row["micro"]
    return SavedScore(
        customer=cast(str, row["customer"]),
        as_of=_instant(row["as_of"]),
        scorecard=cast(str, row["scorecard"]),
        scorecard_hash=cast(str, row["scorecard_hash"]),
        micro=None if micro is None else int(micro),
        band=cast("str | None", row["band"]),
        band_state=None if band_state is None else _to_band_state(orjson.loads(band_state)),
        previous_band=cast("str | None", row["previous_band"]),
        coverage=float(cast(float, row["coverage"])),
        reason=cast("str | None", row["reason"]),
        data_as_of=_maybe(row["data_as_of"]),
        valid_until=_maybe(row["valid_until"]),
        drivers=tuple(Driver(**{**line, "status": Status(line["status"])}) for line in detail["drivers"]),
        readings={name: _to_reading(name, found) for name, found in detail["readings"].items()},
        stale=tuple(detail["stale"]),
    )


def _without_expiry(score: SavedScore) -> bytes:
    readings = [[name, _plain(found.value), found.status, found.note] for name, found in sorted(score.readings.items())]
    return orjson.dumps([readings, [_driver(driver) for driver in score.drivers], list(score.stale)])


def _driver(driver: Driver) -> dict[str, object]:
    return {
        "sort": driver.sort,
        "name": driver.name,
        "micro": driver.micro,
        "group": driver.group,
        "value": _plain(driver.value),
        "shaped_micro": driver.shaped_micro,
        "weight_share": driver.weight_share,
        "status": driver.status,
        "text": driver.text,
        "owner": driver.owner,
    }


def _reading(reading: Reading) -> dict[str, object]:
    return {
        "value": _plain(reading.value),
        "status": reading.status,
        "valid_until": None if reading.valid_until is None else _ms(reading.valid_until),
        "note": reading.note,
    }


def _to_reading(name: str, found: Mapping[str, object]) -> Reading:
    return Reading(
        metric=name,
        value=cast(Scalar, found["value"]),
        status=Status(cast(str, found["status"])),
        valid_until=_maybe(cast("int | None", found["valid_until"])),
        note=cast("str | None", found["note"]),
    )


def _band_state(state: BandState) -> dict[str, object]:
    return {
        "band": state.band,
        "since": _ms(state.since),
        "streak_up": state.streak_up,
        "streak_since": _ms(state.streak_since),
        "streak_band": state.streak_band,
    }


def _to_band_state(found: Mapping[str, object]) -> BandState:
    return BandState(
        band=cast(str, found["band"]),
        since=_instant(cast(int, found["since"])),
        streak_up=cast("bool | None", found["streak_up"]),
        streak_since=_maybe(cast("int | None", found["streak_since"])),
        streak_band=cast("str | None", found["streak_band"]),
    )


def _plain(value: Scalar | date) -> object:
    """Instants and dates as ISO text: readings are shown to people."""
    return value.isoformat() if isinstance(value, datetime | date) else value


def _ms(at: datetime | None) -> int | None:
    return None if at is None else round(at.timestamp() * 1000)


def _instant(ms: Cell) -> datetime:
    return datetime.fromtimestamp(int(cast(int, ms)) / 1000, UTC)


def _maybe(ms: Cell) -> datetime | None:
    return None if ms is None else _instant(ms)
