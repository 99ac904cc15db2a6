"""Plugins made of hook functions, without a distribution around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import cshub
from cshub.plugins import Owner, Registry, discover

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Given:
    """A plugin that is simply there. `plugin` may be an exception: then loading it raises that."""

    name: str
    plugin: object

    @property
    def owner(self) -> Owner:
        return Owner(name=self.name, distribution=f"cshub-{self.name}", version="1.2")

    def load(self) -> object:
        if isinstance(self.plugin, BaseException):
            raise self.plugin
        return self.plugin


def plugin(name: str, **hooks: Callable[..., object]) -> Given:
    """A plugin with these hook implementations."""
    return Given(name, SimpleNamespace(**{hook: cshub.hookimpl(function) for hook, function in hooks.items()}))


def registry_of(*plugins: Given, blocks: Mapping[str, Mapping[str, object]] | None = None) -> Registry:
    """The registry of these plugins alone."""
    return discover(plugins=plugins, blocks=blocks)


def scored(customer: str, points: int = 50) -> cshub.Scored:
    """A score whose one line is its base."""
    micro = points * cshub.MICRO
    base = cshub.Driver(sort="base", name="base", micro=micro)
    reading = cshub.Reading(metric="nps", value=7)
    return cshub.Scored(customer=customer, micro=micro, coverage=1.0, drivers=(base,), readings={"nps": reading})


def cap(batch: Sequence[cshub.Scored], points: float = 40) -> cshub.Adjustments:
    """A cap for everybody."""
    return [cshub.Adjustment(customer=one.customer, name="cap", text="no contract", cap=points) for one in batch]


def view(customer: str = "crm:1") -> cshub.CustomerView:
    """A customer with one ticket."""
    return cshub.CustomerView(customer=customer, as_of=AS_OF, rows={"ticket": [{"id": "1", "is_open": True}]})
