from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cshub.config import Schedule
from cshub.daemon import crontab, plan_jobs, weekday_names


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
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    fires = crontab("0 3 * * *", "Europe/Prague").get_next_fire_time(None, noon)
    assert fires is not None
    assert fires.astimezone(UTC) == datetime(2026, 7, 2, 1, tzinfo=UTC)


def test_a_schedule_becomes_pulls_scorings_and_sweeps() -> None:
    schedule = Schedule(pull=timedelta(minutes=5), score=timedelta(hours=2), sweep="0 3 * * 0")
    jobs = {job.name: job for job in plan_jobs(schedule, "UTC")}
    assert {name: (job.stages, job.period_s) for name, job in jobs.items()} == {
        "pull": (("pull", "link"), 300),
        "score": (("score", "act", "publish"), 7200),
        "sweep": (("pull", "link"), 3600),
    }
    assert jobs["sweep"].options.sweep


def test_without_a_time_for_sweeps_there_are_none() -> None:
    assert [job.name for job in plan_jobs(Schedule(), "UTC")] == ["pull", "score"]
