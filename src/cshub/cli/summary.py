"""A run in a few lines: what each stage did, what failed, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..model.failures import failures as stopped
from .output import count, heading, plural, show

if TYPE_CHECKING:
    from ..engine import Hub
    from ..model import RunReport

#: What people read of a stream that the credentials may not read, while the others land.
SKIPPED = "skipped: no permission"


def show_report(report: RunReport, hub: Hub) -> None:
    """Print the report to stdout, with the next step where one is due."""
    for line in lines(report):
        show(line)
    for line in next_steps(report, hub):
        show(f"  → {line}")


def lines(report: RunReport) -> Iterator[str]:
    """The run, a line per stage, and a line per thing that went wrong."""
    seconds = (report.finished_at - report.started_at).total_seconds()
    yield heading(f"run {report.run}  {report.command}  {report.state}  {seconds:.1f} s")
    for stage, words in _WORDS.items():  # a report read back from the store has them by name
        if stage in report.stages:
            yield f"  {stage:<8}{words(report.stages[stage])}"
    yield from failures(report)


def failures(report: RunReport) -> Iterator[str]:
    """A line per thing that went wrong; what stopped several streams of a connection is one, with their names."""
    for failure in stopped(report.streams):
        skipped = f"{SKIPPED}: " if failure.state == "skipped" and failure.error else ""
        yield f"  ✖ {failure.name}: {skipped}{failure.error or failure.state}"
    for error in report.errors:
        yield f"  ✖ {error}"


def next_steps(report: RunReport, hub: Hub) -> Iterator[str]:
    """What a person would do now."""
    if rejected := sum(stream.rejected for stream in report.streams):
        yield f"{plural(rejected, 'record')} did not get through: `cshub failed list`"
    for connection in hub.config.publish:
        plan = hub.store.writes.newest_plan(connection)
        if plan is not None:
            yield f"the plan {plan.id} waits: look at it with `cshub plan`, write it with `cshub apply`"
    if any(stream.error_code in ("credentials", "permission") for stream in report.streams):
        yield "`cshub doctor` names what is missing and the fix"


def _pull(c: Mapping[str, int]) -> str:
    parts = [f"{count(c[name])} {name}" for name in ("new", "changed", "deleted", "rejected") if c.get(name)]
    told = ", ".join(parts) or "nothing new"
    return f"{count(c['extracted'])} rows of {plural(c['streams'], 'stream')} in {plural(c['calls'], 'call')}: {told}"


def _link(c: Mapping[str, int]) -> str:
    waiting = f", waits for {plural(c['waiting'], 'stream')}" if c.get("waiting") else ""
    return f"{plural(c['looked'], 'record')} looked at, {count(c['changed'])} linked anew{waiting}"


def _score(c: Mapping[str, int]) -> str:
    return f"{plural(c['due'], 'customer')} due, {count(c['scored'])} scored, {count(c['saved'])} changed"


def _act(c: Mapping[str, int]) -> str:
    return f"{plural(c['opened'], 'alert')} opened, {count(c['closed'])} closed, {count(c['delivered'])} delivered"


def _plan(c: Mapping[str, int]) -> str:
    return f"{plural(c['fields'], 'field')} of {plural(c['records'], 'record')}"


def _apply(c: Mapping[str, int]) -> str:
    parts = [f"{count(c[name])} {name}" for name in ("rejected", "skipped") if c.get(name)]
    return ", ".join([f"{plural(c['written'], 'field')} written", *parts])


_WORDS = {"pull": _pull, "link": _link, "score": _score, "act": _act, "plan": _plan, "apply": _apply}
