"""`cshub status`: what came in when, what fails, and what to do next, on one screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import click

from ..config import Connection
from ..connector import Snapshot, Stream
from ..engine import Hub
from ..errors import PermissionMissing
from ..store import RunRecord, StreamState, shape_of
from ..store.facts import Facts
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import count, heading, plural, shortened, show, show_json, show_table
from .standing import count_lines, standing_counts
from .summary import SKIPPED


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamLine:
    """How one stream stands. `rows` are living ones, `lag_s` the seconds since it was last read to its end."""

    stream: str
    state: str
    last_ok_at: datetime | None
    rows: int
    lag_s: float | None
    next_due_at: datetime | None
    rejects: int
    error: str | None


@click.command(cls=Command, short_help="See what came in when, what fails, and what is next.")
@json_option
@pass_invocation
def command(invocation: Invocation, *, as_json: bool) -> None:
    r"""See what came in when, what fails, and what to do next: a row per stream, then scores, plans and whatever waits for you.

    \b
    cshub status
    cshub status --json
    """
    with invocation.hub() as hub:
        lines = list(stream_lines(hub))
        facts = standing(hub)
        steps = list(next_steps(hub, lines))
        last = next(iter(hub.store.runs.list(limit=1)), None)
    if as_json:
        show_json(streams=lines, last_run=last, next_steps=steps, **facts)
        return
    columns = ("stream", "state", "last ok (UTC)", "#rows", "#lag", "next due", "#failed", "error")
    show_table(columns, [_row(line) for line in lines])
    show()
    for line in _words(facts, last):
        show(line)
    for step in steps:
        show(f"  → {step}")


def stream_lines(hub: Hub) -> Iterator[StreamLine]:
    """How every configured stream stands, in the order of the configuration."""
    states = {(state.connection, state.stream): state for state in hub.store.streams.states()}
    connections = hub.config.connections.values()
    living = Facts(hub.store.db).living({stream.kind.name for c in connections for stream in c.streams})
    rejects = hub.store.rejects.open_counts()
    for connection in connections:
        for stream in connection.streams:
            key = (connection.name, stream.name)
            state = states.get(key)
            last = state.last_ok_at if state else None
            yield StreamLine(
                stream=f"{connection.name}.{stream.name}",
                state=_state(state, stream),
                last_ok_at=last,
                rows=living.get(key, 0),
                lag_s=(hub.now() - last).total_seconds() if last else None,
                next_due_at=last + _pause(hub, connection, stream) if last else None,
                rejects=rejects.get(key, 0),
                error=state.error if state else None,
            )


def standing(hub: Hub) -> dict[str, object]:
    """Scores, alerts, plans, reviews and what fails, as data."""
    store = hub.store
    plans = [plan for plan in map(store.writes.newest_plan, hub.config.publish) if plan is not None]
    return {
        "bands": {band or "not_enough_data": number for band, number in store.scores.count_bands().items()},
        **standing_counts(hub),
        "open_alerts": len(store.alerts.open()),
        "reviews": len(store.links.reviews()),
        "drifts": len(store.writes.drifts()),
        "plans": [{"id": plan.id, "connection": plan.connection, **plan.summary} for plan in plans],
        "failing": [{"key": one.key, "since": one.since, "message": one.message} for one in store.conditions.failing()],
    }


def next_steps(hub: Hub, lines: list[StreamLine]) -> Iterator[str]:
    """What a person would do now, the most urgent first."""
    states = {f"{one.connection}.{one.stream}": one for one in hub.store.streams.states()}
    failing = [states[line.stream] for line in lines if line.error and line.stream in states]
    if any(one.error_code in ("credentials", "permission") for one in failing):
        yield "`cshub doctor` names what the login lacks, and the fix"
    if any(one.error_code == "breaker" for one in failing):
        yield "much has vanished at once: look at the vendor; `cshub pull --accept-vanished` believes it"
    if lines and all(line.last_ok_at is None and line.error is None for line in lines):
        yield "nothing was read yet: `cshub run`"
    if changed := [line.stream for line in lines if line.state == "changed"]:
        yield f"the configuration of {', '.join(changed)} has changed: the next pull reads it in full"
    if sum(line.rejects for line in lines):
        yield "`cshub failed list` shows the records that did not get through"
    if hub.store.links.reviews():
        yield "`cshub identity review` shows the records that could belong to several customers"
    for plan in map(hub.store.writes.newest_plan, hub.config.publish):
        if plan is not None:
            yield f"`cshub apply {plan.id}` writes the plan that waits; `cshub plan` shows it anew"


def _state(state: StreamState | None, stream: Stream) -> str:
    if state is None:
        return "never read"
    if state.error:
        return SKIPPED if state.error_code == PermissionMissing.code else "failing"
    if state.shape != shape_of(stream):
        return "changed"
    return "ok" if state.phase == "idle" or state.completed_at else "under way"


def _pause(hub: Hub, connection: Connection, stream: Stream) -> timedelta:
    own = stream.every if isinstance(stream, Snapshot) else None
    return connection.stream_every.get(stream.name) or connection.every or own or hub.config.schedule.pull


def _row(line: StreamLine) -> tuple[object, ...]:
    last = f"{line.last_ok_at:%Y-%m-%d %H:%M}" if line.last_ok_at else "—"
    due = f"{line.next_due_at:%m-%d %H:%M}" if line.next_due_at else "now"
    lag = "—" if line.lag_s is None else span(line.lag_s)
    error = shortened(line.error, 70) if line.error else ""
    return line.stream, line.state, last, count(line.rows), lag, due, line.rejects or "", error


def span(seconds: float) -> str:
    """`40 s`, `12 min`, `5 h`, `3 d`."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _words(facts: dict[str, object], last: RunRecord | None) -> Iterator[str]:
    bands, plans, failing = facts["bands"], facts["plans"], facts["failing"]
    if isinstance(bands, dict) and bands:
        told = ", ".join(f"{count(number)} {band.replace('_', ' ')}" for band, number in bands.items())
        yield f"customers   {told}"
    yield from count_lines(facts)
    waiting = [("open_alerts", "alert"), ("reviews", "record to review"), ("drifts", "field changed by somebody else")]
    found = [(facts[name], words) for name, words in waiting if facts[name]]
    if found:
        yield "open        " + ", ".join(_counted(number, words) for number, words in found)
    for plan in plans if isinstance(plans, list) else ():
        yield f"plan        {plan['id']} waits: {plural(plan['fields'], 'field')} of {plural(plan['records'], 'record')}"
    if last is not None:
        yield f"last run    {last.id} {last.command} {last.state}, begun {last.started_at:%Y-%m-%d %H:%M:%S} UTC"
    for one in failing if isinstance(failing, list) else ():
        yield heading(f"failing     {one['message']} (since {one['since']:%Y-%m-%d %H:%M} UTC)")


def _counted(number: object, words: str) -> str:
    first, _, rest = words.partition(" ")
    return f"{number} {first}{'' if number == 1 else 's'}{' ' + rest if rest else ''}"
