"""Whatever people do, and wherever a reading is cut off, the rows end up saying what the responses say."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from cshub.testing import ManualClock

from .conftest import ORDERS, Project, Reader, comment, nps

STEPS = 60
HOUR_S = 3_600


def truth(project: Project) -> dict[str, object]:
    """The rows there should be, with their values, straight from the responses."""
    return {
        f"{id}:{answer['id']}": answer["value"]
        for id, response in project.responses.items()
        for answer in response["answers"]
        if answer.get("metric") in ("nps", "csat", "ces") and answer["value"] is not None
    }


def deeds(project: Project, dice: random.Random) -> list[Callable[[], object]]:
    """What a person may do next."""

    def change(*answers: dict[str, object]) -> None:
        if project.responses:
            project.responses[dice.choice([*project.responses])]["answers"] = [*answers]

    first, second = nps(dice.randint(0, 10)), nps(dice.randint(1, 5), number=2, metric="ces")
    return [
        lambda: project.add(first),
        lambda: project.add(comment("no rating yet")),
        lambda: project.add(first, second),
        lambda: change(first),
        lambda: change(second, comment("better")),
        lambda: change(nps(None), second),
        change,
    ]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("order", ORDERS)
def test_rows_say_what_responses_say(clock: ManualClock, order: str, seed: int) -> None:
    project, dice = Project(clock, order=order, page_size=4), random.Random(seed)
    reader = Reader(project)
    for _ in range(STEPS):
        dice.choice(deeds(project, dice))()
        clock.advance(dice.randint(1, 5) * HOUR_S)
        if dice.random() < 0.6:
            reader.pull(pages=dice.choice([None, 1, 2]))
    reader.pull()
    reader.pull()
    assert reader.values == truth(project)
    assert set(reader.ids()) == set(truth(project))
    assert len(reader.rows) > 10
