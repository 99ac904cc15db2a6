from __future__ import annotations

from datetime import timedelta

import pytest

from cshub.model.durations import duration, share


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("6h", 21_600), ("30d", 2_592_000), ("1w", 604_800), ("2 d", 172_800)],
)
def test_a_duration_is_a_number_with_its_unit(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (15, "needs a unit"), ("15", "needs a unit"), (1.5, "needs a unit"), ("15min", "did you mean 15m?"),
        ("2 months", "did you mean 60d?"), ("3 days", "did you mean 3d?"), ("1y", "is no duration"), ("-1d", "is no duration"),
        (True, "needs a duration"), (None, "needs a duration"), ([], "needs a duration"), ("1.5h", "is no duration"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_what_was_meant(text: object, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("?", r"\?")):
        duration(text)


@pytest.mark.parametrize(("value", "number"), [("20%", 0.2), ("0%", 0), (0.5, 0.5), ("12.5 %", 0.125), (1, 1)])
def test_a_share_is_a_percentage_or_a_fraction(value: object, number: float) -> None:
    assert share(value) == number


@pytest.mark.parametrize("value", ["120%", 20, -0.1, "half", True, None])
def test_a_share_outside_nothing_and_all_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="needs a share"):
        share(value)
