"""The YAML block of a file connection refuses what makes no sense, before any file is opened."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cshub import Incremental, Snapshot, Type
from cshub.builtin.file import CONNECTOR
from tests.unit.builtin.file_making import USAGE, settings


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kee": "id"}, "Extra inputs"),
        ({"kind": "evnt"}, "'account', 'contact'"),
        ({"key": []}, "names no column"),
        ({"key": ["company", ""]}, "names no column"),
        ({"columns": {}}, "at least 1 item"),
        ({"columns": {"connection": "x"}}, "every row has its own connection"),
        ({"columns": {"Plan": "x"}}, "lower-case letters"),
        ({"columns": {"account.name": "x"}}, "account.external_id"),
        ({"columns": {"value": {"column": "x", "type": "text"}}}, "the column is a number"),
        ({"columns": {"name": {"column": "x", "format": "%d"}}}, "only times and dates"),
        ({"columns": {"account.id": "a", "account_id": "b"}}, "named twice"),
        ({"kind": "account", "columns": {"account.external_id": "x"}}, "account has no such reference"),
        ({"encoding": "utf-16"}, "supersets|no encoding"),
        ({"encoding": "klingon"}, "no encoding"),
        ({"delimiter": ";;"}, "at most 1 character"),
    ],
)
def test_a_block_that_makes_no_sense_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        settings(**changes)


def test_g5_a_key_is_mandatory() -> None:
    with pytest.raises(ValidationError, match=r"key\n +Field required"):
        CONNECTOR.settings.model_validate({name: value for name, value in USAGE.items() if name != "key"})


def test_the_mode_decides_what_an_absent_row_means() -> None:
    (replaced,) = CONNECTOR.streams(settings(mode="replace"))
    (grown,) = CONNECTOR.streams(settings(mode="append"))
    assert isinstance(replaced, Snapshot)
    assert isinstance(grown, Incremental)
    assert (replaced.name, replaced.kind.name) == ("events", "event")


def test_other_names_become_extra_fields_with_their_types() -> None:
    columns = {"name": "metric", "plan": "Plan", "seats": {"column": "Seats", "type": "number"}}
    (stream,) = CONNECTOR.streams(settings(columns=columns))
    assert stream.extras == {"plan": Type.TEXT, "seats": Type.NUMBER}


@pytest.mark.parametrize(
    "changes", [{"path": "other.csv"}, {"key": "company"}, {"delimiter": ";"}, {"columns": {"name": "value"}}]
)
def test_g4_the_shape_changes_with_what_rows_mean(changes: dict[str, object]) -> None:
    (before,) = CONNECTOR.streams(settings())
    (after,) = CONNECTOR.streams(settings(**changes))
    assert before.shape != after.shape
