"""The two models of the core, under their names in YAML. Their arithmetic is the public API's own."""

from __future__ import annotations

from collections.abc import Iterable

from cshub import Model, additive, hookimpl, weighted


@hookimpl
def register_models() -> Iterable[Model]:
    """`weighted` for a mean from 0 to 100, `additive` for points on a base."""
    return [
        Model(name="weighted", doc="the mean of the signals by weight, from 0 to 100", score=weighted),
        Model(name="additive", doc="a base plus the points of every signal", score=additive),
    ]
