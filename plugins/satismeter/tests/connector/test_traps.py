"""The traps of survey tools and of reading in general, each under its name (S6: the hidden default window)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cshub import AnswerError, RateLimited, StoreError, VendorTrouble
from cshub.testing import ManualClock
from cshub_satismeter.settings import SatisMeterSettings
from cshub_satismeter.streams import streams

from .conftest import ORDERS, PROJECT, Project, Reader, comment, hex24, nps, question

DAY_S = 86_400


def test_m1_an_edited_rating_is_the_same_row_with_another_value(project: Project, reader: Reader) -> None:
    id = project.add(nps(3))
    reader.pull()
    project.clock.advance(3 * DAY_S)
    project.responses[id]["answers"] = [nps(9)]
    reader.pull()
    assert reader.values == {f"{id}:{question(1)}": 9}


def test_m1_an_answer_completed_days_later_arrives(project: Project, reader: Reader) -> None:
    id = project.add(comment("later, maybe"))
    reader.pull()
    assert reader.rows == {}
    project.clock.advance(5 * DAY_S)
    project.responses[id]["answers"] = [comment("now"), nps(10)]
    reader.pull()
    assert reader.values == {f"{id}:{question(1)}": 10}


def test_m1_an_answer_edited_after_the_window_arrives_with_the_next_refresh(project: Project, reader: Reader) -> None:
    id = project.add(nps(3))
    reader.pull()
    project.clock.advance(40 * DAY_S)
    reader.pull()
    project.responses[id]["answers"] = [nps(9)]
    project.clock.advance(6 * DAY_S)
    reader.pull()
    assert list(reader.values.values()) == [3], "neither the window nor the refresh has come to it"
    project.clock.advance(DAY_S)
    reader.pull()
    assert list(reader.values.values()) == [9]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("body", [None, {"errors": [{"title": "Please slow down"}]}])
def test_m1_passing_trouble_does_not_end_a_reading(project: Project, reader: Reader, status: int, body: object) -> None:
    project.add(nps(7))
    project.instead = [(status, body)] * 3
    reader.pull()
    assert list(reader.values.values()) == [7]
    assert project.clock.waited_s >= 1 + 2 + 4


def test_m1_the_same_rating_by_two_people_is_two_rows(project: Project, reader: Reader) -> None:
    ids = {f"{project.add(nps(9))}:{question(1)}" for _ in range(2)}
    reader.pull()
    assert set(reader.rows) == ids


def test_s6_a_first_reading_goes_back_to_the_beginning(project: Project, reader: Reader) -> None:
    old = project.add(nps(2), at=datetime(2014, 3, 1, tzinfo=UTC))
    new = project.add(nps(8))
    reader.pull()
    assert set(reader.rows) == {f"{old}:{question(1)}", f"{new}:{question(1)}"}
    project.clock.advance(DAY_S)
    reader.pull()
    reader.ids()
    assert all({"startDate", "endDate"} <= asked.keys() for asked in project.asked)
    assert project.asked[0]["startDate"] < "2010-01-01T00:00:00.000Z"


def test_h3_a_clock_behind_the_vendors_costs_no_row(project: Project, reader: Reader) -> None:
    id = project.add(nps(8), at=project.clock.now() + timedelta(minutes=20))
    reader.pull()
    project.clock.advance(3600)
    reader.pull()
    assert set(reader.rows) == {f"{id}:{question(1)}"}


def test_h10_a_storm_of_limits_leaves_the_position_after_the_last_page(project: Project, reader: Reader) -> None:
    for value in range(5):
        project.add(nps(value))
    project.page_size = 2
    project.instead = [None, *[(429, None)] * 20]
    with pytest.raises(RateLimited, match="survey: responses list"):
        reader.pull()
    assert len(reader.rows) == 2
    project.instead.clear()
    project.requests.clear()
    reader.pull()
    assert len(reader.rows) == 5
    assert [asked.get("pageCursor") for asked in project.asked][:3] == ["at-2", "at-4", None], (
        "and then what came since"
    )


@pytest.mark.parametrize(
    "text", [b"", b"{}", b"\xff", b'{"v":2}', b'{"v":1,"read_ms":"5","whole_ms":1}', b"2026-01-01"]
)
def test_h11_a_position_that_is_none_is_an_error(reader: Reader, text: bytes) -> None:
    reader.cursor = text
    with pytest.raises(StoreError, match=r"survey\.responses.*cannot be read"):
        reader.pull()


def test_h12_a_pull_without_news_reads_the_window_only(project: Project, reader: Reader) -> None:
    for days in range(200):
        project.add(nps(days % 11), at=project.clock.now() - timedelta(days=days, hours=1))
    reader.pull()
    project.clock.advance(DAY_S)
    pages = reader.pull()
    assert sum(len(page.rows) for page in pages) == 14
    assert len(reader.rows) == 200


def test_g1_the_position_stays_small_however_much_is_answered(project: Project, reader: Reader) -> None:
    for number in range(3_000):
        project.add(nps(number % 11), at=project.clock.now() - timedelta(minutes=number))
    pages = reader.pull()
    assert len(reader.rows) == 3_000
    assert 50_000 < max(len(page.cursor) for page in pages) <= 60_000
    newest = hex24(1)
    project.clock.advance(DAY_S)
    project.responses[newest]["answers"] = []
    reader.pull()
    assert reader.gone == [f"{newest}:{question(1)}"], "the newest are remembered"


@pytest.mark.parametrize(
    "bad",
    [
        {"id": None, "properties": "not an object"},
        "text",
        {"id": "a b", "answers": []},
        {"id": hex24(9), "answers": {"0": {}}},
        {"id": hex24(9), "answers": [7]},
        {"id": hex24(9), "answers": [], "user": "somebody"},
        {"id": hex24(9), "answers": [nps(5, id=None)]},
    ],
)
def test_g2_a_bad_record_is_rejected_alone(project: Project, reader: Reader, bad: object) -> None:
    project.add(nps(7))
    project.spoil = lambda body: {**body, "data": [bad, *body["data"]]}
    (page,) = reader.pull()
    assert list(reader.values.values()) == [7]
    assert len(page.rejects) == 1
    assert page.rejects[0].reason


def test_g3_a_sweep_that_cannot_tell_a_response_gives_up(project: Project, reader: Reader) -> None:
    project.add(nps(7))
    project.spoil = lambda body: {**body, "data": [{"id": None}, *body["data"]]}
    with pytest.raises(AnswerError, match=r"survey\.responses: .*has no id"):
        reader.ids()


def test_g3_an_incomplete_sweep_does_not_end_by_itself(project: Project, reader: Reader) -> None:
    project.instead = [*[None] * 5, *[(503, None)] * 20]
    with pytest.raises(VendorTrouble):
        reader.ids()


def test_g4_the_shape_changes_with_what_rows_mean_and_with_nothing_else() -> None:
    def shape(**given: object) -> str:
        told = {"token": "x", "project": PROJECT, **given}
        return streams(SatisMeterSettings.model_validate(told))[0].shape

    plain = shape()
    assert shape(token="y", reread="2h", refresh="2h", calls_per_second=1) == plain
    changed = (
        {"account_external_id": "traits.companyId"},
        {"fields": {"plan": "traits.plan"}},
        {"questions": {question(1): "csi"}},
        {"campaigns": [hex24(1)]},
        {"start": "2020-01-01"},
        {"project": hex24(2)},
    )
    assert len({plain, *(shape(**given) for given in changed)}) == len(changed) + 1
    assert shape(campaigns=["a", "b"]) == shape(campaigns=["b", "a"])


def test_g5_every_answer_has_a_key_of_its_own(project: Project, reader: Reader) -> None:
    id = project.add(nps(9), nps(4, number=2, metric="ces"), nps(4, number=3, metric="csat"))
    (page,) = reader.pull()
    assert [row[0] for row in page.rows] == [f"{id}:{question(number)}" for number in (1, 2, 3)]
    assert [row[2] for row in page.rows] == ["nps", "ces", "csat"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("exclusive", [True, False])
def test_no_order_and_no_exactness_of_bounds_is_relied_upon(clock: ManualClock, order: str, exclusive: bool) -> None:
    project = Project(clock, exclusive=exclusive, order=order, page_size=3)
    reader = Reader(project)
    expected = set()
    for _ in range(12):
        expected.add(f"{project.add(nps(5))}:{question(1)}")
        reader.pull()
        clock.advance(DAY_S)
    reader.pull()
    assert set(reader.rows) == expected
    assert set(reader.ids()) == expected
