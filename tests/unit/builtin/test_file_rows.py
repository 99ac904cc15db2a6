"""Rows out of CSV and JSON Lines: what lands, what is rejected and with which words."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cshub import ConfigError, PermissionMissing
from cshub.builtin.file.lines import LONGEST_BYTES
from cshub.store.encode import Encoder
from tests.unit.builtin.file_making import HEADER, ids, read, rejects, rows, settings, write


def test_a_line_becomes_a_row_with_its_reference(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "C1,logins,2026-03-01,12\n")
    (row,) = rows(read(tmp_path))
    kind = settings().row_kind
    assert row == kind.row(
        id="C1|logins|2026-03-01",
        changed_at=None,
        name="logins",
        at=datetime(2026, 3, 1, tzinfo=UTC),
        value=12,
        account_external_id="C1",
    )


def test_rows_fit_the_store(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "C1,logins,2026-03-01,12\nC2,,2026-03-02,\n")
    found = rows(
        read(tmp_path, columns={"name": "metric", "seats": {"column": "value", "type": "number"}}, key="company")
    )
    encoded, unfit = Encoder(
        settings().row_kind, {"seats": settings(columns={"seats": {"column": "v", "type": "number"}}).extras["seats"]}
    ).encode(found)
    assert (len(encoded), unfit) == (2, [])


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "c.csv"):
        write(tmp_path, name, f"{name[0]},logins,2026-03-01,1\n")
    (tmp_path / "d.csv").mkdir()
    assert ids(read(tmp_path, key="company")) == ["a", "b", "c"]


def test_the_parts_of_a_key_cannot_be_confused(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "a|b,c,2026-03-01,1\na,b|c,2026-03-01,1\n")
    assert len(set(ids(read(tmp_path)))) == 2


@pytest.mark.parametrize(
    ("line", "id", "reason"),
    [
        ("C2,logins,2026-03-01", "C2|logins|2026-03-01", "has 3 fields where the header has 4"),
        ("C2,logins,2026-03-01,1,2", "C2|logins|2026-03-01", "has 5 fields"),
        ("C2,logins,soon,1", "C2|logins|soon", "day is 'soon', not a time"),
        ("C2,logins,2026-03-01,many", "C2|logins|2026-03-01", "value is 'many', not a number"),
        (",logins,2026-03-01,1", None, "company is empty, and it makes the row's id"),
        ("C1,logins,2026-03-01,9", "C1|logins|2026-03-01", "stands in an earlier line already"),
        ('"C2,logins,2026-03-01,1', None, "is no CSV"),
        ('"C2"x,logins,2026-03-01,1', None, "is no CSV"),
        ("C2,log\0ins,2026-03-01,1", None, "NUL"),
        ("C" * 140_000 + ",logins,2026-03-01,1", None, "field larger than field limit"),
        ("C" * (LONGEST_BYTES * 2) + ",logins,2026-03-01,1", None, "longer than 1024 KiB|field limit"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_broken_line_is_rejected_and_the_others_land(tmp_path: Path, line: str, id: str | None, reason: str) -> None:
    write(tmp_path, "a.csv", f"C1,logins,2026-03-01,1\n{line}\nC3,logins,2026-03-01,3\n")
    pages = read(tmp_path)
    assert [each[:2] for each in ids(pages)] == ["C1", "C3"]
    (reject,) = rejects(pages)
    assert reject.id == id
    assert reject.reason.startswith("a.csv line 3: ")
    assert re.search(reason, reject.reason)
    assert reject.payload.startswith(line[:20])


def test_a_field_may_hold_line_ends_and_quotes(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", 'C1,"two\nlines, ""quoted""",2026-03-01,1\nC2,logins,never,1\n')
    pages = read(tmp_path, key="company")
    assert rows(pages)[0][2] == 'two\nlines, "quoted"'
    assert "line 4" in rejects(pages)[0].reason


def test_bytes_that_are_no_text_reject_their_line_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "a.csv", "")
    path.write_bytes(HEADER.encode() + b"C1,caf\xe9,2026-03-01,1\nC2,logins,2026-03-01,1\n")
    pages = read(tmp_path, key="company")
    assert ids(pages) == ["C2"]
    assert "metric holds bytes that are not text" in rejects(pages)[0].reason
    assert ids(read(tmp_path, key="company", encoding="cp1252")) == ["C1", "C2"]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(
        b"\xef\xbb\xbf" + HEADER.replace("\n", "\r\n").encode() + b"C1,x,2026-03-01,1\r\n\r\n"
    )
    assert ids(read(tmp_path, key="company")) == ["C1"]


def test_another_delimiter_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEADER.replace(",", ";") + "C1;x;2026-03-01;1\n")
    (tmp_path / "b.tsv").write_text(HEADER.replace(",", "\t") + "C2\tx\t2026-03-01\t1\n")
    assert ids(read(tmp_path, key="company", delimiter=";")) == ["C1"]
    assert ids(read(tmp_path, key="company", path="*.tsv")) == ["C2"]


def test_json_lines_bring_their_own_types(tmp_path: Path) -> None:
    lines = (
        '{"company": "C1", "metric": "logins", "day": "2026-03-01", "value": 12.5, "other": [1]}',
        "",
        '{"company": 7, "metric": null, "day": null}',
        '{"company": "C3", "value": true}',
        '{"company": "C4", "value": 1',
        '["a list"]',
        '{"company": "C5", "value": NaN}',
    )
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    pages = read(tmp_path, path="*.jsonl", key="company")
    assert [(row[0], row[4]) for row in rows(pages)] == [("C1", 12.5), ("7", None)]
    reasons = [reject.reason.partition(": ")[2][:18] for reject in rejects(pages)]
    assert reasons == ["value is a JSON tr", "is no JSON: unexpe", "is a JSON list, no", "is no JSON: unexpe"]
    assert "a.jsonl line 4" in rejects(pages)[0].reason


def test_a_column_that_the_file_lacks_is_named_with_those_it_has(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("company;metric\n")
    with pytest.raises(ConfigError, match=r"crm.events: a.csv: has no column 'company', .* it has 'company;metric'"):
        read(tmp_path)


def test_a_header_that_names_a_column_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("company,company\n")
    with pytest.raises(ConfigError, match="names 'company' twice"):
        read(tmp_path)


def test_a_pattern_that_fits_no_file_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no file is named '\*.csv'") as error:
        read(tmp_path)
    assert str(tmp_path) in str(error.value)


def test_a_file_that_may_not_be_read_is_a_missing_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.csv", "C1,logins,2026-03-01,1\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read anything, so the system cannot be asked to refuse
    with pytest.raises(PermissionMissing, match=r"a\.csv may not be read"):
        read(tmp_path)
