from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cshub.config import Schedule
from cshub.daemon import crontab, plan_jobs, weekday_names
from cshub.engine import Options

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "names"),
    [
        ("*", "*"),
        ("0", "sun"),
        ("7", "sun"),
        ("1", "mon"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("5-7", "sun,fri,sat"),
        ("*/2", "sun,tue,thu,sat"),
        ("1-5/2", "mon,wed,fri"),
        ("mon,3", "mon,wed"),
        ("fri-sun", "sun,fri,sat"),
    ],
)
def test_weekdays_of_a_crontab_are_counted_from_sunday(cron: str, names: str) -> None:
    assert weekday_names(cron) == names


def test_a_sweep_on_day_0_fires_on_a_sunday() -> None:
    saturday = datetime(2026, 1, 3, 12, tzinfo=UTC)
    fires = crontab("0 3 * * 0", "UTC").get_next_fire_time(None, saturday)
    assert fires == datetime(2026, 1, 4, 3, tzinfo=UTC)


def test_a_sweep_fires_by_the_clock_of_its_zone() -> None:
    fires = crontab("0 3 * * *", "Europe/Prague").get_next_fire_time(None, NOON)
    assert fires is not None
    assert fires.astimezone(UTC) == datetime(2026, 7, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hour"), [(28, 1), (29, 1), (30, 1)])
def test_a_sweep_fires_once_a_day_when_the_clocks_change(day: int, hour: int) -> None:
    """On 29 March 2026 there is no 2:30 in Prague; on 25 October there are two."""
    begin = datetime(2026, 3, day, 0, tzinfo=UTC)
    sweep = crontab("30 2 * * *", "Europe/Prague")
    fires = sweep.get_next_fire_time(None, begin)
    assert fires is not None
    assert fires - begin < timedelta(days=1)
    autumn = datetime(2026, 10, 24 + hour, 22, tzinfo=UTC)
    first = sweep.get_next_fire_time(None, autumn)
    assert first is not None
    second = sweep.get_next_fire_time(first, first)
    assert second is not None
    assert second - first > timedelta(hours=20)


def test_a_schedule_becomes_pulls_scorings_and_sweeps() -> None:
    schedule = Schedule(pull=timedelta(minutes=5), score=timedelta(hours=2), sweep="0 3 * * 0")
    jobs = {job.name: job for job in plan_jobs(schedule, "UTC", ["crm", "support"], now=NOON)}
    assert {name: (job.key, job.stages, job.period_s) for name, job in jobs.items()} == {
        "pull crm": ("crm", ("pull", "link"), 300),
        "pull support": ("support", ("pull", "link"), 300),
        "score": ("score", ("score", "act", "publish"), 7200),
        "sweep crm": ("crm", ("pull", "link"), 3600),
        "sweep support": ("support", ("pull", "link"), 3600),
    }
    assert jobs["sweep crm"].options == Options(select=("crm",), sweep=True)
    assert jobs["pull crm"].options == Options(select=("crm",))


def test_pulls_start_at_once_and_no_sweep_is_left_out() -> None:
    jobs = plan_jobs(Schedule(sweep="0 3 * * 0"), "UTC", ["crm"], now=NOON)
    assert [(job.name, job.at_once, job.waits) for job in jobs] == [
        ("pull crm", True, False),
        ("score", False, False),
        ("sweep crm", False, True),
    ]


def test_scoring_comes_half_a_pull_after_a_pull() -> None:
    schedule = Schedule(pull=timedelta(seconds=2), score=timedelta(seconds=4))
    score = plan_jobs(schedule, "UTC", ["crm"], now=NOON)[1]
    first = score.trigger.get_next_fire_time(None, NOON)
    assert first == NOON + timedelta(seconds=1)
    assert score.trigger.get_next_fire_time(first, first) == NOON + timedelta(seconds=5)


def test_without_a_time_for_sweeps_there_are_none() -> None:
    assert [job.name for job in plan_jobs(Schedule(), "UTC", ["crm"], now=NOON)] == ["pull crm", "score"]
