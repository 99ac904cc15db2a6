"""From the configuration to what each stage is told. Pure, apart from reading the file of explicit links."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ..config import Config, Listed, Publish
from ..errors import ConfigError
from ..model import ACCOUNT
from ..stages.link import LinkSettings, ListedAccounts
from ..stages.publish import Mapped, Target
from ..stages.score import Scoring


def link_settings(config: Config) -> LinkSettings:
    """Who is a customer and by which rules rows are attached. Raises ConfigError for a map file that is no map."""
    identity = config.identity
    rules = tuple(config.registry.identity_rules[name] for name in identity.rules)
    owners = {config.registry.owner("identity rule", rule.name) for rule in rules}
    return LinkSettings(
        listed=tuple(_listed(config, listed) for listed in identity.customers),
        rules=rules,
        exclude=identity.exclude,
        mapped=read_map(identity.map) if identity.map else {},
        version=" ".join(sorted(f"{owner.name}={owner.version}" for owner in owners)),
    )


def scoring(config: Config) -> Scoring | None:
    """The scorecard and its metrics; None where nothing is scored."""
    card = config.scorecards.get("default")
    if card is None:
        return None
    return Scoring(
        card=card,
        metrics=config.metrics,
        connections=connection_order(config),
        extras=config.extras,
        streams=frozenset(f"{c.name}.{stream.name}" for c in config.connections.values() for stream in c.streams),
    )


def connection_order(config: Config) -> tuple[str, ...]:
    """The CRMs of the customer list first, in its order; then the others as written."""
    listed = [one.connection for one in config.identity.customers]
    return tuple(dict.fromkeys((*listed, *config.connections)))


def target(config: Config, publish: Publish) -> Target:
    """Where scores go in one CRM, under its own field names."""
    named = config.connections[publish.connection].connector.field_name
    listed = [one.connection for one in config.identity.customers]
    place = listed.index(publish.connection) if publish.connection in listed else len(listed)
    return Target(
        connection=publish.connection,
        target=publish.object,
        fields={
            field.standard: Mapped(
                name=field.vendor or named(field.standard),
                keep_null=field.null == "keep",
                drift=field.drift,
            )
            for field in publish.fields
        },
        earlier=tuple(name for name in listed[:place] if name in config.publish),
    )


def read_map(path: Path) -> Mapping[str, str]:
    """A person's own links: `connection:kind:id` → the `connection:id` of an account. Raises ConfigError."""
    try:
        found = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise ConfigError(
            f"the map cannot be read: {error}", where=str(path), hint="it is YAML, one link a line"
        ) from error
    if not isinstance(found, dict) or not all(isinstance(text, str) for pair in found.items() for text in pair):
        raise ConfigError(
            "the map is not a list of links", where=str(path), hint='a line reads "crm:contact:12": "crm:34"'
        )
    return dict(found)


def _listed(config: Config, listed: Listed) -> ListedAccounts:
    connection = config.connections[listed.connection]
    return ListedAccounts(
        connection=listed.connection,
        streams=tuple(stream.name for stream in connection.streams if stream.kind.name == ACCOUNT.name),
        text=listed.where.text if listed.where else "",
        keep=listed.where.closure() if listed.where else None,
        extras=config.extras.get(ACCOUNT.name, {}),
    )
