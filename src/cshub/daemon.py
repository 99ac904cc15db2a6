"""The daemon: a clock that starts runs, a lease that keeps it alone, a watchdog, and an orderly end. What a run does is the engine's.

APScheduler is the clock and nothing else: jobs live in memory, and correctness never rests on them, because every stage goes on from the store.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from types import FrameType

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from .config import Config, Schedule
from .engine import STAGES, Hub, Options, Surroundings, open_hub, run
from .errors import CshubError, LeaseHeld
from .http import SYSTEM_CLOCK, Clock

log = structlog.get_logger(__name__)

#: A run that takes longer than this many of its periods, and longer than an hour, is asked to stop; the next one goes on.
OVERDUE_PERIODS = 10
OVERDUE_AT_LEAST_S = 3600.0
#: How long a stop waits for a request under way. What it leaves open is read back by the next run.
GRACE_S = 8.0
_LOOK_S = 0.2
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something the clock starts: which stages, how often (None: by `trigger`)."""

    name: str
    stages: Sequence[str]
    trigger: BaseTrigger
    period_s: float
    options: Options = field(default_factory=Options)


class Daemon:
    """One daemon over one store. `run` returns when somebody asked it to stop."""

    def __init__(self, config: Config, *, clock: Clock = SYSTEM_CLOCK, options: Options | None = None) -> None:
        self._config = config
        self._clock = clock
        self._options = options or Options(wait_s=0)
        self._asked = threading.Event()
        self._overdue: set[str] = set()
        self._running: dict[str, float] = {}
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Ask it to stop: runs end at the next page or batch, their place saved. Safe in a signal handler."""
        self._asked.set()

    def stopping(self) -> bool:
        """Whether work should end at the next opportunity."""
        return self._asked.is_set() or bool(self._overdue)

    def run(self) -> int:
        """Work until asked to stop; the exit code. Raises LeaseHeld when another daemon holds this store."""
        around = Surroundings(clock=self._clock, stopping=self.stopping)
        with open_hub(self._config, around) as hub:
            lease = hub.store.leases.take("daemon", wait_s=0, clock=self._clock, takeover=self._options.takeover)
            with lease, self._scheduled(hub):
                log.info("started", store=self._config.path.name, pid=os.getpid())
                self._watch()
            log.info("stopped", unfinished=sorted(self._running))
            if self._running:  # a request is still under way; the store is safe at any moment, so nobody waits for it
                os._exit(0)
        return 0

    @contextmanager
    def _scheduled(self, hub: Hub) -> Iterator[None]:
        """The clock with its jobs; at the end it waits a little for those that are running."""
        jobs = plan_jobs(self._config.schedule, self._config.timezone)
        scheduler = BackgroundScheduler(executors={"default": ThreadPoolExecutor(len(jobs) + 1)}, timezone="UTC")
        for job in jobs:
            scheduler.add_job(
                self._carry_out,
                job.trigger,
                args=(hub, job),
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=max(1, round(job.period_s)),
            )
        first = Job(name="first run", stages=STAGES, trigger=jobs[0].trigger, period_s=jobs[0].period_s)
        scheduler.add_job(self._carry_out, args=(hub, first), id=first.name)
        scheduler.start()
        try:
            yield
        finally:
            self._asked.set()
            scheduler.shutdown(wait=False)
            self._settle()

    def _carry_out(self, hub: Hub, job: Job) -> None:
        """One run; whatever it raises, the daemon lives on."""
        with self._lock:
            self._running[job.name] = monotonic() + max(OVERDUE_PERIODS * job.period_s, OVERDUE_AT_LEAST_S)
        try:
            options = replace(job.options, wait_s=job.period_s)
            report = run(hub, job.stages, command=f"daemon: {job.name}", options=options)
            log.info("ran", job=job.name, run=report.run, state=report.state, **_totals(report.stages))
        except LeaseHeld as error:
            log.info("busy", job=job.name, reason=str(error))
        except CshubError as error:
            log.error("failed", job=job.name, code=error.code, reason=str(error))
        except Exception:
            log.exception("crashed", job=job.name)
        finally:
            with self._lock:
                self._running.pop(job.name, None)
                self._overdue.discard(job.name)

    def _watch(self) -> None:
        """Look at the running jobs until somebody asks to stop; ask one that takes too long to end."""
        while not self._asked.wait(_LOOK_S):
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


def run_daemon(config: Config, *, options: Options | None = None) -> int:
    """Run until SIGTERM or SIGINT; the exit code. Raises LeaseHeld when another daemon holds this store."""
    daemon = Daemon(config, options=options)

    def ask(number: int, frame: FrameType | None) -> None:
        daemon.stop()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        return daemon.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def plan_jobs(schedule: Schedule, timezone: str) -> list[Job]:
    """The jobs of a schedule: pulls, scorings, and sweeps where there is a time for them."""
    jobs = [
        _every("pull", ("pull", "link"), schedule.pull, schedule.jitter),
        _every("score", ("score", "act", "publish"), schedule.score, schedule.jitter),
    ]
    if schedule.sweep is not None:
        jobs.append(
            Job(
                name="sweep",
                stages=("pull", "link"),
                trigger=crontab(schedule.sweep, timezone),
                period_s=OVERDUE_AT_LEAST_S,
                options=Options(sweep=True),
            )
        )
    return jobs


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


def _every(name: str, stages: Sequence[str], period: timedelta, jitter: timedelta) -> Job:
    seconds = period.total_seconds()
    trigger = IntervalTrigger(
        seconds=max(1, round(seconds)), jitter=round(jitter.total_seconds()) or None, timezone="UTC"
    )
    return Job(name=name, stages=stages, trigger=trigger, period_s=seconds)


def _totals(stages: Mapping[str, Mapping[str, int]]) -> dict[str, str]:
    """Counters that are not zero, a word per stage."""
    return {
        name: " ".join(f"{key}={value}" for key, value in counters.items() if value)
        for name, counters in stages.items()
        if any(counters.values())
    }
