"""When a stream is to be read again. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from ...connector import Snapshot, Stream
from ...store import StreamState, shape_of


def is_due(stream: Stream, state: StreamState | None, every: timedelta | None, now: datetime) -> bool:
    """True unless the stream was read well within `every` (a snapshot's own pause when None) and nothing is left to be done."""
    pause = every or (stream.every if isinstance(stream, Snapshot) else None)
    if pause is None or state is None or state.last_ok_at is None:
        return True
    unfinished = state.phase != "idle" or state.shape != shape_of(stream) or state.error_code is not None
    return unfinished or now - state.last_ok_at >= pause
