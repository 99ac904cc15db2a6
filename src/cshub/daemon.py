"""The daemon: a clock that starts runs, a lease that keeps it alone, a watchdog, and an orderly end. What a run does is the engine's.

APScheduler is the clock and nothing else: jobs live in memory, and correctness never rests on them, because every stage goes on from the store.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from .config import Config, Schedule
from .engine import Hub, Options, Surroundings, open_hub, run
from .errors import ConfigError, CshubError, LeaseHeld
from .http import SYSTEM_CLOCK, Clock
from .model import RunReport
from .model.failures import failures

log = structlog.get_logger(__name__)

#: A run that takes longer than this many of its periods, and longer than an hour, is asked to stop; the next one goes on.
OVERDUE_PERIODS = 10
OVERDUE_AT_LEAST_S = 3600.0
#: How long a stop waits for a request under way. What it leaves open is read back by the next run.
GRACE_S = 8.0
#: A job waits at least so long for a lease that a command holds.
PATIENCE_S = 60.0
_LOOK_S = 0.2
_SAID = 5
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SCORE = "score"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something the clock starts: which stages, and when by `trigger`, about every `period_s` seconds.

    Jobs with one `key` take turns: one that finds another at work is left out, unless it `waits`. `at_once` starts it for the first
    time as soon as the daemon does.
    """

    name: str
    key: str
    stages: Sequence[str]
    trigger: BaseTrigger
    period_s: float
    options: Options = field(default_factory=Options)
    waits: bool = False
    at_once: bool = False


