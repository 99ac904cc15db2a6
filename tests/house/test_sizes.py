"""Small functions, files and classes: median function ≤ 8 lines, 90 % ≤ 25, none > 60; file ≤ 400; class ≤ 200.

Measured over `src` and `plugins/*/src` (files: over everything). A function's lines run from `def` to its end, with its
signature, blanks and comments, without decorators and docstring; protocol methods and overloads, which run nothing, do not count.
"""

from __future__ import annotations

from tests.house.rules import function_lengths, median_length, violations


def test_half_of_the_functions_have_at_most_8_lines() -> None:
    assert median_length() <= 8


def test_nine_in_ten_functions_have_at_most_25_lines() -> None:
    lengths = function_lengths()
    assert sum(length <= 25 for length in lengths) >= 0.9 * len(lengths)


def test_no_function_has_more_than_60_lines() -> None:
    assert violations("function") == []


def test_no_file_has_more_than_400_lines() -> None:
    assert violations("file") == []


def test_no_class_has_more_than_200_lines() -> None:
    assert violations("class") == []
