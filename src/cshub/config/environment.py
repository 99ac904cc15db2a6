"""What the environment says: where the file is, which profile and which store, and the `.env` beside the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, PydanticBaseSettingsSource
from pydantic_settings import SettingsConfigDict as Options

from ..errors import ConfigError

#: Where the configuration is looked for when nobody names it.
PLACES = ("cshub.yaml", "config/cshub.yaml")


class Environment(BaseSettings):
    """The variables cshub itself reads; each wins over the file."""

    model_config = Options(case_sensitive=True, extra="ignore", env_ignore_empty=True)

    config: Path | None = Field(default=None, validation_alias="CSHUB_CONFIG")
    profile: str | None = Field(default=None, validation_alias="CSHUB_PROFILE")
    store: str | None = Field(default=None, validation_alias="CSHUB_STORE")


def read_environment(environ: Mapping[str, str]) -> Environment:
    """The variables of cshub itself, out of any environment, not only this process's."""

    class Given(Environment):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            """The given environment is the only source."""
            source = EnvSettingsSource(settings_cls)
            source.env_vars = dict(environ)
            return (source,)

    return Given()


def with_env_file(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The environment over the `.env` of this folder: what is set in both comes from the environment."""
    source = DotEnvSettingsSource(Environment, env_file=folder / ".env", env_file_encoding="utf-8")
    written = {name: value for name, value in source.env_vars.items() if value is not None}
    return {**written, **environ}


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