class Daemon:
    """One daemon over one store. `run` returns when somebody asked it to stop. `load` reads the configuration again."""

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = SYSTEM_CLOCK,
        options: Options | None = None,
        load: Callable[[], Config] | None = None,
    ) -> None:
        self._config = config
        self._clock = clock
        self._options = options or Options(wait_s=0)
        self._load = load
        self._asked = threading.Event()
        self._changed = threading.Event()
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._overdue: set[str] = set()
        self._running: dict[str, float] = {}
        self._not_pulled: set[str] = set()

    @property
    def unfinished(self) -> Collection[str]:
        """The jobs that did not end within the grace of a stop."""
        return sorted(self._running)

    def stop(self) -> None:
        """Ask it to stop: runs end at the next page or batch, their place saved. Safe in a signal handler."""
        self._asked.set()

    def reload(self) -> None:
        """Ask it to read its configuration again. Safe in a signal handler."""
        self._changed.set()

    def run(self) -> int:
        """Work until asked to stop; the exit code. Raises LeaseHeld when another daemon holds this store."""
        around = Surroundings(clock=self._clock, stopping=self._asked.is_set)
        with ExitStack() as stack:
            hub = stack.enter_context(open_hub(self._config, around))
            takeover = self._options.takeover
            stack.enter_context(hub.store.leases.take("daemon", wait_s=0, clock=self._clock, takeover=takeover))
            log.info("started", store=self._config.path.name, pid=os.getpid())
            following: Hub | None = hub
            while following is not None:
                following = self._serve(following, stack)
            log.info("stopped", unfinished=self.unfinished)
            if (
                self.unfinished
            ):  # their requests are under way; the store is safe at any moment, so nobody waits for them
                stack.pop_all()
        return 0

    def _serve(self, hub: Hub, stack: ExitStack) -> Hub | None:
        """Work under one configuration; the hub of the next one, or None at the end."""
        with self._scheduled(hub):
            while not self._asked.wait(_LOOK_S):
                self._watch()
                if self._changed.is_set():
                    self._changed.clear()
                    following = self._reloaded(hub)
                    if following is not None:
                        stack.callback(following.connections.close)
                        return following
        self._settle()
        return None

    def _reloaded(self, hub: Hub) -> Hub | None:
        """The hub with the configuration as it is written now; None, and the old one stays in force, when that is broken."""
        if self._load is None:
            return None
        try:
            config = self._load()
            if config.store != hub.config.store:
                raise ConfigError(
                    "the store cannot be changed while the daemon runs", where="store", hint="start it anew"
                )
        except CshubError as error:
            log.error("reload_failed", reason=str(error), problems=[str(one) for one in getattr(error, "problems", ())])
            return None
        log.info("reloaded", config=config.path.name)
        return replace(
            hub, config=config, connections=replace(hub.connections, config=config, known_orgs=set(), _open={})
        )

    @contextmanager
    def _scheduled(self, hub: Hub) -> Iterator[None]:
        """The clock with its jobs; at the end it starts none any more."""
        config, now = hub.config, self._clock.now()
        pulled = [c.name for c in config.connections.values() if c.streams]
        jobs = plan_jobs(config.schedule, config.timezone, pulled, now=now)
        for job in jobs:
            self._turns.setdefault(job.key, threading.Lock())
        self._not_pulled = {job.name for job in jobs if job.at_once}
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a tick finds its run at work is no trouble
        scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(len(jobs) + 1)}, timezone="UTC")
        for job in jobs:
            self._add(scheduler, hub, job)
        scheduler.start()
        try:
            yield
        finally:
            scheduler.shutdown(wait=False)

    def _add(self, scheduler: BackgroundScheduler, hub: Hub, job: Job) -> None:
        first = {"next_run_time": datetime.now(UTC)} if job.at_once else {}
        scheduler.add_job(
            self._carry_out,
            job.trigger,
            **first,
            args=(scheduler, hub, job),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=max(1, round(job.period_s)),
        )

    def _carry_out(self, scheduler: BackgroundScheduler, hub: Hub, job: Job) -> None:
        """One run in its turn; whatever it raises, the daemon lives on. Once everything was pulled once, all is scored."""
        turn = self._turns[job.key]
        while not turn.acquire(timeout=_LOOK_S if job.waits else 0):
            if not job.waits or self._asked.is_set():
                log.info("busy", job=job.name)
                return
        try:
            self._begin(job)
            self._run(hub, job)
        finally:
            turn.release()
            if self._end(job):
                first = replace(_score_job(hub.config.schedule, self._clock.now()), name="first score", waits=True)
                self._add(scheduler, hub, replace(first, trigger=DateTrigger(timezone="UTC")))

    def _begin(self, job: Job) -> None:
        with self._lock:
            self._running[job.name] = monotonic() + max(OVERDUE_PERIODS * job.period_s, OVERDUE_AT_LEAST_S)

    def _end(self, job: Job) -> bool:
        """Note that a job has ended; True when by this everything has been pulled for the first time."""
        with self._lock:
            self._running.pop(job.name, None)
            self._overdue.discard(job.name)
            before = bool(self._not_pulled)
            self._not_pulled.discard(job.name)
            return before and not self._not_pulled and not self._asked.is_set()

    def _run(self, hub: Hub, job: Job) -> None:
        own = replace(hub.surroundings, stopping=lambda: self._asked.is_set() or job.name in self._overdue)
        options = replace(job.options, wait_s=max(job.period_s, PATIENCE_S))
        try:
            report = run(replace(hub, surroundings=own), job.stages, command=f"daemon: {job.name}", options=options)
        except LeaseHeld as error:
            log.info("busy", job=job.name, reason=str(error))
        except CshubError as error:
            log.error("failed", job=job.name, code=error.code, reason=str(error))
        except BaseException:
            log.exception("crashed", job=job.name)
        else:
            _tell(job, report)

    def _watch(self) -> None:
        """Ask each job that takes too long to end."""
        with self._lock:
            late = {name for name, limit in self._running.items() if monotonic() > limit}
            for name in late - self._overdue:
                log.error("overdue", job=name)
            self._overdue |= late

    def _settle(self) -> None:
        """Wait for running jobs, but not longer than the grace."""
        deadline = monotonic() + GRACE_S
        while self._running and monotonic() < deadline:
            threading.Event().wait(_LOOK_S)


