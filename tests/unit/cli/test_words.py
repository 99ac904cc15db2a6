"""How the program speaks: tables, numbers, spans, findings."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import MappingProxyType

import click
import orjson
import pytest

from cshub.cli.demo import start_time
from cshub.cli.doctor import lines
from cshub.cli.explain import Moment
from cshub.cli.explanation import kinds_in, points
from cshub.cli.fields import differences
from cshub.cli.machine import sqlite
from cshub.cli.output import count, no_colour, plural, shortened, show_json, show_table
from cshub.cli.preview import word
from cshub.cli.progress import line
from cshub.cli.status import span
from cshub.connector import Finding
from cshub.model import FieldSpec, FieldType, TargetField


def test_a_table_off_a_terminal_is_plain_and_as_wide_as_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name", "#score"), [("Ada", 7), ("a" * 200, None)])
    first, ruled, *rows = capsys.readouterr().out.splitlines()
    assert first.split() == ["name", "score"]
    assert set(ruled) == {"─", " "}
    assert rows[0].startswith("Ada ")
    assert rows[0].endswith("    7")
    assert rows[1] == "a" * 200


def test_a_table_without_rows_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("name",), [])
    assert capsys.readouterr().out == ""


def test_json_carries_its_schema_version_and_times_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    show_json(at=datetime(2026, 3, 2, tzinfo=UTC), read_only=MappingProxyType({"a": 1}), several=frozenset({"x"}))
    found = orjson.loads(capsys.readouterr().out)
    assert found == {"schema_version": 1, "at": "2026-03-02T00:00:00Z", "read_only": {"a": 1}, "several": ["x"]}


@pytest.mark.parametrize(("number", "text"), [(0, "0 rows"), (1, "1 row"), (12_300, "12 300 rows")])
def test_a_count_has_its_noun_and_its_thousands(number: int, text: str) -> None:
    assert plural(number, "row") == text


@pytest.mark.parametrize(
    ("text", "short"), [(None, "—"), ("", "—"), ("a\nb", "a / b"), ("abcdef", "abcd…"), ("abcde", "abcde")]
)
def test_a_long_text_becomes_one_short_line(text: str | None, short: str) -> None:
    assert shortened(text, 5) == short


@pytest.mark.parametrize(("value", "colourless"), [("1", True), ("", False)])
def test_colours_are_left_out_when_asked(monkeypatch: pytest.MonkeyPatch, value: str, colourless: bool) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", value)
    assert no_colour() is colourless


def test_progress_tells_rows_rate_and_requests() -> None:
    assert line(12_300, 3.0, 45) == "12 300 rows   4 100/s   45 requests   3 s"
    assert line(0, 0.2, 1) == "0 rows   1 request   0 s"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (100, "100 s"), (180, "3 min"), (7_200, "2 h"), (200_000, "2 d")]
)
def test_a_lag_is_told_in_the_unit_that_suits_it(seconds: float, text: str) -> None:
    assert span(seconds) == text


@pytest.mark.parametrize(
    ("micro", "text"), [(0, "+0"), (2_700_000, "+2.7"), (-12_857_143, "−12.857143"), (50_000_000, "+50")]
)
def test_points_are_told_to_the_last_micro_point(micro: int, text: str) -> None:
    assert points(micro) == text


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        ({"count": "ticket", "where": "is_open"}, {"ticket"}),
        ({"value": "account.mrr"}, {"account"}),
        ({"ratio": [{"count": "event"}, {"count": "ticket"}]}, {"event", "ticket"}),
        (["churn_signals", "my-plugin", "1.0"], set()),
    ],
)
def test_a_metric_tells_what_it_reads(data: object, kinds: set[str]) -> None:
    assert kinds_in(data) == kinds


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-01-31", datetime(2026, 1, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("2026-01-31T14:00", datetime(2026, 1, 31, 14, tzinfo=UTC)),
        ("2026-01-31T14:00+02:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
    ],
)
def test_a_day_means_its_end_and_an_instant_itself(text: str, at: datetime) -> None:
    assert Moment().convert(text, None, None) == at


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(click.BadParameter, match="write 2026-01-31"):
        Moment().convert("yesterday", None, None)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "—"), ((), "—"), (("a", "b"), "a, b"), (True, "yes"), (date(2026, 1, 2), "2026-01-02"), (7.5, "7.5")],
)
def test_a_previewed_value_is_readable(value: object, text: str) -> None:
    assert word(value) == text


@pytest.mark.parametrize(
    ("version", "ok"),
    [
        ((3, 40, 1), False),
        ((3, 44, 6), True),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((4, 0, 0), True),
    ],
)
def test_sqlite_with_the_wal_reset_fault_is_remarked(version: tuple[int, ...], ok: bool) -> None:
    assert sqlite(version).ok is ok


@pytest.mark.parametrize(
    ("finding", "mark"),
    [
        (Finding(check="login", ok=True, message="fine", fix="none"), "✔ ok"),
        (Finding(check="login", ok=False, message="no", fix="mend it"), "✖ no"),
        (Finding(check="remark on SQLite", ok=False, message="old", fix="renew it"), "! note"),
    ],
)
def test_a_finding_has_a_mark_a_word_and_its_fix(finding: Finding, mark: str) -> None:
    head, *fix = lines(finding)
    assert mark in head
    assert fix == ([] if finding.ok else [f"            → {finding.fix}"])


SPEC = FieldSpec(
    name="health", label="Health", type=FieldType.PICKLIST, help="", options=(("good", "Good"), ("bad", "Bad"))
)


def target(**changes: object) -> TargetField:
    usual = {"name": "health", "label": "Health", "type": FieldType.PICKLIST, "vendor_type": "enumeration/select",
             "writable": True, "options": ("good", "bad", "other")}  # fmt: skip
    return TargetField(**{**usual, **changes})  # type: ignore[arg-type]  # the fields of a TargetField


@pytest.mark.parametrize(
    ("present", "problem"),
    [
        ([target()], None),
        ([], "does not exist"),
        ([target(type=FieldType.NUMBER, vendor_type="number")], "is number, where picklist is needed"),
        ([target(type=None, vendor_type="file")], "is file, where picklist is needed"),
        ([target(writable=False)], "cannot be written"),
        ([target(options=("good",))], "lacks the options bad"),
    ],
)
def test_a_field_that_cannot_serve_says_why(present: list[TargetField], problem: str | None) -> None:
    assert differences([SPEC], present) == [(SPEC, problem)]


def test_a_demo_never_begins_right_before_an_hour_ends() -> None:
    assert start_time(datetime(2026, 3, 2, 9, 58, tzinfo=UTC)).minute == 53
    assert start_time(datetime(2026, 3, 2, 9, 30, tzinfo=UTC)).minute == 30


def test_counts_of_thousands_are_told_apart() -> None:
    assert count(56_344) == "56 344"
