"""The explanation of a score as one document, and back: lines, readings, risk, sub-scores and a person's word. Kept once, compressed.

What is as usual is left out: nulls, a status of ok, that a line is a signal's, and its value where that is its reading's. An instant is
written `{"at": "2026-01-02T09:00:00+00:00"}`, so that it comes back as one.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, cast

import orjson

from ..model import Driver, Override, Reading, Risk, SavedScore, Scalar, Status
from .database import Cell
from .values import from_ms_or_none, to_ms, to_ms_or_none

_SIGNAL = "signal"
#: The parts of a signal's line in the order of its list. Early stores have all lines and readings with their words.
_LINE = ("name", "micro", "shaped_micro", "weight_share", "text", "group", "status", "owner")
#: What a line with its words may lack.
_WORDS = ("group", "shaped_micro", "weight_share", "text", "owner")
#: Window and memory of the compressor, both as powers of two: for some KB, setting up larger ones takes most of the time.
_WINDOW = (12, 5)
#: Whole numbers beyond 64 bits are kept as floats.
_WHOLE = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What a document holds of a score."""

    drivers: tuple[Driver, ...]
    readings: Mapping[str, Reading]
    stale: tuple[str, ...]
    risk: Risk | None
    dimensions: Mapping[str, int]
    override: Override | None
    is_frozen: bool


def said(score: SavedScore) -> bytes:
    """All that the document says, without the times at which readings may change. Raises TypeError for what JSON cannot hold."""
    readings = score.readings
    document: dict[str, object] = {
        "drivers": [_driver(driver, readings) for driver in score.drivers],
        "readings": {name: _reading(readings[name]) for name in sorted(readings)},
        "stale": score.stale,
    }
    if score.risk is not None:
        document["risk"] = _risk(score.risk)
    if score.dimensions:
        document["dimensions"] = {name: score.dimensions[name] for name in sorted(score.dimensions)}
    if score.override is not None:
        document["override"] = _override(score.override)
    if score.is_frozen:
        document["frozen"] = True
    return orjson.dumps(document)


def digest(said: bytes) -> bytes:
    """Stands for a document: two that say the same have the same."""
    return blake2b(said, digest_size=16).digest()


def pack(said: bytes, readings: Mapping[str, Reading]) -> bytes:
    """The document as it is kept, with the times at which readings may change."""
    until = {name: to_ms(found.valid_until) for name, found in readings.items() if found.valid_until is not None}
    packer = zlib.compressobj(1, zlib.DEFLATED, *_WINDOW)
    return packer.compress(said[:-1] + b',"until":' + orjson.dumps(until) + b"}") + packer.flush()


def unpack(cell: Cell) -> Detail:
    """What a kept document holds."""
    document = _loads(cell)
    readings = _to_readings(document)
    risk, override = document.get("risk"), document.get("override")
    return Detail(
        drivers=tuple(_to_driver(line, readings) for line in document["drivers"]),
        readings=readings,
        stale=tuple(document["stale"]),
        risk=None if risk is None else _to_risk(risk),
        dimensions=document.get("dimensions", {}),
        override=None if override is None else _to_override(override),
        is_frozen=document.get("frozen", False),
    )


def said_of(cell: Cell) -> bytes:
    """The digest of what a kept document says; nothing for one of an early store, which says it otherwise."""
    if isinstance(cell, str):
        return b""
    document = _loads(cell)
    del document["until"]
    return digest(orjson.dumps(document))


def is_frozen(cell: Cell) -> bool:
    """Whether a kept document is that of a customer that had churned."""
    return bool(_loads(cell).get("frozen", False))


def unpack_readings(cell: Cell) -> dict[str, Reading]:
    """The readings alone."""
    return _to_readings(_loads(cell))


def _loads(cell: Cell) -> dict[str, Any]:  # Any: as `said` and `pack` wrote it
    """Documents of early stores were not compressed."""
    found: dict[str, Any] = orjson.loads(cell if isinstance(cell, str) else zlib.decompress(cast(bytes, cell)))
    return found


