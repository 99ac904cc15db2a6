"""From the configuration to what each stage is told. Pure, apart from reading the file of what people decided."""

from __future__ import annotations

from ..config import Config, Decisions, Listed, Publish, checked_decisions
from ..model import ACCOUNT
from ..stages.link import LinkSettings, ListedAccounts
from ..stages.publish import Mapped, Target
from ..stages.score import Scoring
from .order import connection_order


def link_settings(config: Config) -> LinkSettings:
    """Who is a customer and by which rules rows are attached. Raises ConfigError for a map file that is no map."""
    identity = config.identity
    rules = tuple(config.registry.identity_rules[name] for name in identity.rules)
    said = checked_decisions(identity.map, config.connections) if identity.map else Decisions()
    owners = {config.registry.owner("identity rule", rule.name) for rule in rules}
    return LinkSettings(
        listed=tuple(_listed(config, listed) for listed in identity.customers),
        rules=rules,
        exclude=identity.exclude,
        mapped=said.mapped,
        denied=said.denied,
        nobody=said.nobody,
        owners=identity.owners,
        version=" ".join(sorted(f"{owner.name}={owner.version}" for owner in owners)),
    )


def scoring(config: Config) -> Scoring | None:
    """The scorecards, who is scored with which, and the metrics; None where nothing is scored."""
    card = config.scorecards.get("default")
    if card is None:
        return None
    return Scoring(
        card=card,
        others=tuple(one for one in config.scorecards.values() if one is not card),
        rules=config.placement,
        metrics=config.metrics,
        connections=connection_order(config),
        extras=config.extras,
        fields=config.identity.fields,
        outputs=config.outputs,
        streams=frozenset(f"{c.name}.{stream.name}" for c in config.connections.values() for stream in c.streams),
    )


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
        clears_churned=publish.churned == "clear",
        earlier=tuple(name for name in listed[:place] if name in config.publish),
    )


def _listed(config: Config, listed: Listed) -> ListedAccounts:
    connection = config.connections[listed.connection]
    return ListedAccounts(
        connection=listed.connection,
        streams=tuple(stream.name for stream in connection.streams if stream.kind.name == ACCOUNT.name),
        text=listed.where.text if listed.where else "",
        keep=listed.where.closure() if listed.where else None,
        extras=config.extras.get(ACCOUNT.name, {}),
    )
