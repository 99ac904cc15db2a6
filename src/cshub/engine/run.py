"""One pass over the stages, in order: opened in the store, reported, and closed whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version

from ..errors import CshubError, Interrupted, LeaseHeld, LeaseLost, VendorError
from ..model import RunReport, StreamReport
from ..stages.act import deliver, watch
from ..stages.link import link
from ..stages.score import score
from ..store import Lease
from .hub import Hub, hour
from .notices import note, tell
from .options import Options
from .publishing import apply_saved, counters, publish
from .pulling import pull_streams
from .settings import link_settings, scoring

#: The stages of a whole run, in order.
STAGES = ("pull", "link", "score", "act", "publish")


@dataclass(slots=True)
class Work:
    """A run under way: what it is about, and what its stages have done so far."""

    hub: Hub
    options: Options
    run: int
    as_of: datetime
    stages: dict[str, dict[str, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def run(hub: Hub, stages: Sequence[str] = STAGES, *, command: str = "run", options: Options | None = None) -> RunReport:
    """Carry out `stages` and report. A stage that fails ends the run there; a stream or a CRM that fails does not.

    Raises LeaseHeld when another instance is doing this work; every other expected failure is in the report.
    """
    chosen = options or Options()
    started = hub.now()
    hub.store.runs.bury_dead(now=started)
    number = hub.store.runs.open(command, as_of=hour(started), now=started, version=version("cshub"))
    work = Work(hub=hub, options=chosen, run=number, as_of=hour(started))
    state = "failed"
    try:
        state = _carry_out(work, stages)
    except LeaseHeld as error:
        work.errors.append(str(error))
        raise
    finally:
        report = _report(work, command, state, started)
        hub.store.runs.close(report)
    note(hub.store, report)
    failures = [str(failure) for failure in hub.config.registry.finished(report)]
    failures += tell(hub.store, hub.config.notify, hub.posting(), now=hub.now())
    return replace(report, errors=(*report.errors, *failures)) if failures else report


def _carry_out(work: Work, stages: Sequence[str]) -> str:
    """Do the stages one after the other; the state the run ends in."""
    for name in stages:
        began = work.hub.surroundings.clock.monotonic()
        try:
            _STAGES[name](work)
        except LeaseHeld:
            raise
        except Interrupted:
            return "interrupted"
        except CshubError as error:
            work.errors.append(f"{name}: {error}")
            return "failed"
        finally:
            work.seconds[name] = round(work.hub.surroundings.clock.monotonic() - began, 3)
        if _was_cut_off(work):
            return "interrupted"
    return "ok"


def _was_cut_off(work: Work) -> bool:
    """Whether somebody asked to stop and the stage heeded it: its streams are read on by the next run."""
    reports = work.hub.store.streams.report(work.run)
    return work.hub.surroundings.stopping() and any(report.state == "interrupted" for report in reports)


def _pull(work: Work) -> None:
    reports = pull_streams(work.hub, work.options, run=work.run)
    work.stages["pull"] = _sums(reports)
    for report in reports:
        if report.error_code == LeaseLost.code:  # whoever has the stream now goes on from here, with a later `as_of`
            raise LeaseLost(report.error or "", where=f"{report.connection}.{report.stream}")


def _link(work: Work) -> None:
    hub = work.hub
    if not hub.config.identity.customers:
        return
    with _lease(work, "link") as lease:
        found = link(hub.store, link_settings(hub.config), lease=lease, run=work.run, now=hub.now())
    work.stages["link"] = {
        "looked": found.looked,
        "changed": found.changed,
        "left": found.left,
        "joined": found.joined,
        "waiting": len(found.waiting),
    }
    if found.waiting:
        work.remarks.append(f"linking waits for a first full reading of {', '.join(found.waiting)}")


def _score(work: Work) -> None:
    hub, options = work.hub, work.options
    wanted = scoring(hub.config)
    if wanted is None:
        return
    with _lease(work, "score") as lease:
        found = score(
            hub.store,
            hub.config.registry,
            wanted,
            run=work.run,
            as_of=work.as_of,
            lease=lease,
            customers=options.customers or None,
            everybody=options.everybody,
        )
    work.stages["score"] = {"due": found.due, "scored": found.scored, "saved": found.saved}
    work.remarks += found.errors


def _act(work: Work) -> None:
    hub, triggers = work.hub, work.hub.config.triggers
    if not triggers:
        return
    with _lease(work, "act") as lease:
        seen = watch(hub.store, triggers, run=work.run, as_of=work.as_of, now=hub.now(), lease=lease)
        done, failures = (0, []) if work.options.dry_run else _deliver(work, lease)
    work.stages["act"] = {
        "looked": seen.looked,
        "opened": seen.opened,
        "closed": seen.closed,
        "delivered": done,
        "failed": len(failures),
    }
    work.remarks += failures


def _publish(work: Work) -> None:
    done, errors = publish(work.hub, work.options, run=work.run, as_of=work.as_of, apply=not work.options.dry_run)
    work.stages["plan"], work.stages["apply"] = counters(done)
    work.remarks += [*errors, *(remark for one in done for remark in one.remarks)]


def _apply(work: Work) -> None:
    """Carry out a plan that was made earlier; it is no part of a whole run, which applies what it has just planned."""
    try:
        done = [apply_saved(work.hub, work.options.plan or "", work.options, run=work.run)]
    except VendorError as error:
        done = []
        work.remarks.append(f"apply {work.options.plan}: {error}")
    work.remarks += [remark for one in done for remark in one.remarks]
    _, work.stages["apply"] = counters(done)


def _deliver(work: Work, lease: Lease) -> tuple[int, list[str]]:
    hub = work.hub
    return deliver(hub.store, hub.config.triggers, hub.posting(), now=hub.now(), lease=lease)


def _lease(work: Work, name: str) -> AbstractContextManager[Lease]:
    around = work.hub.surroundings
    return work.hub.store.leases.take(
        name,
        wait_s=work.options.wait_s,
        clock=around.clock,
        takeover=work.options.takeover,
        stopping=around.stopping,
    )


def _sums(reports: Sequence[StreamReport]) -> dict[str, int]:
    names = ("extracted", "new", "changed", "unchanged", "deleted", "rejected", "calls")
    return {"streams": len(reports), **{name: sum(getattr(one, name) for one in reports) for name in names}}


def _report(work: Work, command: str, state: str, started: datetime) -> RunReport:
    streams = tuple(work.hub.store.streams.report(work.run))
    if state == "ok" and _is_partial(work, streams):
        state = "partial"
    return RunReport(
        run=work.run,
        command=command,
        state=state,
        started_at=started,
        finished_at=work.hub.now(),
        as_of=work.as_of,
        streams=streams,
        stages=work.stages,
        seconds=work.seconds,
        errors=tuple(work.errors + work.remarks),
    )


def _is_partial(work: Work, streams: Sequence[StreamReport]) -> bool:
    """A stream that failed or was skipped, a quarantined row, a refused write or a failed plugin: never "ok"."""
    lost = any(stream.state != "ok" or stream.rejected for stream in streams)
    return lost or bool(work.remarks) or work.stages.get("apply", {}).get("rejected", 0) > 0


_STAGES: Mapping[str, Callable[[Work], None]] = {
    "pull": _pull,
    "link": _link,
    "score": _score,
    "act": _act,
    "publish": _publish,
    "apply": _apply,
}
