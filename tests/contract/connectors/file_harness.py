"""A folder with a CSV file as a vendor: what a person does to records, done to lines."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cshub import Connector
from cshub.builtin.file import CONNECTOR
from cshub.testing import ManualClock
from cshub.testing.sandbox import Sandbox, Vendor

FIELDS = ("id", "company", "what", "day", "value")
LINES = 2_300
BROKEN = "no,record"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHarness:
    """The file connector in one of its modes."""

    mode: str
    connector: Connector[Any] = CONNECTOR

    def world(self, clock: ManualClock, folder: Path) -> FileWorld:
        return FileWorld(self.mode, clock, folder)


class FileWorld:
    """One file of events. What replaces is written anew; what grows gets lines added, for changes too."""

    sandbox: Sandbox[Vendor] | None = None

    def __init__(self, mode: str, clock: ManualClock, folder: Path) -> None:
        self.folder = str(folder)
        self.settings: Mapping[str, object] = {
            "path": "*.csv",
            "kind": "event",
            "key": "id",
            "mode": mode,
            "columns": {"account.external_id": "company", "name": "what", "at": "day", "value": "value"},
        }
        self._grows = mode == "append"
        self._clock = clock
        self._path = folder / "events.csv"
        self._lines = {str(number): self._line(str(number), f"event {number}") for number in range(LINES)}
        self._broken = ""
        self._write_all()

    def editable(self) -> Mapping[str, str]:
        return {"events": "name"}

    def add(self, stream: str, text: str | None) -> str:
        id = f"made-{len(self._lines)}"
        self.edit(stream, id, text or "")
        return id

    def edit(self, stream: str, id: str, text: str) -> None:
        self._lines[id] = self._line(id, text)
        self._write(self._lines[id])

    def remove(self, stream: str, id: str) -> None:
        del self._lines[id]
        self._write_all()

    def spoil(self, stream: str) -> None:
        self._broken = BROKEN
        self._write([BROKEN])

    def _line(self, id: str, text: str) -> list[str]:
        return [id, f"C{len(id)}", text, "2026-03-01", "1"]

    def _write(self, line: list[str]) -> None:
        if not self._grows:
            self._write_all()
            return
        with self._path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(line)
        self._touch()

    def _write_all(self) -> None:
        with self._path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([FIELDS, *self._lines.values()])
            file.write(f"{self._broken}\n" if self._broken else "")
        self._touch()

    def _touch(self) -> None:
        """The file changed at the time of this world."""
        now = self._clock.now().timestamp()
        os.utime(self._path, (now, now))
