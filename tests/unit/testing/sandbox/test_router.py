from __future__ import annotations

import pytest

from cshub.testing.sandbox import Router


@pytest.fixture
def router() -> Router[str]:
    router: Router[str] = Router()
    router.add("GET", "/things/special", "special")
    router.add("GET", "/things/{id}", "one")
    router.add("DELETE", "/things/{id}", "gone")
    return router


def test_the_first_pattern_that_fits_wins(router: Router[str]) -> None:
    found = router.find("GET", "/things/special")
    assert found is not None
    assert found.handler == "special"


def test_named_parts_come_along(router: Router[str]) -> None:
    found = router.find("GET", "/things/7")
    assert found is not None
    assert (found.handler, found.params) == ("one", {"id": "7"})


@pytest.mark.parametrize(("method", "path"), [("POST", "/things/7"), ("GET", "/things"), ("GET", "/things/7/more")])
def test_what_nobody_added_is_not_found(router: Router[str], method: str, path: str) -> None:
    assert router.find(method, path) is None


def test_a_path_knows_its_methods(router: Router[str]) -> None:
    assert router.methods("/things/7") == {"GET", "DELETE"}
