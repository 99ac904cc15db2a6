"""One pass over the stages, in order: opened in the store, reported, and closed whatever happens in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from importlib.metadata import version

from ..errors import CshubError, Interrupted, LeaseHeld
from ..http import Redactor
from ..model import RunReport, StreamReport
from .hub import Hub, hour
from .notices import note, note_crms, tell
from .options import Options
from .work import Work

#: The stages of a whole run, in order.
STAGES = ("pull", "link", "score", "act", "publish")


#: A clock that was set back by no more than this does not take the scores with it.
SET_BACK = timedelta(days=1)


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
            _carry_out_one(work, name)
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


def _carry_out_one(work: Work, name: str) -> None:
    """One stage. Its module is imported only now: who asks for a pull alone does not wait for scoring to be loaded."""
    step: Callable[[Work], None] = import_module(f".steps.{name}", __package__).carry_out
    step(work)


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
