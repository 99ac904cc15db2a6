"""What the environment says: where the file is, which profile and which store, and the `.env` beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import ConfigError

#: Where the configuration is looked for when nobody names it.
PLACES = ("cshub.yaml", "config/cshub.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The variables cshub itself reads, `CSHUB_CONFIG`, `CSHUB_PROFILE` and `CSHUB_STORE`; each wins over the file."""

    config: Path | None = None
    profile: str | None = None
    store: str | None = None


def read_environment(environ: Mapping[str, str]) -> Environment:
    """The variables of cshub itself, out of any environment, not only this process's."""
    if not any(name.startswith("CSHUB_") for name in environ):
        return Environment()
    from .variables import variables  # noqa: PLC0415 - start-up: pydantic-settings is loaded where there is something to read

    found = variables(environ)
    return Environment(config=found.config, profile=found.profile, store=found.store)


def with_env_file(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment over the `.env` of this folder: what is set in both comes from the environment."""
    path = folder / ".env"
    if not path.is_file():
        return dict(environ)
    from .variables import written  # noqa: PLC0415 - start-up: pydantic-settings is loaded where there is something to read

    return {**written(path), **environ}


def find_config(path: Path | None, environ: Mapping[str, str], folder: Path) -> Path:
    """The file named, else CSHUB_CONFIG, else the first of the usual places below `folder` that exists."""
    chosen = path or read_environment(environ).config
    if chosen is not None:
        return chosen
    for place in PLACES:
        if (folder / place).is_file():
            return Path(place) if folder == Path() else folder / place
    raise ConfigError(
        "there is no configuration: neither " + " nor ".join(PLACES),
        hint="`cshub init` writes one, `--config PATH` or CSHUB_CONFIG names one, `cshub demo` needs none",
    )