def _risk(risk: Risk) -> dict[str, object]:
    return {"micro": risk.micro, "reason": risk.reason, "drivers": [_driver(driver, {}) for driver in risk.drivers]}


def _to_risk(found: dict[str, Any]) -> Risk:  # Any: as `_risk` wrote it
    drivers = tuple(_to_driver(line, {}) for line in found["drivers"])
    return Risk(micro=found["micro"], reason=found["reason"], drivers=drivers)


def _override(override: Override) -> dict[str, object]:
    return {
        "value": override.value,
        "connection": override.connection,
        "at": to_ms_or_none(override.at),
        "band": override.band,
        "micro": override.micro,
        "reason": override.reason,
        "until": None if override.until is None else override.until.isoformat(),
        "trouble": override.trouble,
    }


def _to_override(found: dict[str, Any]) -> Override:  # Any: as `_override` wrote it
    until = found["until"]
    return Override(
        value=found["value"],
        connection=found["connection"],
        at=from_ms_or_none(found["at"]),
        band=found["band"],
        micro=found["micro"],
        reason=found["reason"],
        until=None if until is None else date.fromisoformat(until),
        trouble=found["trouble"],
    )


def _driver(driver: Driver, readings: Mapping[str, Reading]) -> object:
    """A signal whose value is its reading's as a list, because there are many; any other line with its words."""
    if driver.sort == _SIGNAL and _is_readings(driver, readings):
        status = None if driver.status is Status.OK else driver.status
        line = [driver.name, driver.micro, driver.shaped_micro, driver.weight_share, driver.text]
        return line if driver.group is status is driver.owner is None else [*line, driver.group, status, driver.owner]
    words: dict[str, object] = {"name": driver.name, "micro": driver.micro, "sort": driver.sort}
    if not _is_readings(driver, readings):
        words["value"] = _plain(driver.value)
    if driver.status is not Status.OK:
        words["status"] = driver.status
    for name in _WORDS:
        value = getattr(driver, name)
        if value is not None:
            words[name] = value
    return words


def _is_readings(driver: Driver, readings: Mapping[str, Reading]) -> bool:
    """Whether the driver's value goes without saying."""
    if driver.sort != _SIGNAL:
        return driver.value is None
    value = reading.value if (reading := readings.get(driver.name)) is not None else None
    return driver.value is value or (type(driver.value) is type(value) and driver.value == value)


def _to_driver(
    found: dict[str, Any] | list[Any], readings: Mapping[str, Reading]
) -> Driver:  # Any: as `_driver` wrote it
    line = found if isinstance(found, dict) else dict(zip(_LINE, found, strict=False))
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
        status=_STATUS[line.get("status") or "ok"],
        text=line.get("text"),
        owner=line.get("owner"),
    )


def _reading(reading: Reading) -> list[object]:
    if reading.status is not Status.OK:
        return [_plain(reading.value), reading.note, reading.status]
    return [_plain(reading.value)] if reading.note is None else [_plain(reading.value), reading.note]


def _to_readings(detail: dict[str, Any]) -> dict[str, Reading]:  # Any: as `said` and `pack` wrote it
    until = detail["until"]
    return {
        name: _to_reading(name, found, from_ms_or_none(until.get(name))) for name, found in detail["readings"].items()
    }


def _to_reading(
    name: str,
    found: dict[str, Any] | list[Any],  # Any: as `_reading` wrote it
    until: datetime | None,
) -> Reading:
    answer = found if isinstance(found, dict) else dict(zip(("value", "note", "status"), found, strict=False))
    return Reading(
        metric=name,
        value=_to_value(answer["value"]),
        status=_STATUS[answer.get("status", "ok")],
        valid_until=until,
        note=answer.get("note"),
    )


def _plain(value: Scalar) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    return float(value) if type(value) is int and value not in _WHOLE else value


def _to_value(found: object) -> Scalar:
    if isinstance(found, dict):
        return datetime.fromisoformat(found["at"])
    return cast(Scalar, found)


_STATUS = {status.value: status for status in Status}
