"""One pass over the stages, in order: opened in the store, reported, and closed whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib.metadata import version

from ..errors import CshubError, Interrupted, LeaseHeld, LeaseLost, VendorError
from ..http import Redactor
from ..model import RunReport, StreamReport
from ..stages.act import deliver, watch
from ..stages.link import link
from ..stages.score import score
from ..store import Lease
from .hub import Hub, hour
from .notices import note, note_crms, tell
from .options import Options
from .publishing import Published, apply_saved, counters, publish
from .pulling import pull_streams
from .settings import link_settings, scoring

#: The stages of a whole run, in order.
STAGES = ("pull", "link", "score", "act", "publish")


#: A clock that was set back by no more than this does not take the scores with it.
SET_BACK = timedelta(days=1)


@dataclass(slots=True)
class Work:
    """A run under way: what it is about, and what its stages have done so far. `troubles` are sentences by stage."""

    hub: Hub
    options: Options
    run: int
    as_of: datetime
    stages: dict[str, dict[str, int]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    troubles: dict[str, list[str]] = field(default_factory=dict)

    def sentences(self) -> list[str]:
        """Everything that went wrong, in the order of the stages."""
        return [sentence for found in self.troubles.values() for sentence in found]


def run(hub: Hub, stages: Sequence[str] = STAGES, *, command: str = "run", options: Options | None = None) -> RunReport:
    """Carry out `stages` and report. A stage that fails ends the run there; a stream or a CRM that fails does not.

    Raises LeaseHeld when another instance is doing this work; every other expected failure is in the report.
    """
    started = hub.now()
    hub.store.runs.bury_dead(now=started)
    as_of = _as_of(hub, started)
    number = hub.store.runs.open(command, as_of=as_of, now=started, version=version("cshub"))
    work = Work(hub=hub, options=options or Options(), run=number, as_of=as_of)
    state = "failed"
    try:
        state = _carry_out(work, stages)
    except KeyboardInterrupt:
        state = "interrupted"
        raise
    finally:
        report = _closed(work, command, state, started)
    return _tell(work, report)


def _closed(work: Work, command: str, state: str, started: datetime) -> RunReport:
    """The run's report, kept. A run that cannot even be closed is let go of: the next one finds it dead."""
    runs = work.hub.store.runs
    try:
        report = _report(work, command, state, started)
        runs.close(report)
    except BaseException:
        runs.let_go(work.run)
        raise
    return report


def _as_of(hub: Hub, now: datetime) -> datetime:
    """The hour the run is about. It does not go back with a clock that is set back a little: no score takes the place of a later one."""
    last = hub.store.runs.list(limit=1)
    newest = last[0].as_of if last else hour(now)
    return newest if hour(now) < newest <= hour(now) + SET_BACK else hour(now)


def _tell(work: Work, report: RunReport) -> RunReport:
    """Tell observers and operators; the report with what went wrong at that."""
    hub = work.hub
    ended = {} if report.state == "interrupted" else work.troubles
    note(hub.store, report, ended)
    if "publish" in ended or "apply" in ended:
        note_crms(hub.store, hub.config, now=report.finished_at)
    failures = [str(failure) for failure in hub.config.registry.finished(report)]
    clean = Redactor(hub.config.secrets).clean
    failures += tell(hub.store, hub.config.notify, hub.posting(), clock=hub.surroundings.clock, clean=clean)
    return replace(report, errors=(*report.errors, *failures)) if failures else report


def _carry_out(work: Work, stages: Sequence[str]) -> str:
    """Do the stages one after the other; the state the run ends in."""
    for name in stages:
        began = work.hub.surroundings.clock.monotonic()
        trouble = work.troubles.setdefault(name, [])
        try:
            _STAGES[name](work)
        except Interrupted:
            return "interrupted"
        except LeaseHeld as error:
            trouble.append(str(error))
            raise
        except CshubError as error:
            trouble.append(f"{name}: {error}")
            return "failed"
        except Exception as error:
            trouble.append(f"{name}: {type(error).__name__}: {error}")
            raise
        finally:
            work.seconds[name] = round(work.hub.surroundings.clock.monotonic() - began, 3)
    return "ok"


def _pull(work: Work) -> None:
    reports = pull_streams(work.hub, work.options, work.troubles["pull"], run=work.run)
    work.stages["pull"] = _sums(reports)
    for report in reports:
        if report.error_code == LeaseLost.code:  # whoever has the stream now goes on from here, with a later `as_of`
            raise LeaseLost(report.error or "", where=f"{report.connection}.{report.stream}")
    if work.hub.surroundings.stopping() and any(report.state == "interrupted" for report in reports):
        raise Interrupted("stopped at a page's boundary; the next run reads on from there", where="pull")


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
        work.troubles["link"].append(f"linking waits for a first full reading of {', '.join(found.waiting)}")


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
            stopping=hub.surroundings.stopping,
        )
    work.stages["score"] = {"due": found.due, "scored": found.scored, "saved": found.saved}
    work.troubles["score"] += found.errors


def _act(work: Work) -> None:
    hub, triggers = work.hub, work.hub.config.triggers
    if not triggers and not hub.store.alerts.open():
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
    work.troubles["act"] += [*seen.errors, *failures]


def _publish(work: Work) -> None:
    done: list[Published] = []
    trouble = work.troubles["publish"]
    try:
        apply = not work.options.dry_run
        trouble += publish(work.hub, work.options, done, run=work.run, as_of=work.as_of, apply=apply)
    finally:  # what was written counts, however it ended
        work.stages["plan"], work.stages["apply"] = counters(done)
        trouble += [remark for one in done for remark in one.remarks]


def _apply(work: Work) -> None:
    """Carry out a plan that was made earlier; it is no part of a whole run, which applies what it has just planned."""
    done: list[Published] = []
    trouble = work.troubles["apply"]
    try:
        apply_saved(work.hub, work.options.plan or "", work.options, done, run=work.run)
    except VendorError as error:
        trouble.append(f"apply {work.options.plan}: {error}")
    finally:
        _, work.stages["apply"] = counters(done)
        trouble += [remark for one in done for remark in one.remarks]


def _deliver(work: Work, lease: Lease) -> tuple[int, list[str]]:
    hub = work.hub
    clean = Redactor(hub.config.secrets).clean
    return deliver(hub.store, hub.config.triggers, hub.posting(), now=hub.now(), lease=lease, clean=clean)


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
        errors=tuple(work.sentences()),
    )


def _is_partial(work: Work, streams: Sequence[StreamReport]) -> bool:
    """A stream that failed or was skipped, a quarantined row, a refused write or a failed plugin: never "ok"."""
    lost = any(stream.state != "ok" or stream.rejected for stream in streams)
    return lost or bool(work.sentences()) or work.stages.get("apply", {}).get("rejected", 0) > 0


_STAGES: Mapping[str, Callable[[Work], None]] = {
    "pull": _pull,
    "link": _link,
    "score": _score,
    "act": _act,
    "publish": _publish,
    "apply": _apply,
}
