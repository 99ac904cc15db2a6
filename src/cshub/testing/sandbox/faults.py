"""The seeded plan of what goes wrong, when and how often. How each fault looks on the wire is in `havoc.py`."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase

from ...errors import ConfigError
from .wire import JSON


class FaultKind(StrEnum):
    """What can go wrong. The vendor's own words are used where it has some (limits, errors, missing rights)."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNAUTHORIZED = "unauthorized"
    MISSING_SCOPE = "missing_scope"
    NAMED = "named"
    RESET = "reset"
    TRUNCATED = "truncated"
    HTML = "html"
    EMPTY = "empty"
    WRONG_TYPE = "wrong_type"
    BAD_ROW = "bad_row"
    SAME_CURSOR = "same_cursor"
    FOREIGN_NEXT = "foreign_next"
    SLOW_HEADERS = "slow_headers"
    SLOW_BODY = "slow_body"
    GZIP_BOMB = "gzip_bomb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong on requests whose `METHOD path` fits `on` (shell wildcards).

    Of the fitting requests the first `skip` are left alone, then each is struck with `probability`, `times` times at
    most (None: for ever). `carried_out` lets the request take effect before it fails, as a lost answer does.
    `seconds` is the pause per step of the slow kinds, `size` the decompressed bytes of the bomb, `retry_after` the
    header's text as it is, `status` the number of a server error, `row` the place of the spoiled row, `name` one of the
    vendor's own errors for the kind `named`, as its double lists them.
    """

    kind: FaultKind
    on: str = "*"
    probability: float = 1.0
    skip: int = 0
    times: int | None = None
    carried_out: bool = False
    retry_after: str | None = None
    seconds: float = 1.0
    size: int = 256 * 1024 * 1024
    status: int = 503
    row: int = 0
    name: str = ""

    def fits(self, method: str, path: str) -> bool:
        """Whether this fault may strike the request."""
        return fnmatchcase(f"{method} {path}", self.on) or fnmatchcase(path, self.on)


class FaultPlan:
    """The faults in force. Equal seeds and equal requests give equal faults."""

    def __init__(self, seed: int = 7) -> None:
        self._random = random.Random(seed)
        self._faults: list[Fault] = []
        self._met: Counter[int] = Counter()
        self._struck: Counter[int] = Counter()

    def add(self, *faults: Fault) -> None:
        """Put faults in force, behind those already there."""
        self._faults.extend(faults)

    def clear(self) -> None:
        """End all faults and forget how often they struck."""
        self._faults.clear()
        self._met.clear()
        self._struck.clear()

    def draw(self, method: str, path: str) -> Fault | None:
        """The first fault that strikes this request, None when it is spared."""
        for place, fault in enumerate(self._faults):
            if fault.fits(method, path) and self._strikes(place, fault):
                self._struck[place] += 1
                return fault
        return None

    def struck(self, kind: FaultKind | None = None) -> int:
        """How many requests were struck so far, by any fault or by one kind."""
        return sum(self._struck[place] for place, fault in enumerate(self._faults) if kind in (None, fault.kind))

    def __len__(self) -> int:
        return len(self._faults)

    def _strikes(self, place: int, fault: Fault) -> bool:
        self._met[place] += 1
        if self._met[place] <= fault.skip:
            return False
        if fault.times is not None and self._struck[place] >= fault.times:
            return False
        return fault.probability >= 1 or self._random.random() < fault.probability


Profile = Callable[[], Iterable[Fault]]

#: Named mixtures, as `profile()` and the control path know them.
PROFILES: dict[str, Profile] = {
    "storm": lambda: [Fault(kind=FaultKind.RATE_LIMITED, times=20)],
    "storm_with_retry_after": lambda: [Fault(kind=FaultKind.RATE_LIMITED, times=5, retry_after="1")],
    "flaky": lambda: [Fault(kind=FaultKind.SERVER_ERROR, probability=0.3)],
    "resets": lambda: [Fault(kind=FaultKind.RESET, probability=0.2)],
    "lost_answers": lambda: [Fault(kind=FaultKind.RESET, probability=0.2, carried_out=True)],
    "bad_bodies": lambda: [
        Fault(kind=kind, probability=0.1)
        for kind in (FaultKind.TRUNCATED, FaultKind.HTML, FaultKind.EMPTY, FaultKind.WRONG_TYPE)
    ],
    "slow": lambda: [
        Fault(kind=FaultKind.SLOW_HEADERS, probability=0.1, seconds=0.2),
        Fault(kind=FaultKind.SLOW_BODY, probability=0.1, seconds=0.2),
    ],
    "mixed": lambda: [
        Fault(kind=FaultKind.SERVER_ERROR, probability=0.02),
        Fault(kind=FaultKind.RESET, probability=0.01),
        Fault(kind=FaultKind.RATE_LIMITED, probability=0.01, retry_after="1"),
        Fault(kind=FaultKind.TRUNCATED, probability=0.01),
    ],
}


def profile(name: str) -> list[Fault]:
    """The faults of a named mixture. Raises ConfigError, naming those there are, for an unknown name."""
    if name not in PROFILES:
        raise ConfigError(f"no fault profile named {name!r}", hint=f"there are {', '.join(PROFILES)}")
    return list(PROFILES[name]())


def fault_from_json(data: JSON) -> list[Fault]:
    """Faults from a control request: `{"profile": name}`, or the fields of one `Fault`."""
    if not isinstance(data, dict):
        raise ConfigError("a fault is an object with `kind`, or with `profile`")
    if "profile" in data:
        return profile(str(data["profile"]))
    unknown = set(data) - {field.name for field in fields(Fault)}
    if unknown or data.get("kind") not in set(FaultKind):
        raise ConfigError(f"not a fault: {data}", hint=f"kind is one of {', '.join(FaultKind)}")
    values = {key: value for key, value in data.items() if key != "kind"}
    return [Fault(kind=FaultKind(str(data["kind"])), **values)]  # type: ignore[arg-type]  # checked by name, test input
