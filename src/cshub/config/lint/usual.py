"""What is allowed but hardly meant: the wrong unit, good and bad the wrong way round. Told as remarks, and only where the metric says what it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ...model import Aggregate
from ..draft import Draft
from ..result import ConfiguredMetric, QueryMetric
from .domains import answering
from .signals import Placed, ends_of

#: Message and hint, or None.
Remark: TypeAlias = "tuple[str, str] | None"
#: Nobody waits for a first reply by the second: such small ends of a line are hours, or days.
_HOURS = 24
_MONEY = frozenset({"mrr", "amount"})
#: Fewer units of money than this are no revenue a month; more tickets or answers than that are no count.
_TOO_LITTLE, _TOO_MANY = 10, 1000
_RARE = frozenset({"ticket", "response", "deal", "contact"})


def lint_usual(draft: Draft, one: Placed, metric: ConfiguredMetric | None) -> None:
    """Remarks about one signal."""
    if not isinstance(metric, QueryMetric):
        return
    ends = ends_of(one.signal.shape)
    if ends is None:
        return
    for check in _UNITS:
        if found := check(metric, ends[0][0], ends[1][0]):
            _remark(draft, one, found)
            return
    rises = (ends[1][1] - ends[0][1]) * (ends[1][0] - ends[0][0]) > 0
    usual = _is_better_high(metric)
    if usual is not None and usual is not rises:
        better = "more" if usual else "less"
        message = f"good and bad stand the wrong way round: of {one.signal.metric}, {better} is better"
        _remark(draft, one, (message, "swap bad and good, if that is not what you mean"))


def _remark(draft: Draft, one: Placed, found: tuple[str, str]) -> None:
    inside = one.end_key(is_good=False)
    draft.problems.remark(one.place(*inside), (*one.steps, *inside), *found)


def _only(metric: QueryMetric) -> Aggregate | None:
    aggregates = answering(metric.query)
    return aggregates[0] if len(aggregates) == 1 else None


def _survey_scale(metric: QueryMetric, bad: float, good: float) -> Remark:
    if metric.form == "nps" and min(bad, good) >= 0 and max(bad, good) <= 10:
        return "NPS goes from −100 to 100, and this is the scale of a single answer", "like bad: -50, good: 50"
    if metric.form == "csat" and min(bad, good) >= 0 and max(bad, good) <= 5:
        return (
            "CSAT is percent of good answers, 0 to 100, and this is the scale of a single answer",
            "like bad: 50, good: 90",
        )
    return None


def _seconds(metric: QueryMetric, bad: float, good: float) -> Remark:
    one = _only(metric)
    if metric.form in _VALUES and one is not None and (one.value or "").endswith("_s") and max(bad, good) <= _HOURS:
        return (
            f"{one.value} is in seconds, and this looks like hours",
            f"{max(bad, good):g} h are {max(bad, good) * 3600:g} s",
        )
    return None


def _money(metric: QueryMetric, bad: float, good: float) -> Remark:
    one = _only(metric)
    if metric.form not in _VALUES or one is None or one.value not in _MONEY:
        return None
    if max(abs(bad), abs(good)) <= _TOO_LITTLE:
        return f"{one.kind}.{one.value} is money, and this looks like a count", "count: counts rows"
    return None


def _count(metric: QueryMetric, bad: float, good: float) -> Remark:
    one = _only(metric)
    if metric.form == "count" and one is not None and one.kind in _RARE and max(bad, good) >= _TOO_MANY:
        hint = "sum: adds up a column" if one.kind == "deal" else "mend the ends of the line"
        return f"{max(bad, good):g} is much for a count of {one.kind} rows of one customer", hint
    return None


def _days(metric: QueryMetric, bad: float, good: float) -> Remark:
    if metric.form in ("days_since", "days_until") and max(bad, good) >= 86_400:
        return (
            f"{metric.form} gives days, and this looks like seconds",
            f"{max(bad, good):g} s are {max(bad, good) / 86_400:g} d",
        )
    return None


_VALUES = frozenset({"sum", "avg", "min", "max", "latest", "value"})
_UNITS: tuple[Callable[[QueryMetric, float, float], Remark], ...] = (_survey_scale, _seconds, _money, _count, _days)


def _is_better_high(metric: QueryMetric) -> bool | None:
    """Whether more of it is better; None where that depends."""
    one = _only(metric)
    if metric.form in ("nps", "csat"):
        return True
    if metric.form == "days_since":
        return False
    if one is None:
        return None
    if metric.form in ("avg", "min", "max", "latest") and one.value == "rating":
        return True
    if metric.form in ("avg", "max", "latest") and one.value == "first_reply_s":
        return False
    if metric.form == "count" and one.kind == "ticket" and "'urgent'" in (one.where or "").replace('"', "'"):
        return None if "!=" in (one.where or "") or "not" in (one.where or "").split() else False
    return None
