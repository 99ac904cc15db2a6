"""What customers are compared with: the answers of all active customers, peer group by peer group. Exact, whatever the order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...model import Peers, Reading, Scalar, Status
from ...scoring.rounding import NANO, half_up, to_nano

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One customer's answer before it is compared; `group` tells peers from others, `weight` how much stands behind the answer."""

    metric: str
    reading: Reading
    group: Scalar
    weight: Scalar = None

    @property
    def nano(self) -> int | None:
        """The answer in whole 1e-9, if there is one."""
        value = self.reading.value
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return to_nano(value) if is_number and self.reading.status is Status.OK else None  # type: ignore[arg-type]  # a number, as told


@dataclass(slots=True)
class _Group:
    """The peers of one group: their answers, and their sum by weight."""

    values: list[int] = field(default_factory=list)
    total: int = 0
    weight: int = 0


class Peerage:
    """All answers that answers are compared with."""

    def __init__(self, declared: Mapping[str, Peers], standings: Iterable[Standing], as_of: datetime) -> None:
        self._declared = declared
        self._midnight = as_of.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
        self._groups: defaultdict[tuple[str, type, Scalar], _Group] = defaultdict(_Group)
        for one in standings:
            nano = one.nano
            if nano is not None:
                group = self._groups[_key(one)]
                group.values.append(nano)
                weight = one.weight if isinstance(one.weight, int) else 1
                group.total += weight * nano
                group.weight += weight
        for group in self._groups.values():
            group.values.sort()

    def compared(self, one: Standing) -> Reading:
        """The reading of one customer among its peers. It holds until midnight, because others change too."""
        peers, nano = self._declared[one.metric], one.nano
        if nano is None:
            return one.reading
        if peers.by is not None and one.group is None:
            return _missing(one.reading, "it is not known who its peers are")
        until = min(self._midnight, one.reading.valid_until or self._midnight)
        group = self._groups[_key(one)]
        if peers.ask == "shrink":
            return replace(one.reading, value=_shrunk(one, nano, group, peers.k), valid_until=until)
        if len(group.values) < peers.least:
            few = f"only {len(group.values)} peers have a value; a rank needs {peers.least}"
            return replace(_missing(one.reading, few), valid_until=until)
        below, not_above = bisect_left(group.values, nano), bisect_right(group.values, nano)
        rank = half_up((below + not_above) * 50 * NANO, len(group.values)) / NANO
        return replace(one.reading, value=rank, note=None, valid_until=until)


def _key(one: Standing) -> tuple[str, type, Scalar]:
    return one.metric, type(one.group), one.group


def _shrunk(one: Standing, nano: int, group: _Group, k: int) -> float:
    """(n·x + k·mean)/(n + k), the mean over all that stands behind the group."""
    n = one.weight if isinstance(one.weight, int) else 1
    return half_up(n * nano * group.weight + k * group.total, (n + k) * group.weight) / NANO


def _missing(reading: Reading, note: str) -> Reading:
    return replace(reading, value=None, status=Status.MISSING, note=note)
