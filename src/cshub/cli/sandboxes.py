"""Vendors' doubles for `demo` and `sandbox`: found by name, served on loopback, filled from a file where one is given.

`cshub.testing` stands above the command line, so it is loaded by name here, as `plugins` loads the built-ins.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, cast

from ..errors import ConfigError

_KIT = f"{__package__.rpartition('.')[0]}.testing.sandbox"


class Served(Protocol):
    """A sandbox on its port."""

    url: str
    port: int

    def stop(self) -> None:
        """Stop listening."""
        ...

    def wait(self) -> None:
        """Serve until the process is told to stop."""
        ...


class Double(Protocol):
    """A vendor's double that is not served yet. `credentials` maps environment variables to the values a client needs."""

    name: str
    credentials: dict[str, str]


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A served double and the environment in which a configuration reaches it. Leaving the `with` block stops it."""

    double: Double
    served: Served

    @property
    def environ(self) -> dict[str, str]:
        """Its credentials, and its address as `<NAME>_URL`."""
        return {**self.double.credentials, f"{self.double.name.upper()}_URL": self.served.url}

    def wait(self) -> None:
        """Serve until the process is told to stop."""
        self.served.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.served.stop()


@dataclass(frozen=True, slots=True)
class RunningSandboxes:
    """Several served doubles of one company. Leaving the `with` block stops them."""

    running: tuple[RunningSandbox, ...]

    @property
    def environ(self) -> dict[str, str]:
        """Everything a configuration needs to reach all of them."""
        return {variable: value for one in self.running for variable, value in one.environ.items()}

    def wait(self) -> None:
        """Serve until the process is told to stop."""
        self.running[0].wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for one in self.running:
            one.served.stop()


def start_company(
    names: Sequence[str], *, port: int = 0, seed: int = 7, customers: int = 500, start: datetime | None = None
) -> RunningSandboxes:
    """Serve the doubles of several vendors as the tools of one company, on ports from `port` on (0: free ones).

    Raises ConfigError for a name nobody offers and for a port in use.
    """
    kit = import_module(_KIT)
    clock = kit.SandboxClock(start) if start is not None else None
    doubles = cast("Sequence[Double]", kit.together(names, seed=seed, customers=customers, clock=clock))
    serve = cast("Callable[[Double, int], Served]", kit.serve)
    running: list[RunningSandbox] = []
    try:
        for place, double in enumerate(doubles):
            running.append(RunningSandbox(double, serve(double, port + place if port else 0)))
    except ConfigError:
        RunningSandboxes(tuple(running)).__exit__(None, None, None)
        raise
    return RunningSandboxes(tuple(running))


def start_sandbox(
    name: str,
    *,
    port: int = 0,
    seed: int = 7,
    customers: int = 500,
    empty: bool = False,
    companies: str | None = None,
    start: datetime | None = None,
) -> RunningSandbox:
    """Make the vendor's double and serve it on 127.0.0.1; port 0 takes a free one, `start` is its first instant.

    `companies` is `FILE:COLUMN`: a company per line of a CSV file, with the column as its id in your product.
    Raises ConfigError for a name nobody offers, a port in use, a file or column that is not there.
    """
    kit = import_module(_KIT)
    options: dict[str, object] = {"seed": seed, "customers": customers, "empty": empty}
    if start is not None:
        options["clock"] = kit.SandboxClock(start)
    if companies is not None:
        options["seed_companies"] = read_companies(companies)
    factory = cast("Callable[..., Double]", kit.find_sandbox(name))
    double = factory(**options)
    serve = cast("Callable[[Double, int], Served]", kit.serve)
    return RunningSandbox(double, serve(double, port))


def read_companies(text: str) -> list[Mapping[str, str]]:
    """The companies of `FILE:COLUMN`, named after their id. Raises ConfigError for what cannot be read."""
    name, colon, column = text.rpartition(":")
    path = Path(os.path.expandvars(name)).expanduser()
    if not colon:
        raise ConfigError(f"{text!r} names no column", where="--companies", hint="write FILE:COLUMN")
    if not path.is_file():
        hint = "set the variable in it, for example CSHUB_SHARED" if "$" in str(path) else "write FILE:COLUMN"
        raise ConfigError(f"there is no file {path}", where="--companies", hint=hint)
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.DictReader(file)
        if column not in (lines.fieldnames or ()):
            known = ", ".join(lines.fieldnames or ())
            raise ConfigError(f"{path.name} has no column {column!r}", where="--companies", hint=f"it has {known}")
        return [{"name": f"Customer {line[column]}", "customer_id": line[column]} for line in lines]
