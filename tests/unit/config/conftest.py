from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cshub import ConfigError, Problem
from cshub.config import Config, load
from cshub.plugins import Registry
from tests.unit.config.world import ENVIRON, world

Load = Callable[..., Config]
Mistakes = Callable[..., list[Problem]]


@pytest.fixture(scope="session")
def registry() -> Registry:
    return world()


@pytest.fixture
def read(tmp_path: Path, registry: Registry) -> Load:
    """Write a configuration and load it."""

    def read(text: str, *, environ: Mapping[str, str] = ENVIRON, profile: str | None = None, **files: str) -> Config:
        (tmp_path / "cshub.yaml").write_text(text, encoding="utf-8")
        for name, content in files.items():
            (tmp_path / name.replace("__", ".")).write_text(content, encoding="utf-8")
        return load(tmp_path / "cshub.yaml", registry, environ, profile)

    return read


@pytest.fixture
def mistakes(read: Load, tmp_path: Path) -> Mistakes:
    """The mistakes of a configuration, their file cut to its name."""

    def mistakes(text: str, **options: object) -> list[Problem]:
        with pytest.raises(ConfigError) as caught:
            read(text, **options)
        return list(caught.value.problems)

    return mistakes
