"""Reading cshub's own variables and a `.env` by pydantic-settings, which takes a while to load: imported where there is something to read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, PydanticBaseSettingsSource
from pydantic_settings import SettingsConfigDict as Options


class Variables(BaseSettings):
    """The variables cshub itself reads; each wins over the file."""

    model_config = Options(case_sensitive=True, extra="ignore", env_ignore_empty=True)

    config: Path | None = Field(default=None, validation_alias="CSHUB_CONFIG")
    profile: str | None = Field(default=None, validation_alias="CSHUB_PROFILE")
    store: str | None = Field(default=None, validation_alias="CSHUB_STORE")


def variables(environ: Mapping[str, str]) -> Variables:
    """The variables of cshub itself, out of any environment, not only this process's."""

    class Given(Variables):
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


def written(path: Path) -> dict[str, str]:
    """What stands in a `.env`."""
    source = DotEnvSettingsSource(Variables, env_file=path, env_file_encoding="utf-8")
    return {name: value for name, value in source.env_vars.items() if value is not None}
