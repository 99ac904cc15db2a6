"""`cshub runs`: the runs, newest first, or one of them."""

from __future__ import annotations

import click

from ..errors import ConfigError
from ..store import RunRecord
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import count, show, show_json, show_table
from .summary import lines


@click.command(cls=Command, short_help="List the runs, or show one.")
@click.argument("run", type=click.IntRange(min=1), required=False)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="how many to list")
@json_option
@pass_invocation
def command(invocation: Invocation, *, run: int | None, limit: int, as_json: bool) -> None:
    r"""List the runs, newest first, or show one with its streams and what went wrong.

    \b
    cshub runs
    cshub runs 12
    """
    with invocation.hub() as hub:
        found = hub.store.runs.list(limit=limit) if run is None else [hub.store.runs.get(run)]
    records = [record for record in found if record is not None]
    if run is not None and not records:
        raise ConfigError(f"there is no run {run}", hint="`cshub runs` lists them")
    if as_json:
        show_json(runs=records)
    elif run is None:
        show_table(
            ("#run", "command", "state", "started (UTC)", "#seconds", "#rows", "#written"), list(map(_row, records))
        )
    else:
        _show_one(records[0])


def _row(record: RunRecord) -> tuple[object, ...]:
    report, finished = record.report, record.finished_at
    seconds = f"{(finished - record.started_at).total_seconds():.1f}" if finished else ""
    stages = report.stages if report else {}
    rows = count(stages["pull"]["extracted"]) if "pull" in stages else ""
    written = count(stages["apply"]["written"]) if "apply" in stages else ""
    return record.id, record.command, record.state, f"{record.started_at:%Y-%m-%d %H:%M:%S}", seconds, rows, written


def _show_one(record: RunRecord) -> None:
    report = record.report
    if report is None:
        show(f"run {record.id}  {record.command}  {record.state}, begun {record.started_at:%Y-%m-%d %H:%M:%S} UTC")
        show(f"  by process {record.pid} on {record.host}; the next run goes on from where it stopped")
        return
    for line in lines(report):
        show(line)
    if report.streams:
        show()
        columns = ("stream", "state", "#rows", "#new", "#changed", "#unchanged", "#deleted", "#rejected", "#calls")
        show_table(
            columns,
            [
                (
                    f"{s.connection}.{s.stream}",
                    s.state,
                    s.extracted,
                    s.new,
                    s.changed,
                    s.unchanged,
                    s.deleted,
                    s.rejected,
                    s.calls,
                )
                for s in report.streams
            ],
        )
