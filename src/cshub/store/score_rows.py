"""A saved score as a record of the store and back: one document with drivers and readings, and the columns people query by.

`detail` holds `drivers`, `readings`, `stale` and `until`. What is as usual is left out of it: nulls, a status of ok, that a driver is a
signal, and its value where that is its reading's. An instant is written `{"at": "2026-01-02T09:00:00+00:00"}`, so that it comes back as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar, cast

import orjson

from ..model import BandState, Driver, Reading, SavedScore, Scalar, Status
from .database import Cell, Record
from .values import from_ms, from_ms_or_none, storable, to_ms, to_ms_or_none

T = TypeVar("T")
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
_SIGNAL = "signal"
#: Whole numbers beyond 64 bits are kept as floats.
_WHOLE = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the next scoring needs of a score in force. `digest` stands for all that people see; `readings` are there when asked for."""

    scorecard_hash: str
    band_state: BandState | None
    previous_band: str | None
    data_as_of: datetime | None
    digest: bytes
    readings: Mapping[str, Reading]


def encode(score: SavedScore) -> tuple[Cell, ...]:
    """The record of a score. Its last cell, the digest, covers everything people see except `as_of`, `data_as_of` and `valid_until`."""
    try:
        return _encode(score)
    except TypeError:  # a plugin's text or number that JSON cannot hold
        return _encode(_storable(score))


def digest_of(record: Record) -> bytes:
    """The digest of an encoded score: two scores that say the same have the same."""
    return cast(bytes, record[-1])


def decode(record: Record) -> SavedScore:
    """The score of a record whose columns are `COLUMNS`."""
    row = dict(zip(COLUMNS, record, strict=True))
    detail = orjson.loads(cast(str, row["detail"]))
    readings = _to_readings(detail)
    micro = row["micro"]
    return SavedScore(
        customer=cast(str, row["customer"]),
        as_of=from_ms(cast(int, row["as_of"])),
        scorecard=cast(str, row["scorecard"]),
        scorecard_hash=cast(str, row["scorecard_hash"]),
        micro=None if micro is None else int(micro),
        band=cast("str | None", row["band"]),
        band_state=to_band_state(row["band_state"]),
        previous_band=cast("str | None", row["previous_band"]),
        coverage=float(cast(float, row["coverage"])),
        reason=cast("str | None", row["reason"]),
        data_as_of=from_ms_or_none(cast("int | None", row["data_as_of"])),
        valid_until=from_ms_or_none(cast("int | None", row["valid_until"])),
        drivers=tuple(_to_driver(line, readings) for line in detail["drivers"]),
        readings=readings,
        stale=tuple(detail["stale"]),
    )


def decode_before(record: Record) -> Before:
    """`Before` of (scorecard_hash, band_state, previous_band, data_as_of, detail_hash, detail or null)."""
    scorecard_hash, band_state, previous_band, data_as_of, digest, detail = record
    return Before(
        scorecard_hash=cast(str, scorecard_hash),
        band_state=to_band_state(band_state),
        previous_band=cast("str | None", previous_band),
        data_as_of=from_ms_or_none(cast("int | None", data_as_of)),
        digest=cast(bytes, digest),
        readings={} if detail is None else _to_readings(orjson.loads(cast(str, detail))),
    )


def to_band_state(cell: Cell) -> BandState | None:
    """The state of bands out of its column."""
    if cell is None:
        return None
    found = orjson.loads(cast(str, cell))
    return BandState(
        band=found["band"],
        since=from_ms(found["since"]),
        streak_up=found["streak_up"],
        streak_since=from_ms_or_none(found["streak_since"]),
        streak_band=found["streak_band"],
        cause=found.get("cause"),
    )


