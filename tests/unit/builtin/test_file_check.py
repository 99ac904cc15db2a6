"""`doctor` on a file connection: whether there are files and their columns are those of the settings."""

from __future__ import annotations

from pathlib import Path

from cshub import Check
from cshub.builtin.file.connector import Files
from tests.unit.builtin.file_making import context, settings, write


def check(folder: Path) -> Check:
    return Files(settings(), context(folder=str(folder))).check()


def test_each_file_has_its_line(tmp_path: Path) -> None:
    write(tmp_path, "a.csv", "C1,logins,2026-03-01,1\n")
    (tmp_path / "b.csv").write_text("company\n")
    findings = check(tmp_path).findings
    assert [(finding.check, finding.ok) for finding in findings] == [("a.csv", True), ("b.csv", False)]
    assert findings[1].fix


def test_no_file_is_a_finding_and_no_failure(tmp_path: Path) -> None:
    (finding,) = check(tmp_path).findings
    assert not finding.ok
    assert "*.csv" in finding.message


def test_what_it_looks_at_is_named(tmp_path: Path) -> None:
    assert check(tmp_path).org == "*.csv"
