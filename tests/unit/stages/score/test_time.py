"""When a score falls due, what an unchanged one leaves alone, and what becomes of old history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cshub.errors import Interrupted
from cshub.model import CustomerView, FunctionMetric, Scalar
from tests.unit.stages.score.scored import DAY1, Scored, card, fail_tickets


def metric(scored: Scored, value: Scalar, valid_for: timedelta = timedelta(days=1)) -> None:
    """The function metric gives this value."""

    def give(view: CustomerView) -> Scalar:
        return value

    scored.metrics["unseen"] = FunctionMetric(name="unseen", doc="", needs=(), function=give, valid_for=valid_for)


@pytest.mark.parametrize("value", [3, 3.0, 0.1 + 0.2, -0.0, True, "text", None, DAY1.replace(microsecond=1500)])
def test_an_unchanged_score_is_not_saved_again_whatever_its_metrics_give(scored: Scored, value: Scalar) -> None:
    scored.world.account("crm", "1")
    metric(scored, value)
    scored.score()
    seq = scored.world.seq()
    tally = scored.score(everybody=True)
    assert (tally.saved, tally.kept) == (0, 1)
    assert scored.world.seq() == seq
    assert scored.of("crm:1").readings["unseen"].value == value


def test_an_answer_that_holds_for_no_time_is_asked_for_every_hour(scored: Scored) -> None:
    scored.world.account("crm", "1")
    metric(scored, 1, timedelta(0))
    scored.score()
    assert scored.score().due == 0
    scored.as_of += timedelta(hours=1)
    assert scored.score().due == 1


def test_a_reading_is_due_at_the_very_instant_until_which_it_holds(scored: Scored) -> None:
    scored.world.account("crm", "1")
    metric(scored, 1, timedelta(hours=2))
    scored.score()
    assert scored.of("crm:1").valid_until == DAY1 + timedelta(hours=2)
    scored.as_of = DAY1 + timedelta(hours=1)
    assert scored.score().due == 0
    scored.as_of = DAY1 + timedelta(hours=2)
    assert scored.score().due == 1


def test_the_text_of_a_scorecard_is_there_before_its_first_score(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.card = card(text="{}", hash="new")
    scored.score(customers=["crm:1"])
    assert scored.of("crm:1").scorecard_hash == "new"
    assert scored.world.store.scores.scorecard_text("new") == "{}"


def test_a_scoring_that_is_stopped_leaves_everybody_due(scored: Scored) -> None:
    scored.world.account("crm", "1")
    with pytest.raises(Interrupted):
        scored.score(stopping=lambda: True)
    assert scored.score().saved == 1


def test_a_scoring_cut_off_after_saving_is_finished_by_the_next_without_saving_again(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    with scored.world.store.db.transaction() as tx:  # as if killed before the watermark was set
        tx.run("delete from watermark where stage = 'score'")
    tally = scored.score()
    assert (tally.due, tally.saved, tally.kept) == (1, 0, 1)


def test_the_age_of_the_data_is_renewed_with_a_score_that_holds_and_told_once_a_day(scored: Scored) -> None:
    scored.world.account("crm", "1")
    metric(scored, 1, timedelta(0))
    read_tickets(scored, DAY1)
    scored.score()
    seqs = []
    for hours in (1, 2, 24, 25):
        scored.as_of = DAY1 + timedelta(hours=hours)
        read_tickets(scored, scored.as_of)
        scored.score()
        assert scored.of("crm:1").data_as_of == scored.as_of
        seqs.append(scored.world.all("select seq from score")[0][0])
    assert seqs[0] == seqs[1] != seqs[2] == seqs[3]


def test_a_stream_that_is_no_longer_configured_holds_nothing_back(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    fail_tickets(scored)
    scored.streams = frozenset({"crm.account"})
    scored.ticket("t1", "1")
    scored.as_of = DAY1 + timedelta(days=3)
    scored.score()
    assert scored.of("crm:1").readings["urgent_open"].value == 1
    assert scored.of("crm:1").stale == ()


def test_old_history_keeps_the_last_score_of_each_day(scored: Scored) -> None:
    scored.world.account("crm", "1")
    for day in (0, 1, 37):
        for hour in (0, 1, 14):
            scored.as_of = DAY1 + timedelta(days=day, hours=hour)
            metric(scored, float(day * 24 + hour))
            scored.score(everybody=True)
    kept = [at for (at,) in scored.world.all("select as_of from score_history order by as_of")]
    wanted = [DAY1 + timedelta(days=day, hours=hour) for day, hour in ((0, 14), (1, 14), (37, 0), (37, 1), (37, 14))]
    assert kept == [ms(at) for at in wanted]


def test_history_is_kept_by_the_hour_for_thirty_five_days(scored: Scored) -> None:
    scored.world.account("crm", "1")
    for hours in (0, 1, 34 * 24):
        scored.as_of = DAY1 + timedelta(hours=hours)
        metric(scored, float(hours))
        scored.score(everybody=True)
    assert scored.world.all("select count(*) from score_history") == [(3,)]


def test_a_customer_that_comes_back_is_scored_with_the_facts_of_today(scored: Scored) -> None:
    scored.world.account("crm", "1")
    scored.score()
    before = scored.of("crm:1")
    scored.world.account("crm", "1", type="Former")
    scored.ticket("t1", "1")
    assert scored.score().due == 0
    assert scored.of("crm:1") == before
    scored.world.account("crm", "1")
    scored.score()
    assert scored.of("crm:1").micro != before.micro


def test_a_scorecard_that_returns_scores_everybody_again(scored: Scored) -> None:
    scored.world.account("crm", "1")
    first = scored.card
    scored.score()
    scored.card = replace(first, hash="other")
    scored.score()
    scored.card = first
    assert scored.score().due == 1


def read_tickets(scored: Scored, at: datetime) -> None:
    """The ticket stream was read well at an instant."""
    with scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into stream_state (connection, stream, kind, shape, last_ok_at) "
            "values ('crm', 'ticket', 'ticket', '', :at) on conflict do update set last_ok_at = :at",
            {"at": ms(at)},
        )


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)