def run_daemon(config: Config, *, options: Options | None = None, load: Callable[[], Config] | None = None) -> int:
    """Run until SIGTERM or SIGINT; the exit code. SIGHUP reads the configuration again by `load`: a broken one changes nothing.

    Raises LeaseHeld when another daemon holds this store. When a request does not end in time, the process ends around it.
    """
    daemon = Daemon(config, options=options, load=load)
    actions = {signal.SIGTERM: daemon.stop, signal.SIGINT: daemon.stop}
    if load is not None:
        actions[signal.SIGHUP] = daemon.reload

    def ask(number: int, frame: FrameType | None) -> None:
        actions[signal.Signals(number)]()

    before = {number: signal.signal(number, ask) for number in actions}
    try:
        code = daemon.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if daemon.unfinished:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


def plan_jobs(schedule: Schedule, timezone: str, connections: Sequence[str], *, now: datetime) -> list[Job]:
    """The jobs of a schedule: a pull of each connection, so that none waits for another; scoring; sweeps where there is a time for them."""
    jobs = [_pull_job(schedule, name, now) for name in connections]
    jobs.append(_score_job(schedule, now))
    if schedule.sweep is not None:
        jobs += [_sweep_job(schedule.sweep, timezone, name) for name in connections]
    return jobs


def _pull_job(schedule: Schedule, connection: str, now: datetime) -> Job:
    return Job(
        name=f"pull {connection}",
        key=connection,
        stages=("pull", "link"),
        trigger=_interval(schedule.pull, schedule.jitter, now),
        period_s=schedule.pull.total_seconds(),
        options=Options(select=(connection,)),
        at_once=True,
    )


def _score_job(schedule: Schedule, now: datetime) -> Job:
    """Scoring comes half a pull after a pull, so that it finds what that brought."""
    start = now + min(schedule.pull, schedule.score) / 2
    return Job(
        name=_SCORE,
        key=_SCORE,
        stages=("score", "act", "publish"),
        trigger=_interval(schedule.score, schedule.jitter, start),
        period_s=schedule.score.total_seconds(),
    )


def _sweep_job(sweep: str, timezone: str, connection: str) -> Job:
    return Job(
        name=f"sweep {connection}",
        key=connection,
        stages=("pull", "link"),
        trigger=crontab(sweep, timezone),
        period_s=OVERDUE_AT_LEAST_S,
        options=Options(select=(connection,), sweep=True),
        waits=True,
    )


def crontab(text: str, timezone: str) -> CronTrigger:
    """A trigger for five crontab fields. Weekdays become names, because APScheduler counts 0 as Monday and cron as Sunday."""
    *fields, weekdays = text.lower().split()
    return CronTrigger.from_crontab(" ".join((*fields, weekday_names(weekdays))), timezone=timezone)


def weekday_names(text: str) -> str:
    """The weekday field of a crontab by names: `1-5` → `mon,tue,wed,thu,fri`, `*/2` → `sun,tue,thu,sat`, 7 is Sunday too."""
    if text == "*":
        return text
    days: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        first = 0 if span == "*" else _day(low)
        last = 6 if span == "*" or (step and not high) else _day(high or low)
        if last < first:  # 5-7 ends on Sunday
            last += 7
        days.update(day % 7 for day in range(first, last + 1, int(step or 1)))
    return ",".join(_DAYS[day] for day in sorted(days))


def _day(text: str) -> int:
    return _DAYS.index(text) if text in _DAYS else int(text) % 7


def _interval(period: timedelta, jitter: timedelta, start: datetime) -> IntervalTrigger:
    seconds = max(1, round(period.total_seconds()))
    return IntervalTrigger(
        seconds=seconds, start_date=start, jitter=round(jitter.total_seconds()) or None, timezone="UTC"
    )


def _totals(stages: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Counters that are not zero, a word per stage."""
    return {
        name: " ".join(f"{key}={value}" for key, value in counters.items() if value)
        for name, counters in stages.items()
        if any(counters.values())
    }


def _tell(job: Job, report: RunReport) -> None:
    """One line of the log about a run; a run that is not well says why."""
    fields = {"job": job.name, "run": report.run, "state": report.state, **_totals(report.stages)}
    stopped = [f"{failure.name}: {failure.error}" for failure in failures(report.streams) if failure.error]
    errors = [*stopped, *report.errors]
    if report.state in ("ok", "interrupted"):
        log.info("ran", **fields)
    else:
        log.warning("ran", **fields, problems=errors[:_SAID])
