"""What a contract suite needs to know about a connector: where its vendor's double is, and how a person edits records there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from ...connector import Connector
from ..clock import ManualClock
from ..sandbox import Fault, FaultKind, Sandbox, SandboxClock, Vendor


class World(Protocol):
    """One fresh account of the vendor, or whatever stands for it, made for one rule.

    `settings` is the connection's block as the YAML would give it, secrets as plain text; `folder` is where its relative
    paths start. `sandbox` is None for what is not asked over HTTP.
    """

    settings: Mapping[str, object]
    folder: str
    sandbox: Sandbox[Vendor] | None

    def editable(self) -> Mapping[str, str]:
        """The streams whose records a person can edit here, each with the column or extra field that shows a text."""
        ...

    def add(self, stream: str, text: str | None) -> str:
        """A person makes a record with this text; returns the id of its row."""
        ...

    def edit(self, stream: str, id: str, text: str) -> None:
        """A person changes the text of a record."""
        ...

    def remove(self, stream: str, id: str) -> None:
        """A person deletes a record."""
        ...

    def spoil(self, stream: str) -> None:
        """One record of the stream can no longer be understood."""
        ...


class Harness(Protocol):
    """What a suite is given: a connector and worlds for it. Equal clocks make equal worlds."""

    @property
    def connector(self) -> Connector[Any]:
        """The connector under test."""
        ...

    def world(self, clock: ManualClock, folder: Path) -> World:
        """A fresh world; `folder` is empty and may be used. Time passes in it as `clock` says."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """How a person edits the records of a stream: the sandbox's `object`, its field `text`, and the column that shows it.

    `values` are what a new record needs besides.
    """

    object: str
    text: str
    shows: str
    values: Mapping[str, str] = field(default_factory=dict)


class SandboxWorld:
    """A sandbox as a world. Where a vendor's people act on something else than its rows, a class of its own says what they do."""

    folder = "."

    def __init__(self, harness: SandboxHarness, sandbox: Sandbox[Any]) -> None:
        self._harness = harness
        self.sandbox: Sandbox[Any] | None = sandbox
        self._sandbox = sandbox
        self.settings = harness.settings(sandbox.credentials)

    def editable(self) -> Mapping[str, str]:
        return {stream: edit.shows for stream, edit in self._harness.edits.items()}

    def add(self, stream: str, text: str | None) -> str:
        edit = self._harness.edits[stream]
        values = {**edit.values, **({} if text is None else {edit.text: text})}
        return str(self._sandbox.vendor.add(edit.object, values))

    def edit(self, stream: str, id: str, text: str) -> None:
        edit = self._harness.edits[stream]
        self._sandbox.vendor.edit(edit.object, id, {edit.text: text})

    def remove(self, stream: str, id: str) -> None:
        self._sandbox.vendor.remove(self._harness.edits[stream].object, id)

    def spoil(self, stream: str) -> None:
        on = self._harness.bad_row_on.get(stream, "*")
        self._sandbox.faults.add(Fault(kind=FaultKind.BAD_ROW, on=on, times=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxHarness:
    """A connector with its vendor's sandbox.

    `sandbox` makes a fresh one, with a few pages of records and no limits, by the clock it is given; `settings` makes the
    connection's block of the sandbox's credentials; `edits` says by stream how a person edits. `bad_row_on` is the path
    pattern (as in `Fault.on`) of the list in which a record can be spoiled, by stream, where it is not every list. `worlds`
    makes a world of a sandbox, where a plain `SandboxWorld` does not do.
    """

    connector: Connector[Any]
    sandbox: Callable[[SandboxClock], Sandbox[Any]]
    settings: Callable[[Mapping[str, str]], Mapping[str, object]]
    edits: Mapping[str, Edit]
    bad_row_on: Mapping[str, str] = field(default_factory=dict)
    worlds: Callable[[SandboxHarness, Sandbox[Any]], World] = SandboxWorld

    def world(self, clock: ManualClock, folder: Path) -> World:
        """A fresh sandbox."""
        time = SandboxClock(clock.now(), ticking=False)
        clock.follow(time.advance)
        return self.worlds(self, self.sandbox(time))
