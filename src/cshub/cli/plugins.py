"""`cshub plugins`: what is installed, by whom, and what each brings."""

from __future__ import annotations

import click

from ..plugins import Registry, discover
from .invocation import Command, json_option
from .output import show_json, show_table


@click.command(cls=Command, short_help="List what is installed.")
@json_option
def command(*, as_json: bool) -> None:
    r"""List the plugins that are installed, with version and what each brings: connectors, metrics, models, rules, actions.

    \b
    cshub plugins
    """
    registry = discover()
    found = [
        {
            "name": owner.name,
            "distribution": owner.distribution,
            "version": owner.version,
            "brings": brought(registry, owner.name),
        }
        for owner in registry.plugins
    ]
    if as_json:
        show_json(plugins=found)
        return
    rows = [
        (one["name"], one["distribution"], one["version"], _words(brought(registry, str(one["name"])))) for one in found
    ]
    show_table(("plugin", "distribution", "version", "brings"), rows)


def brought(registry: Registry, plugin: str) -> dict[str, list[str]]:
    """What a plugin declared, by sort."""
    found: dict[str, list[str]] = {}
    for (sort, name), owner in registry.owners.items():
        if owner.name == plugin:
            found.setdefault(sort, []).append(name)
    if any(adjuster.owner.name == plugin for adjuster in registry.adjusters):
        found["hook"] = [*found.get("hook", []), "adjust_scores"]
    if any(observer.owner.name == plugin for observer in registry.observers):
        found["hook"] = [*found.get("hook", []), "run_finished"]
    return found


def _words(brings: dict[str, list[str]]) -> str:
    return "; ".join(f"{sort}: {', '.join(sorted(names))}" for sort, names in sorted(brings.items())) or "nothing yet"
