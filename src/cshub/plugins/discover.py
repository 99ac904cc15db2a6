"""From installed distributions to a Registry: entry points of the group `cshub` and the built-ins, less the blocked ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from typing import Protocol

from ..errors import PluginError
from .collect import Loaded, collect
from .owner import Owner
from .registry import Registry

GROUP = "cshub"
#: Named as strings, because nobody imports the built-ins: they come in through the same hooks as everybody else.
BUILTIN = ("actions", "file", "identity", "metrics", "models")


class Found(Protocol):
    """A plugin that is there but not yet loaded."""

    @property
    def owner(self) -> Owner:
        """Its name, distribution and version."""
        ...

    def load(self) -> object:
        """Import it. Raises whatever its import raises."""
        ...


@dataclass(frozen=True)
class Installed:
    """A plugin offered by an installed distribution."""

    point: EntryPoint

    @cached_property
    def owner(self) -> Owner:
        dist = self.point.dist
        name, number = (dist.name, dist.version) if dist else ("unknown distribution", "unknown version")
        return Owner(name=self.point.name, distribution=name, version=number)

    def load(self) -> object:
        return self.point.load()


@dataclass(frozen=True)
class BuiltIn:
    """A plugin that comes with cshub."""

    module: str

    @cached_property
    def owner(self) -> Owner:
        return Owner(name=self.module, distribution="cshub", version=own_version())

    def load(self) -> object:
        return import_module(f"{_PACKAGE}.builtin.{self.module}")


_PACKAGE = __name__.partition(".")[0]


def own_version() -> str:
    """The version of cshub itself, also when it runs from a folder that was never installed."""
    try:
        return version("cshub")
    except PackageNotFoundError:
        return "0"


def installed() -> tuple[Found, ...]:
    """Every plugin there is, built-ins first, sorted by name; nothing is imported. Raises PluginError for two of one name."""
    points = {(point.name, point.value, point.dist and point.dist.name): point for point in entry_points(group=GROUP)}
    offered = (Installed(point) for point in sorted(points.values(), key=lambda point: (point.name, point.value)))
    found: tuple[Found, ...] = (
        *(BuiltIn(name) for name in BUILTIN if find_spec(f"{_PACKAGE}.builtin.{name}")),
        *offered,
    )
    _refuse_twins(found)
    return found


def _refuse_twins(offered: Iterable[Found]) -> None:
    seen: dict[str, Owner] = {}
    for plugin in offered:
        name = plugin.owner.name
        if name in seen:
            raise PluginError(
                f"two plugins are named {name!r}: {seen[name]} and {plugin.owner}",
                hint="uninstall one of them; a block-list by name would stop both",
            )
        seen[name] = plugin.owner


def discover(
    *,
    disabled: Collection[str] = (),
    blocks: Mapping[str, Mapping[str, object]] | None = None,
    plugins: Iterable[Found] | None = None,
) -> Registry:
    """Load every plugin that is not disabled, hand it its own YAML block, and check what it declares.

    Raises PluginError when one does not load, declares what the contract does not know, or takes a name that is taken.
    """
    chosen = [plugin for plugin in (installed() if plugins is None else plugins) if plugin.owner.name not in disabled]
    settings = blocks or {}
    return collect(
        [Loaded(owner=one.owner, plugin=_load(one), config=settings.get(one.owner.name, {})) for one in chosen]
    )


def _load(plugin: Found) -> object:
    owner = plugin.owner
    try:
        return plugin.load()
    except (Exception, SystemExit) as error:  # importing somebody's module may raise anything
        raise PluginError(f"{owner} does not load: {type(error).__name__}: {error}", hint=owner.cure) from error
