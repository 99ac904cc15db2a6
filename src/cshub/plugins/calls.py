"""Calls of plugins while a run goes on: the input frozen, the answer checked, a failing batch repeated one by one."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias, TypeVar

from ..model import (
    MICRO,
    Adjustment,
    Adjustments,
    CustomerView,
    FunctionMetric,
    Model,
    Reading,
    RunReport,
    Scalar,
    Scorecard,
    Scored,
    Status,
)
from .guard import Failure, WrongAnswer, guarded
from .owner import Owner

Batch: TypeAlias = Sequence[tuple[str, Mapping[str, Reading]]]
K = TypeVar("K")
V = TypeVar("V")
#: No score has more points than this, so no sensible adjustment has.
_MOST_POINTS = 1000.0
_LONGEST_TEXT = 1000
#: A model gives the raw sum, which is clamped afterwards; beyond this it is not a sum of points but a slip.
_MOST_SUM = 100_000


def adjust_with(
    owner: Owner, call: Callable[[Sequence[Scored]], object], batch: Sequence[Scored]
) -> tuple[Adjustments, list[Failure]]:
    """One plugin's adjustments sorted by name and customer, and its failures."""
    found = _adjust(owner, call, batch, customer=None)
    if not isinstance(found, Failure):
        return _ordered(found), []
    if len(batch) == 1:
        return (), [replace(found, customer=batch[0].customer)]
    answers = [_adjust(owner, call, [scored], customer=scored.customer) for scored in batch]
    good = [adjustment for answer in answers if not isinstance(answer, Failure) for adjustment in answer]
    # A batch that fails while each of its customers succeeds alone is no failure any more.
    return _ordered(good), [answer for answer in answers if isinstance(answer, Failure)]


def _adjust(
    owner: Owner, call: Callable[[Sequence[Scored]], object], batch: Sequence[Scored], *, customer: str | None
) -> Adjustments | Failure:
    frozen = tuple(_frozen(scored) for scored in batch)
    return guarded(owner, "adjust_scores", lambda: _adjustments(call(frozen), frozen), customer=customer)


def _ordered(adjustments: Adjustments) -> Adjustments:
    return sorted(adjustments, key=lambda one: (one.name, one.customer))


def _frozen(scored: Scored) -> Scored:
    """A copy of its own for each plugin: what one does to it, the next does not see."""
    return replace(scored, drivers=tuple(scored.drivers), readings=_read_only(scored.readings))


def _read_only(mapping: Mapping[K, V]) -> Mapping[K, V]:
    return MappingProxyType(dict(mapping))


def _adjustments(answer: object, batch: Sequence[Scored]) -> Adjustments:
    if answer is None:
        return ()
    if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
        raise WrongAnswer(f"returned {type(answer).__name__}, which is no list of Adjustment")
    customers = {scored.customer for scored in batch}
    checked: list[Adjustment] = [_adjustment(item, customers) for item in answer]
    counts = Counter((item.customer, item.name) for item in checked)
    if twice := [key for key, count in counts.items() if count > 1]:
        raise WrongAnswer(f'returned two adjustments named "{twice[0][1]}" for {twice[0][0]}')
    return checked


def _adjustment(item: object, customers: set[str]) -> Adjustment:
    if not isinstance(item, Adjustment):
        raise WrongAnswer(f"returned a {type(item).__name__} among its adjustments")
    if item.customer not in customers:
        raise WrongAnswer(f"returned an adjustment for {item.customer!r}, who is not in the batch")
    labels: tuple[object, ...] = (item.name, item.text)
    if not all(isinstance(label, str) and label for label in labels):
        raise WrongAnswer("returned an adjustment without a name or a text")
    if item.points is None and item.cap is None:
        raise WrongAnswer(f'returned adjustment "{item.name}" with neither points nor cap')
    for what, number in (("points", item.points), ("cap", item.cap)):
        if number is not None and not _sane(number):
            raise WrongAnswer(f'returned adjustment "{item.name}" with {what} = {number!r}')
    return item


