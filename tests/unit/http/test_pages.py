from __future__ import annotations

import pytest

from cshub.errors import PageLoop
from cshub.http import Answer, walk_cursor, walk_link, walk_offset

Page = tuple[list[int], str | None]


def answer(at: object) -> Answer:
    return Answer(status=200, headers={}, content=str(at).encode(), url="/", label="contacts list", vendor="crm")


def walked(pages: dict[str, Page], start: str | None = None) -> list[Page]:
    """Follow cursors through these pages."""
    walker = walk_cursor(answer, lambda got: pages[got.content.decode()], start)
    return [(list(items), cursor) for items, cursor in walker]


def test_cursors_are_followed_to_the_end() -> None:
    pages: dict[str, Page] = {"None": ([1, 2], "a"), "a": ([3], "b"), "b": ([], None)}
    assert walked(pages) == [([1, 2], "a"), ([3], "b"), ([], None)]


def test_a_walk_can_begin_at_a_cursor() -> None:
    assert walked({"a": ([3], None)}, "a") == [([3], None)]


def test_a_page_is_fetched_only_when_asked_for() -> None:
    fetched: list[str | None] = []

    def fetch(at: str | None) -> Answer:
        fetched.append(at)
        return answer(at)

    walker = walk_cursor(fetch, lambda _: ([1], "a"))
    next(walker)
    assert fetched == [None]


@pytest.mark.parametrize("loop", [["a"], ["a", "b"], ["a", "b", "c"]])
def test_a_cursor_that_comes_twice_is_a_loop(loop: list[str]) -> None:
    pages: dict[str, Page] = {"None": ([0], "a")}
    pages |= {at: ([number], [*loop[1:], "a"][number - 1]) for number, at in enumerate(loop, 1)}
    given: list[object] = []
    with pytest.raises(PageLoop, match="crm: contacts list: the list never ends"):
        given.extend(walk_cursor(answer, lambda got: pages[got.content.decode()]))
    assert len(given) == len(loop)


def test_a_loop_is_found_within_two_pages() -> None:
    fetched: list[object] = []

    def fetch(at: str | None) -> Answer:
        fetched.append(at)
        return answer(at)

    with pytest.raises(PageLoop):
        list(walk_cursor(fetch, lambda _: ([1, 2], "same")))
    assert fetched == [None, "same"]


def test_the_same_page_twice_in_a_row_is_a_loop_though_cursors_differ() -> None:
    pages: dict[str, Page] = {"None": ([1], "a"), "a": ([1], "b")}
    with pytest.raises(PageLoop, match="same page twice"):
        walked(pages)


def test_empty_pages_in_a_row_are_no_loop() -> None:
    pages: dict[str, Page] = {"None": ([], "a"), "a": ([], "b"), "b": ([1], None)}
    assert len(walked(pages)) == 3


def test_links_are_followed_to_the_end() -> None:
    pages: dict[str, Page] = {"/one": ([1], "/two"), "/two": ([2], None)}
    walker = walk_link(answer, lambda got: pages[got.content.decode()], "/one")
    assert list(walker) == [([1], "/two"), ([2], None)]


def test_a_link_back_to_the_first_page_is_a_loop() -> None:
    with pytest.raises(PageLoop):
        list(walk_link(answer, lambda _: ([1], "/one"), "/one"))


def test_offsets_grow_by_what_came() -> None:
    pages = {"0": ([1, 2], True), "2": ([3], True), "3": ([4], False)}
    walker = walk_offset(answer, lambda got: pages[got.content.decode()])
    assert list(walker) == [([1, 2], 2), ([3], 3), ([4], None)]


def test_an_empty_page_that_promises_more_is_a_loop() -> None:
    with pytest.raises(PageLoop):
        list(walk_offset(answer, lambda _: ([], True)))
