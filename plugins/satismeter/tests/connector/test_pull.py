"""Reading again and again: what vanished, what was cut off, what two surveys ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from cshub import AnswerError, PageLoop, RequestRefused, Stream
from cshub_satismeter.streams import streams

from .conftest import Project, Reader, comment, hex24, nps, question

DAY_S = 86_400
GONE: dict[str, list[dict[str, Any]]] = {
    "left out": [comment("hm")],
    "emptied": [nps(None)],
    "of no metric any more": [nps(9, metric=None)],
    "all left out": [],
}


@pytest.mark.parametrize("how", GONE)
def test_an_answer_that_vanished_from_its_response_is_a_tombstone_once(
    project: Project, reader: Reader, how: str
) -> None:
    id = project.add(nps(9), nps(4, number=2, metric="ces"))
    other = project.add(nps(7))
    reader.pull()
    project.clock.advance(2 * DAY_S)
    project.responses[id]["answers"] = [nps(4, number=2, metric="ces"), *GONE[how]]
    reader.pull()
    assert reader.gone == [f"{id}:{question(1)}"]
    assert set(reader.rows) == {f"{id}:{question(2)}", f"{other}:{question(1)}"}
    reader.pull()
    assert reader.gone == []


def test_an_answer_that_cannot_be_read_any_more_is_not_gone(project: Project, reader: Reader) -> None:
    id = project.add(nps(9))
    reader.pull()
    project.responses[id]["answers"] = [nps("nine")]
    pages = reader.pull()
    assert reader.gone == []
    assert [reject.id for page in pages for reject in page.rejects] == [f"{id}:{question(1)}"]
    assert reader.ids() == [f"{id}:{question(1)}"]
    project.responses[id]["answers"] = []
    reader.pull()
    assert reader.gone == [f"{id}:{question(1)}"]


def test_an_answer_that_came_back_is_a_row_again(project: Project, reader: Reader) -> None:
    id = project.add(nps(9))
    reader.pull()
    project.responses[id]["answers"] = []
    reader.pull()
    project.responses[id]["answers"] = [nps(8)]
    reader.pull()
    assert reader.values == {f"{id}:{question(1)}": 8}
    project.responses[id]["answers"] = []
    reader.pull()
    assert reader.gone == [f"{id}:{question(1)}"]


def test_a_response_that_vanished_altogether_is_the_sweeps_to_tell(project: Project, reader: Reader) -> None:
    kept, lost = (f"{project.add(nps(9))}:{question(1)}" for _ in range(2))
    reader.pull()
    del project.responses[lost.partition(":")[0]]
    project.clock.advance(DAY_S)
    reader.pull()
    assert reader.gone == [], "a page may just have missed it"
    assert reader.ids() == [kept]


def test_an_answer_that_vanished_after_the_window_is_the_sweeps_to_tell(project: Project, reader: Reader) -> None:
    id = project.add(nps(9))
    reader.pull()
    project.clock.advance(20 * DAY_S)
    reader.pull()
    project.responses[id]["answers"] = []
    project.clock.advance(8 * DAY_S)
    reader.pull()
    assert reader.gone == []
    assert reader.ids() == []


def test_a_response_twice_on_a_page_is_there(project: Project, reader: Reader) -> None:
    id = project.add(nps(9))
    reader.pull()
    before = {**project.responses[id], "answers": []}
    project.spoil = lambda body: {**body, "data": [before, *body["data"]]}
    (page,) = reader.pull()
    assert page.tombstones == []
    assert list(reader.values.values()) == [9]


@pytest.mark.parametrize("done", [1, 2, 3])
def test_a_reading_that_was_cut_off_goes_on_after_its_last_page(project: Project, reader: Reader, done: int) -> None:
    project.page_size = 2
    for value in range(8):
        project.add(nps(value))
    reader.pull(pages=done)
    assert len(reader.rows) == 2 * done
    project.requests.clear()
    reader.pull()
    assert len(reader.rows) == 8
    assert len(project.asked) == 4 - done


def test_a_reading_that_was_cut_off_also_reads_what_came_since(project: Project, reader: Reader) -> None:
    project.page_size = 2
    for value in range(8):
        project.add(nps(value))
    reader.pull(pages=1)
    project.clock.advance(3600)
    project.add(nps(10))
    reader.pull()
    assert sorted(map(str, reader.values.values())) == sorted(map(str, [*range(8), 10]))


def test_a_page_refused_in_the_middle_of_a_list_is_an_error(project: Project, reader: Reader) -> None:
    project.page_size = 2
    for value in range(6):
        project.add(nps(value))
    project.expired = {"at-2"}
    with pytest.raises(RequestRefused, match="Invalid cursor"):
        reader.pull()
    assert len(reader.rows) == 2
    project.expired.clear()
    reader.pull()
    assert len(reader.rows) == 6


def test_a_place_the_vendor_forgot_begins_the_list_again(project: Project, reader: Reader) -> None:
    project.page_size = 2
    for value in range(6):
        project.add(nps(value))
    reader.pull(pages=2)
    project.instead = [(400, {"errors": [{"title": "Invalid cursor"}]})]
    project.requests.clear()
    reader.pull()
    assert [asked.get("pageCursor") for asked in project.asked] == ["at-4", None, "at-2", "at-4"]
    assert len(reader.rows) == 6


def test_pages_are_as_large_as_they_may_be(project: Project, reader: Reader) -> None:
    for value in range(101):
        project.add(nps(value % 11))
    assert len(reader.pull()) == 2
    assert {asked["pageSize"] for asked in project.asked} == {"100"}


def test_several_surveys_come_in_one_list(project: Project, reader: Reader) -> None:
    reader.settings = {"fields": {"survey": "campaign"}}
    project.add(nps(9))
    project.add(nps(2, number=5, metric="csat"), campaign=hex24(501))
    reader.pull()
    found = {(row[2], row[-1]["survey"]) for row in reader.rows.values()}  # type: ignore[index]  # extras are a dict here
    assert found == {("nps", hex24(500)), ("csat", hex24(501))}
    assert len(project.asked) == 1


def test_a_person_deleted_long_ago_is_forgotten_with_the_next_refresh(project: Project, reader: Reader) -> None:
    id = project.add(nps(9), user={"deleted": False, "email": "ada@example.com", "traits": {}})
    reader.pull()
    project.clock.advance(60 * DAY_S)
    project.responses[id]["user"] = {"id": hex24(7), "deleted": True, "userId": None, "traits": {}}
    reader.pull()
    (row,) = reader.rows.values()
    assert (row[3], row[-2]) == (9, None)


def test_a_reading_that_finds_nothing_gives_a_page(project: Project, reader: Reader) -> None:
    assert [page.rows for page in reader.pull()] == [[]]
    assert [page.rows for page in reader.pull()] == [[]]


def test_a_start_is_where_reading_and_sweeping_begin(project: Project, reader: Reader) -> None:
    reader.settings = {"start": "2026-09-01"}
    project.add(nps(1), at=datetime.fromisoformat("2026-08-30T00:00:00Z"))
    late = project.add(nps(2))
    reader.pull()
    assert set(reader.rows) == {f"{late}:{question(1)}"} == set(reader.ids())
    assert project.asked[0]["startDate"] == "2026-08-31T23:59:00.000Z"


def test_the_window_is_as_wide_as_told(project: Project, reader: Reader) -> None:
    reader.settings = {"reread": timedelta(days=2)}
    reader.pull()
    until = project.clock.now()
    project.clock.advance(3600)
    reader.pull()
    since = datetime.fromisoformat(project.asked[-1]["startDate"])
    assert until - since == timedelta(days=2, minutes=1)


def test_a_sweep_goes_on_after_any_part(project: Project, reader: Reader) -> None:
    project.page_size = 2
    for days in range(0, 3000, 150):
        project.add(nps(5), at=project.clock.now() - timedelta(days=days))
    source = reader.source()
    parts = list(source.ids(_stream(reader), None))
    found = [id for ids, _ in parts for id in ids]
    assert len(set(found)) == 20
    for done in range(1, len(parts)):
        rest = [id for ids, _ in source.ids(_stream(reader), parts[done - 1][1]) for id in ids]
        assert rest == [id for ids, _ in parts[done:] for id in ids]
    assert max(len(cursor) for _, cursor in parts) < 200


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (None, "did not say whether there is a next page"),
        ({}, "did not say whether there is a next page"),
        ({"hasNextPage": "true"}, "did not say whether there is a next page"),
        ({"hasNextPage": True, "nextPageCursor": "https://203.0.113.9/next"}, "no cursor"),
        ({"hasNextPage": True, "nextPageCursor": {"a": 1}}, "no cursor"),
    ],
)
def test_a_page_that_does_not_say_how_it_goes_on_is_an_error(
    project: Project, reader: Reader, page: object, said: str
) -> None:
    project.add(nps(9))
    project.spoil = lambda body: {**body, "page": page}
    with pytest.raises(AnswerError, match=f"survey: responses list.*{said}"):
        reader.pull()
    assert reader.cursor is None


@pytest.mark.parametrize(
    "page",
    [
        {"hasNextPage": True},
        {"hasNextPage": True, "nextPageCursor": None},
        {"hasNextPage": False, "nextPageCursor": "at-0"},
    ],
)
def test_a_list_ends_when_either_sign_says_so(project: Project, reader: Reader, page: object) -> None:
    project.add(nps(9))
    project.spoil = lambda body: {**body, "page": page}
    assert len(reader.pull()) == 1


@pytest.mark.parametrize(
    "body", [["a list"], {"page": {"hasNextPage": False}}, {"data": {}, "page": {"hasNextPage": False}}]
)
def test_an_answer_of_another_type_is_no_data(project: Project, reader: Reader, body: object) -> None:
    project.instead = [(200, body)]
    with pytest.raises(AnswerError, match="survey: responses list"):
        reader.pull()


def test_a_list_that_never_ends_is_found(project: Project, reader: Reader) -> None:
    project.page_size = 1
    for value in range(5):
        project.add(nps(value))
    project.spoil = lambda body: {**body, "page": {"hasNextPage": True, "nextPageCursor": "at-1"}}
    with pytest.raises(PageLoop):
        reader.pull()
    assert len(project.asked) == 2


def test_calls_are_evenly_spaced(project: Project, reader: Reader) -> None:
    reader.settings = {"calls_per_second": 0.2}
    project.page_size = 1
    for value in range(4):
        project.add(nps(value))
    reader.pull()
    assert project.clock.waited_s == pytest.approx(3 * 5)


def _stream(reader: Reader) -> Stream:
    return streams(reader.declared())[0]


def test_a_list_whose_place_is_lost_on_the_way_is_begun_anew(project: Project, reader: Reader) -> None:
    project.page_size = 1
    for _ in range(3):
        project.add(nps(9))
    reading = reader.reading()
    reader.land(next(reading))
    project.instead = [(400, {"errors": [{"title": "Invalid cursor"}]})]
    for page in reading:
        reader.land(page)
    assert set(reader.values.values()) == {9}
    assert len(reader.rows) == 3
    assert [each.get("pageCursor") for each in project.asked] == [None, "at-1", None, "at-1", "at-2"]


def test_a_list_that_never_lets_anybody_on_is_a_refusal(project: Project, reader: Reader) -> None:
    project.page_size = 1
    for _ in range(3):
        project.add(nps(9))
    project.expired = {"at-1"}
    with pytest.raises(RequestRefused, match="Invalid cursor"):
        reader.pull()
    assert [each.get("pageCursor") for each in project.asked] == [None, "at-1"] * 4


def test_a_sweep_misses_nothing_when_a_deletion_lets_the_rest_move_up(project: Project, reader: Reader) -> None:
    project.page_size, project.order = 2, "oldest first"
    ids = [project.add(nps(9)) for _ in range(6)]
    (stream,) = streams(reader.declared())
    found: set[str] = set()
    for lot, _ in reader.source().ids(stream, None):
        found.update(id.partition(":")[0] for id in lot)
        if found:
            project.responses.pop(ids[0], None)
    assert found >= set(ids[1:])