def _encode(score: SavedScore) -> tuple[Cell, ...]:
    readings, state = score.readings, score.band_state
    said = orjson.dumps(
        {
            "drivers": [_driver(driver, readings) for driver in score.drivers],
            "readings": {name: _reading(readings[name]) for name in sorted(readings)},
            "stale": score.stale,
        }
    )
    until = {name: to_ms(found.valid_until) for name, found in readings.items() if found.valid_until is not None}
    band_state = None if state is None else orjson.dumps(_band_state(state)).decode()
    told = (score.scorecard, score.scorecard_hash, score.micro, score.band, band_state, score.previous_band)
    seen = orjson.dumps((*told, score.coverage, score.reason))
    return (
        score.customer,
        to_ms(score.as_of),
        *told[:4],
        to_ms(state.since) if state else None,
        *told[4:],
        score.coverage,
        score.reason,
        to_ms_or_none(score.data_as_of),
        to_ms_or_none(score.valid_until),
        (said[:-1] + b',"until":' + orjson.dumps(until) + b"}").decode(),
        blake2b(seen + said, digest_size=16).digest(),
    )


def _driver(driver: Driver, readings: Mapping[str, Reading]) -> dict[str, object]:
    line: dict[str, object] = {"name": driver.name, "micro": driver.micro}
    if driver.sort != _SIGNAL:
        line["sort"] = driver.sort
    if driver.group is not None:
        line["group"] = driver.group
    if not _is_readings(driver, readings):
        line["value"] = _plain(driver.value)
    if driver.shaped_micro is not None:
        line["shaped_micro"] = driver.shaped_micro
    if driver.weight_share is not None:
        line["weight_share"] = driver.weight_share
    if driver.status is not Status.OK:
        line["status"] = driver.status
    if driver.text is not None:
        line["text"] = driver.text
    if driver.owner is not None:
        line["owner"] = driver.owner
    return line


def _is_readings(driver: Driver, readings: Mapping[str, Reading]) -> bool:
    """Whether the driver's value goes without saying."""
    if driver.sort != _SIGNAL:
        return driver.value is None
    reading = readings.get(driver.name)
    return driver.value is (None if reading is None else reading.value)


def _to_driver(line: dict[str, Any], readings: Mapping[str, Reading]) -> Driver:  # Any: as `_driver` wrote it
    sort = line.get("sort", _SIGNAL)
    reading = readings.get(line["name"]) if sort == _SIGNAL else None
    value = _to_value(line["value"]) if "value" in line else None if reading is None else reading.value
    return Driver(
        sort=sort,
        name=line["name"],
        micro=line["micro"],
        group=line.get("group"),
        value=value,
        shaped_micro=line.get("shaped_micro"),
        weight_share=line.get("weight_share"),
        status=_STATUS[line.get("status", "ok")],
        text=line.get("text"),
        owner=line.get("owner"),
    )


def _reading(reading: Reading) -> dict[str, object]:
    found: dict[str, object] = {"value": _plain(reading.value)}
    if reading.status is not Status.OK:
        found["status"] = reading.status
    if reading.note is not None:
        found["note"] = reading.note
    return found


def _to_readings(detail: dict[str, Any]) -> dict[str, Reading]:  # Any: as `_encode` wrote it
    until = detail["until"]
    return {
        name: Reading(
            metric=name,
            value=_to_value(found["value"]),
            status=_STATUS[found.get("status", "ok")],
            valid_until=from_ms_or_none(until.get(name)),
            note=found.get("note"),
        )
        for name, found in detail["readings"].items()
    }


def _band_state(state: BandState) -> dict[str, object]:
    return {
        "band": state.band,
        "since": to_ms(state.since),
        "streak_up": state.streak_up,
        "streak_since": to_ms_or_none(state.streak_since),
        "streak_band": state.streak_band,
        **({"cause": state.cause} if state.cause is not None else {}),
    }


def _plain(value: Scalar) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return float(value) if type(value) is int and value not in _WHOLE else value


def _to_value(found: object) -> Scalar:
    if isinstance(found, dict):
        return datetime.fromisoformat(found["at"])
    return cast(Scalar, found)


def _storable(score: SavedScore) -> SavedScore:
    """The same with half characters, which a plugin's text may hold, made visible."""
    return replace(
        score,
        reason=_fit(score.reason),
        drivers=tuple(
            replace(line, name=storable(line.name), value=_fit(line.value), text=_fit(line.text))
            for line in score.drivers
        ),
        readings={
            name: replace(found, value=_fit(found.value), note=_fit(found.note))
            for name, found in score.readings.items()
        },
    )


def _fit(value: T) -> T:
    return cast(T, storable(value)) if isinstance(value, str) else value


_STATUS = {status.value: status for status in Status}
