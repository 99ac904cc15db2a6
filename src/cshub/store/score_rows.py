"""A saved score as a record of the store and back: the columns people query by, and the document that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, TypeVar, cast

import orjson

from ..model import BandState, Reading, SavedScore
from . import score_detail
from .database import Cell, Record
from .values import from_ms, from_ms_or_none, storable, to_ms, to_ms_or_none

T = TypeVar("T")
#: What `decode` takes: columns of `score` or `score_history`, and the document last.
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
    "risk_micro",
    "trend",
    "change_micro",
    "children",
    "detail",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the next scoring needs of a score in force. `digest` stands for all that people see; `readings` are there when asked for.

    `detail` is the number of its document and `said` the document's digest; `children` how many customers it was rolled up from.
    """

    as_of: datetime
    scorecard_hash: str
    band_state: BandState | None
    previous_band: str | None
    data_as_of: datetime | None
    digest: bytes
    detail: int
    said: bytes
    children: int
    readings: Mapping[str, Reading]


class Past(NamedTuple):
    """The score of an earlier instant (None: there was none), and when the first one after that instant was made."""

    micro: int | None = None
    next_at: datetime | None = None


class Encoded(NamedTuple):
    """A score as it is kept: its columns without the document, which says `text`.

    `digest` covers everything people see except `as_of`, `data_as_of` and `valid_until`. `keeps` is the number of the document in force,
    where that says the same, and `spoils` that of one which this score takes the place of.
    """

    cells: tuple[Cell, ...]
    text: bytes
    readings: Mapping[str, Reading]
    said: bytes
    digest: bytes
    is_frozen: bool
    keeps: int | None
    spoils: int | None

    def detail(self) -> bytes:
        """The document as it is kept."""
        return score_detail.pack(self.text, self.readings)


def encode(score: SavedScore, before: Before | None = None) -> Encoded:
    """The record of a score that follows `before`."""
    try:
        return _encode(score, before)
    except TypeError:  # a plugin's text or number that JSON cannot hold
        return _encode(_storable(score), before)


def decode(record: Record) -> SavedScore:
    """The score of a record whose columns are `COLUMNS`."""
    row = dict(zip(COLUMNS, record, strict=True))
    detail = score_detail.unpack(row["detail"])
    return SavedScore(
        customer=cast(str, row["customer"]),
        as_of=from_ms(cast(int, row["as_of"])),
        scorecard=cast(str, row["scorecard"]),
        scorecard_hash=cast(str, row["scorecard_hash"]),
        micro=_whole(row["micro"]),
        band=cast("str | None", row["band"]),
        band_state=to_band_state(row["band_state"]),
        previous_band=cast("str | None", row["previous_band"]),
        coverage=float(cast(float, row["coverage"])),
        reason=cast("str | None", row["reason"]),
        data_as_of=from_ms_or_none(cast("int | None", row["data_as_of"])),
        valid_until=from_ms_or_none(cast("int | None", row["valid_until"])),
        drivers=detail.drivers,
        readings=detail.readings,
        stale=detail.stale,
        risk=detail.risk,
        trend=cast("str | None", row["trend"]),
        change_micro=_whole(row["change_micro"]),
        dimensions=detail.dimensions,
        override=detail.override,
        children=cast(int, row["children"]),
        is_frozen=detail.is_frozen,
    )


def decode_before(record: Record) -> Before:
    """`Before` of a record of `due_scores` without its customer; its last cell is the document or null."""
    as_of, scorecard_hash, band_state, previous_band, data_as_of, digest, number, said, children, detail = record
    return Before(
        as_of=from_ms(cast(int, as_of)),
        scorecard_hash=cast(str, scorecard_hash),
        band_state=to_band_state(band_state),
        previous_band=cast("str | None", previous_band),
        data_as_of=from_ms_or_none(cast("int | None", data_as_of)),
        digest=cast(bytes, digest),
        detail=cast(int, number),
        said=cast(bytes, said),
        children=cast(int, children),
        readings={} if detail is None else score_detail.unpack_readings(detail),
    )


@lru_cache(maxsize=4096)
def to_band_state(cell: Cell) -> BandState | None:
    """The state of bands out of its column. Many customers share one: those banded in the same hour."""
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


def _encode(score: SavedScore, before: Before | None) -> Encoded:
    said, state = score_detail.said(score), score.band_state
    digest = score_detail.digest(said)
    band_state = None if state is None else _band_state(state)
    told = (score.scorecard, score.scorecard_hash, score.micro, score.band, band_state, score.previous_band)
    beside = (None if score.risk is None else score.risk.micro, score.trend, score.change_micro, score.children)
    seen = orjson.dumps((*told, score.coverage, score.reason, *beside))
    is_same = before is not None and before.said == digest
    is_same_hour = before is not None and before.as_of == score.as_of
    cells: tuple[Cell, ...] = (
        score.customer,
        to_ms(score.as_of),
        *told[:4],
        to_ms(state.since) if state else None,
        *told[4:],
        score.coverage,
        score.reason,
        to_ms_or_none(score.data_as_of),
        to_ms_or_none(score.valid_until),
        *beside,
    )
    return Encoded(
        cells=cells,
        text=said,
        readings=score.readings,
        said=digest,
        digest=score_detail.digest(seen + digest),
        is_frozen=score.is_frozen,
        keeps=before.detail if before is not None and is_same else None,
        spoils=before.detail if before is not None and is_same_hour and not is_same else None,
    )


@lru_cache(maxsize=4096)
def _band_state(state: BandState) -> str:
    words = {
        "band": state.band,
        "since": to_ms(state.since),
        "streak_up": state.streak_up,
        "streak_since": to_ms_or_none(state.streak_since),
        "streak_band": state.streak_band,
        **({"cause": state.cause} if state.cause is not None else {}),
    }
    return orjson.dumps(words).decode()


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


def _whole(cell: Cell) -> int | None:
    return None if cell is None else int(cell)