def _sane(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return False
    return math.isfinite(number) and abs(number) <= _MOST_POINTS


def score_with(owner: Owner, model: Model, card: Scorecard, batch: Batch) -> tuple[list[Scored | None], list[Failure]]:
    """One score per customer, in order, None where the model failed."""
    call = f"model {model.name}"
    frozen = tuple((customer, _read_only(readings)) for customer, readings in batch)
    found = guarded(owner, call, lambda: _scores(model.score(card, frozen), frozen))
    if not isinstance(found, Failure):
        return list(found), []
    scores: list[Scored | None] = []
    failures: list[Failure] = []
    for one in frozen:
        answer = _score_one(owner, model, card, one)
        scores.append(None if isinstance(answer, Failure) else answer)
        failures += [answer] if isinstance(answer, Failure) else []
    return scores, failures


def _score_one(owner: Owner, model: Model, card: Scorecard, one: tuple[str, Mapping[str, Reading]]) -> Scored | Failure:
    def work() -> Scored:
        return _scores(model.score(card, (one,)), (one,))[0]

    return guarded(owner, f"model {model.name}", work, customer=one[0])


def _scores(answer: object, batch: Batch) -> Sequence[Scored]:
    if isinstance(answer, (str, bytes, Mapping)) or not isinstance(answer, Iterable):
        raise WrongAnswer(f"returned {type(answer).__name__}, which is no list of Scored")
    scores = [_checked(item) for item in answer]
    if len(scores) != len(batch):
        raise WrongAnswer(f"returned {len(scores)} scores for {len(batch)} customers")
    for scored, (customer, _) in zip(scores, batch, strict=True):
        if scored.customer != customer:
            raise WrongAnswer(f"returned a score for {scored.customer!r} in the place of {customer!r}")
    return scores


def _checked(item: object) -> Scored:
    if not isinstance(item, Scored):
        raise WrongAnswer(f"returned a {type(item).__name__} among its scores")
    if not _sane(item.coverage) or not 0 <= item.coverage <= 1:
        raise WrongAnswer(f"returned coverage = {item.coverage!r}, which is no share from 0 to 1")
    if item.micro is None:
        return item
    if isinstance(item.micro, bool) or not isinstance(item.micro, int):
        raise WrongAnswer(f"returned micro = {item.micro!r}, which is no whole number of micro-points")
    if abs(item.micro) > _MOST_SUM * MICRO:
        raise WrongAnswer(f"returned {item.micro / MICRO:g} points, which is no score")
    if sum(driver.micro for driver in item.drivers) != item.micro:
        raise WrongAnswer("returned drivers that do not add up to the score")
    return item


def read_with(owner: Owner, metric: FunctionMetric, views: Sequence[CustomerView], *, name: str) -> list[Reading]:
    """One reading per view; what the function raises or returns amiss is a reading with an error."""
    return [_read(owner, metric, view, name) for view in views]


def _read(owner: Owner, metric: FunctionMetric, view: CustomerView, name: str) -> Reading:
    frozen = replace(view, rows=_read_only({kind: tuple(map(_read_only, rows)) for kind, rows in view.rows.items()}))
    call = f"metric {metric.name}"
    found = guarded(owner, call, lambda: _scalar(metric.function(frozen)), customer=view.customer)
    until = view.as_of + metric.valid_for
    if isinstance(found, Failure):
        return Reading(metric=name, value=None, status=Status.ERROR, valid_until=until, note=found.message)
    status = Status.MISSING if found is None else Status.OK
    return Reading(metric=name, value=found, status=status, valid_until=until)


def _scalar(answer: object) -> Scalar:
    if answer is None or isinstance(answer, bool):
        return answer
    if isinstance(answer, (int, float)) and math.isfinite(answer):
        return answer
    if isinstance(answer, str) and len(answer) <= _LONGEST_TEXT:
        return answer
    if isinstance(answer, datetime) and answer.tzinfo is not None:
        return answer
    shown = repr(answer) if isinstance(answer, (int, float)) else f"a {type(answer).__name__}"
    raise WrongAnswer(
        f"returned {shown[:40]}; a metric is a finite number, a short text, a flag, an aware datetime or None"
    )


def notify(observers: Iterable[tuple[Owner, Callable[[RunReport], object]]], report: RunReport) -> list[Failure]:
    """Tell each observer; the failures of those that failed."""
    answers = [guarded(owner, "run_finished", lambda call=call: call(report)) for owner, call in observers]  # type: ignore[misc]  # a default binds the loop's own call
    return [answer for answer in answers if isinstance(answer, Failure)]
